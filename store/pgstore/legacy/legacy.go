// Package legacy reads the tables of the Python bot that this one replaces: donors, donations and user_preferences. It decides what
// their columns mean, and writes nothing.
package legacy

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Donor is a row of donors.
type Donor struct {
	Person   int64
	Total    int64     // stars, as the row has it
	Sum      int64     // stars of the person's rows in donations
	Earliest time.Time // of the times in the row; zero = it has none
	Premium  bool      // premium_expires is set
}

// Donation is a row of donations.
type Donation struct {
	Person int64  // 0 = the row has none
	Charge string // payment_id
	Stars  int64
	At     time.Time
}

// Preference is a row of user_preferences.
type Preference struct {
	Person           int64
	Language         string
	Earliest         time.Time // of the times in the row; zero = it has none
	Reasoning, Model bool      // are set
}

// Tables is a snapshot of the tables in a database.
type Tables struct {
	conn    *pgx.Conn
	tx      pgx.Tx
	there   map[string]map[string]string // table, column, type
	Missing []string                     // of the three tables
}

// wanted has the columns by which a table of the old bot is recognised.
var wanted = [...]struct {
	table   string
	columns []string
}{
	{"donors", []string{"user_id", "total_stars", "first_donation_date", "last_donation_date", "premium_expires", "created_at"}},
	{"donations", []string{"user_id", "payment_id", "stars_amount", "payment_date"}},
	{"user_preferences", []string{"user_id", "language", "reasoning", "model", "created_at", "updated_at"}},
}

// errAddress does not quote the URL, which contains a password.
var errAddress = errors.New("this is not the address of a Postgres database (postgres://user:password@host:port/database)")

// Open connects to the database and looks for the tables in the URL's search_path. It refuses a database with none of them, and tables of the
// same names that are not the old bot's.
func Open(ctx context.Context, url string) (_ *Tables, err error) {
	conf, err := pgx.ParseConfig(url)
	if err != nil || url == "" || strings.Contains(conf.Host+conf.Database, "@") {
		return nil, errAddress
	}
	path := conf.RuntimeParams["search_path"]
	delete(conf.RuntimeParams, "search_path") // poolers refuse or ignore it
	conf.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	conn, err := pgx.ConnectConfig(ctx, conf)
	if err != nil {
		lines := strings.Fields(err.Error()) // one for each address that was tried
		return nil, fmt.Errorf("the old bot's database: %s", strings.Join(lines, " "))
	}
	t := &Tables{conn: conn}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}()
	if t.tx, err = conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}); err != nil {
		return nil, err
	}
	if path != "" {
		if _, err = t.tx.Exec(ctx, "SELECT set_config('search_path', $1, true)", path); err != nil {
			return nil, err
		}
	}
	if _, err = t.tx.Exec(ctx, "SET LOCAL timezone = 'UTC'"); err != nil {
		return nil, err
	}
	return t, t.find(ctx)
}

// Close ends the connection.
func (t *Tables) Close() error { return t.conn.Close(context.Background()) }

// find finds out which tables exist.
func (t *Tables) find(ctx context.Context) error {
	t.there = map[string]map[string]string{}
	for _, w := range wanted {
		// The table that the name means, in the first schema of the search path that has one.
		rows, err := t.tx.Query(ctx, `
			SELECT attname, format_type(atttypid, NULL) FROM pg_attribute
			WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped`, w.table)
		if err != nil {
			return err
		}
		columns := map[string]string{}
		var name, kind string
		if _, err := pgx.ForEachRow(rows, []any{&name, &kind}, func() error { columns[name] = kind; return nil }); err != nil {
			return err
		}
		if len(columns) == 0 {
			t.Missing = append(t.Missing, w.table)
			continue
		}
		lacking := slices.DeleteFunc(slices.Clone(w.columns), func(c string) bool { return columns[c] != "" })
		if len(lacking) > 0 {
			return fmt.Errorf("table %s is not the old bot's: it has no %s; if that is in another schema, name it with ?search_path=... at the end of the address",
				w.table, strings.Join(lacking, ", "))
		}
		t.there[w.table] = columns
	}
	if len(t.there) == 0 {
		return errors.New("the old bot's tables are not there; if they are in another schema, name it with ?search_path=... at the end of the address")
	}
	return nil
}

// seconds is SQL for a column as Unix seconds, NULL if it has none. Numbers are Unix seconds already.
func (t *Tables) seconds(table, column string) string {
	if kind := t.there[table][column]; strings.HasPrefix(kind, "timestamp") || kind == "date" {
		return "extract(epoch FROM " + column + ")::bigint"
	}
	return "nullif(" + column + ", 0)::bigint"
}

// earliest is SQL for the earliest of the columns.
func (t *Tables) earliest(table string, columns ...string) string {
	for i, c := range columns {
		columns[i] = t.seconds(table, c)
	}
	return "least(" + strings.Join(columns, ", ") + ")"
}

// Donors calls fn for each donor, in the order of ids.
func (t *Tables) Donors(ctx context.Context, fn func(Donor) error) error {
	if t.there["donors"] == nil {
		return nil
	}
	sum := "0"
	if t.there["donations"] != nil {
		sum = "coalesce((SELECT sum(stars_amount) FROM donations WHERE donations.user_id = donors.user_id), 0)::bigint"
	}
	rows, err := t.tx.Query(ctx, `
		SELECT user_id, coalesce(total_stars, 0)::bigint, `+sum+`, `+t.earliest("donors", "first_donation_date", "last_donation_date", "created_at")+`,
			coalesce(premium_expires::text NOT IN ('', '0'), false)
		FROM donors WHERE user_id IS NOT NULL ORDER BY user_id`)
	if err != nil {
		return err
	}
	var d Donor
	var at *int64
	_, err = pgx.ForEachRow(rows, []any{&d.Person, &d.Total, &d.Sum, &at, &d.Premium}, func() error {
		d.Earliest = unix(at)
		return fn(d)
	})
	return err
}

// Donations calls fn for each donation, in the order of charges.
func (t *Tables) Donations(ctx context.Context, fn func(Donation) error) error {
	if t.there["donations"] == nil {
		return nil
	}
	rows, err := t.tx.Query(ctx, `
		SELECT coalesce(user_id, 0)::bigint, coalesce(payment_id::text, ''), coalesce(stars_amount, 0)::bigint, `+t.seconds("donations", "payment_date")+`
		FROM donations ORDER BY payment_id`)
	if err != nil {
		return err
	}
	var d Donation
	var at *int64
	_, err = pgx.ForEachRow(rows, []any{&d.Person, &d.Charge, &d.Stars, &at}, func() error {
		d.At = unix(at)
		return fn(d)
	})
	return err
}

// Preferences calls fn for each person's, in the order of ids.
func (t *Tables) Preferences(ctx context.Context, fn func(Preference) error) error {
	if t.there["user_preferences"] == nil {
		return nil
	}
	const isSet = "coalesce(%[1]s::text NOT IN ('', '0', 'false'), false)"
	rows, err := t.tx.Query(ctx, `
		SELECT user_id, coalesce(language, ''), `+t.earliest("user_preferences", "created_at", "updated_at")+`,
			`+fmt.Sprintf(isSet, "reasoning")+`, `+fmt.Sprintf(isSet, "model")+`
		FROM user_preferences WHERE user_id IS NOT NULL ORDER BY user_id`)
	if err != nil {
		return err
	}
	var p Preference
	var at *int64
	_, err = pgx.ForEachRow(rows, []any{&p.Person, &p.Language, &at, &p.Reasoning, &p.Model}, func() error {
		p.Earliest = unix(at)
		return fn(p)
	})
	return err
}

func unix(seconds *int64) time.Time {
	if seconds == nil {
		return time.Time{}
	}
	return time.Unix(*seconds, 0).UTC()
}
