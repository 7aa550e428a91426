package legacy

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store/pgstore/pgtest"
)

// schema makes a schema that goes with the test, fills it by the statements, and returns an address that finds it.
func schema(t *testing.T, statements ...string) string {
	t.Helper()
	url, name := pgtest.Schema(t, t.TempDir())
	conn := pgtest.Connect(t, url)
	defer conn.Close(context.Background())
	for _, sql := range append([]string{"CREATE SCHEMA " + name, "SET search_path = " + name}, statements...) {
		if _, err := conn.Exec(t.Context(), sql); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
	}
	return url + "&search_path=" + name
}

const (
	makeDonors = `CREATE TABLE donors (user_id bigint PRIMARY KEY, telegram_username text, first_name text, total_stars integer DEFAULT 0,
		first_donation_date bigint, last_donation_date bigint, premium_expires bigint DEFAULT 0, created_at bigint)`
	makeDonations = `CREATE TABLE donations (id serial PRIMARY KEY, user_id bigint, payment_id text UNIQUE NOT NULL, stars_amount integer NOT NULL,
		payment_date bigint NOT NULL, invoice_payload text)`
	makePreferences = `CREATE TABLE user_preferences (user_id bigint PRIMARY KEY, language text DEFAULT 'ru', reasoning text, model text,
		created_at bigint, updated_at bigint)`
)

// everything reads all tables.
func everything(t *testing.T, url string) (donors []Donor, donations []Donation, preferences []Preference, missing []string) {
	t.Helper()
	tables, err := Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	for _, err := range []error{
		tables.Donors(t.Context(), func(d Donor) error { donors = append(donors, d); return nil }),
		tables.Donations(t.Context(), func(d Donation) error { donations = append(donations, d); return nil }),
		tables.Preferences(t.Context(), func(p Preference) error { preferences = append(preferences, p); return nil }),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return donors, donations, preferences, tables.Missing
}

func at(seconds int64) time.Time { return time.Unix(seconds, 0).UTC() }

func TestTables(t *testing.T) {
	url := schema(t, makeDonors, makeDonations, makePreferences,
		`INSERT INTO donors VALUES (-7, 'anna', 'Anna', 150, 1700000000, 1700000500, 1800000000, 1699999999), (8, NULL, NULL, 5, NULL, NULL, 0, NULL)`,
		`INSERT INTO donations (user_id, payment_id, stars_amount, payment_date, invoice_payload) VALUES
			(-7, 'b', 100, 1700000000, 'x'), (-7, 'a', 50, 1700000500, NULL), (NULL, 'c', 1, 0, NULL)`,
		`INSERT INTO user_preferences VALUES (-7, 'fr', 'high', NULL, 1690000000, 1690000001), (9, NULL, '', 'gpt', NULL, 0)`)
	donors, donations, preferences, missing := everything(t, url)
	want := []any{
		[]Donor{{Person: -7, Total: 150, Sum: 150, Earliest: at(1699999999), Premium: true}, {Person: 8, Total: 5}},
		[]Donation{{Person: -7, Charge: "a", Stars: 50, At: at(1700000500)}, {Person: -7, Charge: "b", Stars: 100, At: at(1700000000)}, {Charge: "c", Stars: 1}},
		[]Preference{{Person: -7, Language: "fr", Earliest: at(1690000000), Reasoning: true}, {Person: 9, Model: true}},
		[]string(nil),
	}
	if diff := cmp.Diff(want, []any{donors, donations, preferences, missing}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Times may be of different types, and tables may be missing.
func TestTablesOfAnotherAge(t *testing.T) {
	url := schema(t, `CREATE TABLE user_preferences (user_id bigint, language varchar(10), reasoning boolean, model text,
			created_at timestamp, updated_at timestamptz)`,
		`INSERT INTO user_preferences VALUES (9, 'en', false, NULL, '2023-11-14 22:13:20', '2023-11-14 22:13:19+00')`)
	donors, donations, preferences, missing := everything(t, url)
	if donors != nil || donations != nil {
		t.Errorf("of tables that are not there: %v, %v", donors, donations)
	}
	if diff := cmp.Diff([]Preference{{Person: 9, Language: "en", Earliest: at(1699999999)}}, preferences); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"donors", "donations"}, missing); diff != "" {
		t.Errorf("missing (-want +got):\n%s", diff)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct{ name, url, want string }{
		{"no tables", schema(t), "are not there"},
		{"tables of another program", schema(t, "CREATE TABLE donations (charge text, user_id bigint, stars bigint)"), "table donations is not the old bot's: it has no payment_id, stars_amount, payment_date"},
		{"no address", "hunter2", "not the address"},
		{"password with @", "postgres://postgres:hun@ter2@127.0.0.1/x", "not the address"},
		{"nobody there", "postgres://postgres:hunter2@127.0.0.1:1/x", "the old bot's database"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tables, err := Open(t.Context(), tt.url)
			if err == nil {
				_ = tables.Close()
				t.Fatal("opened")
			}
			if !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "ter2") {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestReadOnly(t *testing.T) {
	tables, err := Open(t.Context(), schema(t, makeDonations))
	if err != nil {
		t.Fatal(err)
	}
	defer tables.Close()
	if _, err := tables.conn.Exec(t.Context(), "DELETE FROM donations"); err == nil {
		t.Error("the old bot's tables could be written")
	}
}
