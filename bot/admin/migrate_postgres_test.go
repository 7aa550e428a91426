package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"excursobot/store"
	"excursobot/store/pgstore"
	"excursobot/store/pgstore/pgtest"
)

// testSchema returns the address of a schema that goes with the test and is not made yet, and a function that runs SQL in it.
func testSchema(t *testing.T) (url string, exec func(string)) {
	t.Helper()
	url = pgtest.URL(t)
	return url, func(statement string) {
		t.Helper()
		conn := pgtest.Connect(t, url)
		defer conn.Close(context.Background())
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
}

func TestMigrateThroughPostgres(t *testing.T) {
	url, _ := testSchema(t)
	dir := t.TempDir()
	from, back := filepath.Join(dir, "from.db"), filepath.Join(dir, "back.db")
	filledFile(t, from, 2500)
	want := exportOf(t, from)
	var printed strings.Builder
	migrate := func(want int, args ...string) {
		t.Helper()
		code, out, errs := run(dir, append([]string{"migrate"}, args...)...)
		printed.WriteString(out + errs)
		if code != want {
			t.Errorf("%v: exit code %d, want %d: %s", args, code, want, errs)
		}
	}
	migrate(exitRuntime, "--from", url, "--to", back) // which is not made by looking at it
	migrate(exitClean, "--from", from, "--to", url)
	if exportOf(t, url) != want {
		t.Error("the database is not what the file is")
	}
	migrate(exitClean, "--from", url, "--to", back)
	if exportOf(t, back) != want {
		t.Error("the file that came back is not what the first one is")
	}

	migrate(exitUsage, "--from", back, "--to", url)
	migrate(exitUsage, "--from", url, "--to", url+"&application_name=other", "--force")
	if exportOf(t, url) != want {
		t.Error("a refused move changed the target")
	}
	changeFile(t, back, func(s store.Store) error { return s.MarkDone(t.Context(), 12345) })
	migrate(exitClean, "--from", back, "--to", url, "--force")
	if exportOf(t, url) != exportOf(t, back) || exportOf(t, back) == want {
		t.Error("forced, and not what the source is")
	}
	for _, text := range []string{"is not empty", "the same store", "holds no store"} {
		if !strings.Contains(printed.String(), text) {
			t.Errorf("nothing says %q:\n%s", text, &printed)
		}
	}
	if strings.Contains(printed.String(), "test-only") {
		t.Errorf("the password was printed:\n%s", &printed)
	}
}

func TestMigrateIntoPostgresBeginsAgainAfterAnyTransaction(t *testing.T) {
	url, _ := testSchema(t)
	dir := t.TempDir()
	from := where{file: filepath.Join(dir, "from.db")}
	filledFile(t, from.file, 10)
	want := exportOf(t, from.file)
	transactions := transactionsOf(t, from)
	for broken := range transactions + 1 {
		err := migrateBetween(t, from, where{url: url}, broken)
		if errors.Is(err, errBroke) != (broken < transactions) {
			t.Fatalf("broken after %d transactions: error %v", broken, err)
		}
	}
	if exportOf(t, url) != want {
		t.Error("not equal")
	}
	back := where{file: filepath.Join(dir, "back.db")}
	if err := migrateBetween(t, where{url: url}, back, transactions/2); !errors.Is(err, errBroke) {
		t.Fatal(err)
	}
	if err := migrateBetween(t, where{url: url}, back, -1); err != nil || exportOf(t, back.file) != want {
		t.Errorf("went back, in two tries: %v, or not equal", err)
	}
}

const legacySchema = `
	CREATE TABLE donors (user_id bigint PRIMARY KEY, telegram_username text, first_name text, total_stars integer,
		first_donation_date bigint, last_donation_date bigint, premium_expires bigint, created_at bigint);
	CREATE TABLE donations (id serial PRIMARY KEY, user_id bigint, payment_id text UNIQUE, stars_amount integer, payment_date bigint, invoice_payload text);
	CREATE TABLE user_preferences (user_id bigint PRIMARY KEY, language text, reasoning text, model text, created_at bigint, updated_at bigint);
	INSERT INTO donors VALUES (7, 'anna', 'Anna', 300, 1700000000, 1700000500, 1800000000, 1699999999), (8, NULL, NULL, 5, NULL, NULL, 0, NULL);
	INSERT INTO donations (user_id, payment_id, stars_amount, payment_date) VALUES
		(7, 'charge-b', 100, 1700000000), (7, 'charge-a', 50, 1700000500), (8, 'charge-c', 5, 1600000000), (9, 'charge-d', 0, 1600000000);
	INSERT INTO user_preferences VALUES (7, 'fr', 'high', 'gpt', 1690000000, 1690000001), (10, 'PT-br', NULL, NULL, 1690000000, NULL),
		(11, 'tlh', NULL, NULL, 1690000000, NULL)`

func TestImportLegacy(t *testing.T) {
	old, oldExec := testSchema(t)
	ours, _ := testSchema(t)
	oldExec("CREATE SCHEMA " + old[strings.LastIndex(old, "=")+1:])
	oldExec(legacySchema)
	for name, database := range map[string]string{"file": "", "database": ours} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			env := []string{"DATA_DIR=" + dir, "DATABASE_URL=" + database}
			call := func(args ...string) (int, string, string) {
				var stdout, stderr bytes.Buffer
				code := Main(args, &stdout, &stderr, env)
				return code, stdout.String(), stderr.String()
			}
			export := func() string {
				code, out, errs := call("export")
				if code != exitClean {
					t.Fatalf("export: %d %s", code, errs)
				}
				return linesOf(t, out)
			}
			code, out, errs := call("import", "--legacy", old)
			if code != exitClean {
				t.Fatalf("import: %d %s", code, errs)
			}
			for _, line := range []string{
				"payments: 3 new with 155 stars, 0 known already", "people: 4 new", "languages: 2",
				`left out: language "tlh" of 1 people`, "left out: premium_expires of 1 people", "left out: reasoning of 1 people", "left out: model of 1 people",
				`left out: payment "charge-d" of person 9, 0 stars`,
				"stars without a payment, which were not credited: person 7: 300 stars in donors, 150 in donations",
			} {
				if !strings.Contains(out, line) {
					t.Errorf("no %q in:\n%s", line, out)
				}
			}
			want := export()
			for _, line := range []string{
				`{"table":"users","row":{"id":7,"language":"fr","created":"2023-07-22T04:26:40Z","metres":0}}`,
				`{"table":"users","row":{"id":8,"created":"2020-09-13T12:26:40Z","metres":0}}`,
				`{"table":"users","row":{"id":10,"language":"pt","created":"2023-07-22T04:26:40Z","metres":0}}`,
				`{"table":"users","row":{"id":11,"created":"2023-07-22T04:26:40Z","metres":0}}`,
				`{"table":"payments","row":{"charge":"charge-b","person":7,"stars":100,"at":"2023-11-14T22:13:20Z"}}`,
			} {
				if !strings.Contains(want, line+"\n") {
					t.Errorf("no %s in:\n%s", line, want)
				}
			}
			if code, out, errs = call("import", "--legacy", old); code != exitClean || !strings.Contains(out, "payments: 0 new with 0 stars, 3 known already") {
				t.Errorf("again: %d %s%s", code, out, errs)
			}
			if got := export(); got != want {
				t.Errorf("a second import changed something:\n%s\nwas\n%s", got, want)
			}
			if code, out, errs = call("payments"); code != exitClean || strings.Count(out, "\n") != 3 || !strings.Contains(out, "charge-c") {
				t.Errorf("payments: %d %s%s", code, out, errs)
			}
		})
	}
	// The tables of both have the same names. Neither program's are taken for the other's.
	for _, tt := range []struct {
		name string
		args []string
		env  string
		code int
		want string
	}{
		{"the bot's own tables", []string{"import", "--legacy", ours}, "", exitUsage, "is not the old bot's: it has no payment_id"},
		{"into the old ones", []string{"import", "--legacy", old}, old, exitRuntime, "of another program"},
		{"moved into the old ones", []string{"migrate", "--from", ours, "--to", old, "--force"}, "", exitRuntime, "of another program"},
		{"the old ones as a store", []string{"export"}, old, exitRuntime, "holds no store"},
		{"no address", []string{"import", "--legacy", "mysql://u:secret@h/x"}, "", exitUsage, "not the address"},
	} {
		var stdout, stderr bytes.Buffer
		code := Main(tt.args, &stdout, &stderr, []string{"DATA_DIR=" + t.TempDir(), "DATABASE_URL=" + tt.env})
		if code != tt.code || !strings.Contains(stderr.String(), tt.want) || strings.Contains(stderr.String(), "secret") {
			t.Errorf("%s: %d %s, want %d and %q", tt.name, code, &stderr, tt.code, tt.want)
		}
	}
}

// An import keeps what people did with the new bot.
func TestImportLegacyLaterThanTheFirstPeople(t *testing.T) {
	old, exec := testSchema(t)
	ours, _ := testSchema(t)
	exec("CREATE SCHEMA " + old[strings.LastIndex(old, "=")+1:])
	exec(legacySchema)
	ctx := t.Context()
	s, err := pgstore.Open(ctx, pgstore.Config{URL: ours})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	_, err = s.UpdateUser(ctx, 7, func(u *store.User) error { u.Language, u.Created = "uk", day(1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	// Person 8 was taken over, and then forgotten.
	if _, _, err := s.Credit(ctx, store.Payment{Charge: "charge-c", Stars: 5, At: day(2)}); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"import", "--legacy", old}, &stdout, &stderr, []string{"DATABASE_URL=" + ours}); code != exitClean {
		t.Fatalf("%d %s", code, &stderr)
	}
	user, err := s.User(ctx, 7)
	if err != nil || user.Language != "uk" || !user.Created.Equal(day(1)) {
		t.Errorf("user %+v, %v", user, err)
	}
	if _, err := s.User(ctx, 8); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("who was forgotten is back: %v", err)
	}
	given, err := s.Given(ctx, 7)
	if err != nil || given != (store.Given{Person: 150, All: 155}) {
		t.Errorf("given %+v, %v", given, err)
	}
}

func TestBackupOfADatabaseAndRestore(t *testing.T) {
	url, _ := testSchema(t)
	dir := t.TempDir()
	from := filepath.Join(dir, "from.db")
	filledFile(t, from, 10)
	call := func(want int, args ...string) (out, errs string) {
		t.Helper()
		var stdout, stderr bytes.Buffer
		if code := Main(args, &stdout, &stderr, []string{"DATA_DIR=" + dir, "DATABASE_URL=" + url}); code != want {
			t.Errorf("%v: exit code %d, want %d: %s", args, code, want, &stderr)
		}
		return stdout.String(), stderr.String()
	}
	if out, _ := call(exitClean, "restore", from); !strings.Contains(out, "no checksum") { // into nothing
		t.Errorf("no warning: %s", out)
	}
	path, _ := call(exitClean, "backup")
	path = strings.TrimSpace(path)
	want := exportOf(t, from)
	if filepath.Dir(path) != filepath.Join(dir, backupDir) || exportOf(t, path) != want {
		t.Errorf("the backup %s is not what the database is", path)
	}
	changeFile(t, from, func(s store.Store) error { return s.MarkDone(t.Context(), 12345) })
	if _, errs := call(exitUsage, "restore", from); !strings.Contains(errs, "--force") {
		t.Errorf("into what is there: %s", errs)
	}
	call(exitClean, "restore", from, "--force")
	if exportOf(t, url) != exportOf(t, from) {
		t.Error("the database is not what the backup is")
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, errs := call(exitRuntime, "restore", flipped(t, content, flippedHeader), "--force"); !strings.Contains(errs, "not an undamaged backup") {
		t.Errorf("a damaged backup: %s", errs)
	}
	call(exitUsage, "restore", filepath.Join(dir, "absent.db"), "--force")
	if exportOf(t, url) != exportOf(t, from) {
		t.Error("the database was changed")
	}
}

// replica is a bot on a database, which does not run and is known there as if it did.
type replica struct {
	*pgstore.Store
	name    string
	backups *Backups
}

func replicas(t *testing.T, url string) [2]*replica {
	t.Helper()
	var all [2]*replica
	for i := range all {
		s, err := pgstore.Open(t.Context(), pgstore.Config{URL: url})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
		r := &replica{Store: s, name: fmt.Sprint("replica", i)}
		r.backups = &Backups{Dir: t.TempDir(), Every: 24 * time.Hour, Keep: 7, Database: s, Replica: r.name, Log: slog.New(slog.DiscardHandler)}
		if _, err := s.Heartbeat(t.Context(), r.name, time.Minute); err != nil {
			t.Fatal(err)
		}
		all[i] = r
	}
	return all
}

func TestOneReplicaMakesTheBackup(t *testing.T) {
	url, _ := testSchema(t)
	apps := replicas(t, url)
	ctx := t.Context()
	if err := apps[0].MarkDone(ctx, 1, 2, 3); err != nil {
		t.Fatal(err)
	}
	due := func(r *replica, at time.Time, want error) string {
		t.Helper()
		path, err := r.backups.due(ctx, at)
		if !errors.Is(err, want) {
			t.Errorf("got error %v, want %v", err, want)
		}
		return path
	}
	path := due(apps[0], day(1), nil)
	if !isDone(t, path, 2) {
		t.Error("the backup lacks what was written")
	}
	due(apps[1], day(1).Add(time.Minute), errNotDue)
	due(apps[0], day(1).Add(time.Hour), errNotDue)
	if slot, ok, err := apps[1].Take(ctx, backupKind, 1, apps[1].name, time.Minute); err != nil || !ok {
		t.Fatalf("the turn was not given back: %v", err)
	} else {
		due(apps[0], day(2), errNotDue) // while the other one is at it
		if err := apps[1].Return(ctx, backupKind, slot, apps[1].name); err != nil {
			t.Fatal(err)
		}
	}
	due(apps[1], day(2), nil)
	last, err := apps[0].backups.last(ctx)
	if err != nil || !last.Equal(day(2)) {
		t.Errorf("last backup at %v, %v", last, err)
	}
}

func TestNothingIsMovedUnderARunningBot(t *testing.T) {
	url, _ := testSchema(t)
	other, _ := testSchema(t)
	apps := replicas(t, url)
	dir := t.TempDir()
	from := filepath.Join(dir, "from.db")
	filledFile(t, from, 1)
	for _, args := range [][]string{
		{"migrate", "--from", from, "--to", url},
		{"migrate", "--from", from, "--to", url, "--force"},
		{"migrate", "--from", url, "--to", other},
	} {
		if code, _, errs := run(dir, args...); code != exitRuntime || !strings.Contains(errs, "stop the bot first: 2 processes") || strings.Contains(errs, "test-only") {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
	for _, a := range apps {
		if err := a.Leave(t.Context(), a.name); err != nil {
			t.Fatal(err)
		}
	}
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", url); code != exitClean {
		t.Errorf("when they left: %d %s", code, errs)
	}
}
