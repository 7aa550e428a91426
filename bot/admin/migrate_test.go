package admin

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/dump"
	"excursobot/store/storetest"
)

// filledFile makes a store's file with rows of every table, and n people.
func filledFile(t *testing.T, path string, n int) {
	t.Helper()
	changeFile(t, path, func(s store.Store) error {
		rows := storetest.Rows()
		for i := range n {
			rows = append(rows, store.NewRow(store.User{ID: int64(i) + 1000, Language: "ru"}))
		}
		return s.PutRows(t.Context(), rows)
	})
}

func changeFile(t *testing.T, path string, fn func(store.Store) error) {
	t.Helper()
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(fn(s), s.Check(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
}

// exportOf returns the lines of a store's dump, without the header.
func exportOf(t *testing.T, from string) string {
	t.Helper()
	code, out, errs := run(t.TempDir(), "export", "--from", from)
	if code != exitClean {
		t.Fatalf("export: %d %s", code, errs)
	}
	return linesOf(t, out)
}

func linesOf(t *testing.T, dumped string) string {
	t.Helper()
	zip, err := gzip.NewReader(strings.NewReader(dumped))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	_, lines, _ := strings.Cut(string(text), "\n")
	return lines
}

func TestMigrateFromFileToFile(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "new", "to.db")
	filledFile(t, from, 2500)
	code, out, errs := run(dir, "migrate", "--from", from, "--to", to)
	if code != exitClean || !strings.Contains(out, "users         2502  sha256 ") || !strings.Contains(out, "equal in number and checksum") {
		t.Fatalf("migrate: %d %s%s", code, out, errs)
	}
	want := exportOf(t, from)
	if got := exportOf(t, to); got != want || strings.Count(want, "\n") < 2520 {
		t.Errorf("not equal: %d and %d bytes", len(want), len(got))
	}
	changeFile(t, to, func(s store.Store) error { // nothing of the move is left
		if cut, err := incomplete(t.Context(), s); cut || err != nil {
			t.Errorf("the mark is left, %v", err)
		}
		return nil
	})

	// Only --force replaces rows.
	other := filepath.Join(dir, "other.db")
	filledFile(t, other, 3)
	code, _, errs = run(dir, "migrate", "--from", other, "--to", to)
	if code != exitUsage || !strings.Contains(errs, "is not empty") || !strings.Contains(errs, "--force") {
		t.Errorf("not empty: %d %s", code, errs)
	}
	if exportOf(t, to) != want {
		t.Error("a refused move changed the target")
	}
	if code, _, errs = run(dir, "migrate", "--from", other, "--to", to, "--force"); code != exitClean {
		t.Errorf("force: %d %s", code, errs)
	}
	if exportOf(t, to) != exportOf(t, other) {
		t.Error("forced, and not what the source is")
	}
	aside, err := filepath.Glob(to + ".before-migrate-*")
	if err != nil || len(aside) != 1 || exportOf(t, aside[0]) != want {
		t.Errorf("the store that was there: %v (%v)", aside, err)
	}
}

func TestMigrateFromAFileOfAnOlderVersion(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db")
	filledFile(t, from, 3)
	want := exportOf(t, from)
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	old := bytes.ReplaceAll(content, []byte("schema5"), []byte("schema1")) // a key and its value
	if err := os.WriteFile(from, old, 0o600); err != nil || bytes.Equal(old, content) {
		t.Fatalf("not made older: %v", err)
	}
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", to); code != exitClean || exportOf(t, to) != want {
		t.Errorf("%d %s", code, errs)
	}
	if after, err := os.ReadFile(from); err != nil || !bytes.Equal(after, old) {
		t.Errorf("the source was changed (%v)", err)
	}
	if left, err := os.ReadDir(os.Getenv("TMPDIR")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
}

func TestMigrateUsesTheConfiguredStore(t *testing.T) {
	dir := t.TempDir()
	copied := filepath.Join(dir, "copy.db")
	filledFile(t, filepath.Join(dir, "excursobot.db"), 1)
	if code, _, errs := run(dir, "migrate", "--to", copied); code != exitClean {
		t.Fatalf("out: %d %s", code, errs)
	}
	elsewhere := t.TempDir()
	if code, _, errs := run(elsewhere, "migrate", "--from", copied); code != exitClean {
		t.Fatalf("in: %d %s", code, errs)
	}
	if exportOf(t, filepath.Join(elsewhere, "excursobot.db")) != exportOf(t, copied) {
		t.Error("not equal")
	}
}

func TestMigrateRefuses(t *testing.T) {
	dir := t.TempDir()
	good, link, hard, junk := filepath.Join(dir, "good.db"), filepath.Join(dir, "link.db"), filepath.Join(dir, "hard.db"), filepath.Join(dir, "junk.db")
	filledFile(t, good, 0)
	if err := errors.Join(os.Symlink(good, link), os.Link(good, hard), os.WriteFile(junk, bytes.Repeat([]byte("junk"), 9000), 0o600)); err != nil {
		t.Fatal(err)
	}
	absent := filepath.Join(dir, "absent.db")
	tests := []struct {
		name string
		args []string
		code int
		err  string
	}{
		{"one store", []string{"--from", good, "--to", good}, exitUsage, "the same store"},
		{"one store by a link", []string{"--from", good, "--to", link, "--force"}, exitUsage, "the same store"},
		{"one store by a second name", []string{"--from", hard, "--to", good, "--force"}, exitUsage, "the same store"},
		{"neither end", nil, exitUsage, "the same store"},
		{"no source", []string{"--from", absent, "--to", good}, exitUsage, "absent.db"},
		{"source that is no store", []string{"--from", junk, "--to", absent}, exitRuntime, "junk.db"},
		{"target that is no store", []string{"--from", good, "--to", junk, "--force"}, exitRuntime, "junk.db"},
		{"address of another database", []string{"--from", "mysql://u:secret@h/x", "--to", absent}, exitRuntime, "not the address of a Postgres database"},
		{"address of nobody", []string{"--from", "postgres://u:secret@127.0.0.1:1/x", "--to", absent}, exitRuntime, "the store to copy: "},
		{"address in words", []string{"--from", good, "--to", "host=127.0.0.1 port=1 password=secret"}, exitRuntime, "the target: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, _, errs := run(dir, append([]string{"migrate"}, tt.args...)...)
			if code != tt.code || !strings.Contains(errs, tt.err) || strings.Contains(errs, "secret") {
				t.Errorf("%d %s, want %d and %q", code, errs, tt.code, tt.err)
			}
		})
	}
	if _, err := os.Stat(absent); err == nil {
		t.Error("a store was made")
	}
}

func TestMigrateWhileTheBotRuns(t *testing.T) {
	dir := t.TempDir()
	busy, other := filepath.Join(dir, "busy.db"), filepath.Join(dir, "other.db")
	filledFile(t, other, 1)
	s, err := boltstore.Open(boltstore.Config{Path: busy})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	heard := make(chan os.Signal, 1)
	signal.Notify(heard, os.Interrupt) // the runtime begins to listen with the first call of a process, which must not be one in the bubble
	signal.Stop(heard)
	synctest.Test(t, func(t *testing.T) { // they wait for the file
		for _, args := range [][]string{
			{"migrate", "--from", busy, "--to", filepath.Join(dir, "new.db")},
			{"migrate", "--from", other, "--to", busy},
			{"export", "--from", busy},
		} {
			if code, _, errs := run(dir, args...); code != exitRuntime || !strings.Contains(errs, "stop the bot first") {
				t.Errorf("%v: %d %s", args, code, errs)
			}
		}
	})
}

// brittle is a store that fails after a number of transactions.
type brittle struct {
	store.Store
	left int
}

var errBroke = errors.New("broke")

func (b *brittle) PutRows(ctx context.Context, rows []store.Row) error {
	if b.left--; b.left < 0 {
		return errBroke
	}
	return b.Store.PutRows(ctx, rows)
}

// migrateBetween migrates ten rows at a time to a target that fails after the given number of transactions, or never if it is negative.
func migrateBetween(t *testing.T, from, to where, transactions int) error {
	t.Helper()
	ctx := t.Context()
	source, err := openComplete(ctx, from)
	if err != nil {
		t.Fatal(err)
	}
	target, err := filling{to: to, source: source, stderr: new(bytes.Buffer)}.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if transactions >= 0 {
		target.Store = &brittle{target.Store, transactions}
	}
	_, err = fill(ctx, target, dump.Batches(ctx, source, 10), newProgress(io.Discard, ""))
	return errors.Join(err, target.Close(), source.Close())
}

// transactionsOf returns in how many transactions migrateBetween fills a target: the batches, and one that removes the mark.
func transactionsOf(t *testing.T, from where) int {
	t.Helper()
	source, err := openComplete(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	n := 1
	for _, err := range dump.Batches(t.Context(), source, 10) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n <= len(store.Tables()) {
		t.Fatalf("%d transactions: a table is empty", n)
	}
	return n
}

func TestMigrateBeginsAgainAfterAnyTransaction(t *testing.T) {
	dir := t.TempDir()
	from := where{file: filepath.Join(dir, "from.db")}
	filledFile(t, from.file, 20)
	want := exportOf(t, from.file)
	transactions := 3 + len(store.Tables()) // 3 of users, 1 of every other table, 1 that takes the mark away
	for broken := range transactions + 1 {
		to := where{file: filepath.Join(dir, fmt.Sprintf("to%d.db", broken))}
		err := migrateBetween(t, from, to, broken)
		if errors.Is(err, errBroke) != (broken < transactions) {
			t.Fatalf("broken after %d transactions: error %v", broken, err)
		}
		if broken == transactions {
			break
		}
		for _, args := range [][]string{{"migrate", "--from", to.file, "--to", filepath.Join(dir, "x.db")}, {"export", "--from", to.file}} {
			if code, _, errs := run(dir, args...); code != exitRuntime || !strings.Contains(errs, "is not complete") {
				t.Errorf("half a store was taken for a source: %d %s", code, errs)
			}
		}
		if code, _, errs := run(dir, "migrate", "--from", from.file, "--to", to.file); code != exitClean || !strings.Contains(errs, "from the beginning") {
			t.Fatalf("again after %d transactions: %d %s", broken, code, errs)
		}
		if exportOf(t, to.file) != want {
			t.Errorf("again after %d transactions: not equal", broken)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*before-migrate*")); err != nil || len(left) > 0 {
		t.Errorf("half a store was kept: %v, %v", left, err)
	}
}

func TestADamagedSourceReplacesNothing(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db")
	filledFile(t, from, 20)
	filledFile(t, to, 1)
	want := exportOf(t, to)
	content, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndex(content, []byte("<yes>")) // the value of a setting, which is read last
	if at < 0 {
		t.Fatal("no setting in the file")
	}
	for ; at >= 0; at = bytes.LastIndex(content[:at], []byte("<yes>")) {
		content[at] = '['
	}
	if err := os.WriteFile(from, content, 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := run(dir, "migrate", "--from", from, "--to", to, "--force")
	if code != exitRuntime || !strings.Contains(errs, "damaged") {
		t.Errorf("%d %s", code, errs)
	}
	if exportOf(t, to) != want {
		t.Error("the target was changed")
	}
}

func TestMigrateInterrupted(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db")
	filledFile(t, from, 20)
	source, err := openComplete(t.Context(), where{file: from})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	source.still = func(_ context.Context, fn func(store.RowReader) error) error { return fn(leaving{source, cancel}) }
	err = errors.Join(migrate(ctx, source, filling{to: where{file: to}, stderr: new(bytes.Buffer)}, new(bytes.Buffer)), source.Close())
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same command begins again") {
		t.Errorf("got error %v", err)
	}
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", to); code != exitClean || !strings.Contains(errs, "from the beginning") || exportOf(t, to) != exportOf(t, from) {
		t.Errorf("again: %d %s", code, errs)
	}
}

// leaving is a source during whose stories a signal comes.
type leaving struct {
	store.RowReader
	signal func()
}

func (l leaving) Rows(ctx context.Context, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	if table == store.TableStories {
		l.signal()
	}
	return l.RowReader.Rows(ctx, table, after, limit)
}

// straying is a target into which somebody else writes.
type straying struct{ store.Store }

func (s straying) PutRows(ctx context.Context, rows []store.Row) error {
	if _, ok := rows[0].Value.(store.User); ok {
		rows = append(rows, store.NewRow(store.User{ID: 77}))
	}
	return s.Store.PutRows(ctx, rows)
}

func TestMigrateNoticesADifference(t *testing.T) {
	dir, ctx := t.TempDir(), t.Context()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db")
	filledFile(t, from, 20)
	source, err := openComplete(ctx, where{file: from})
	if err != nil {
		t.Fatal(err)
	}
	target, err := filling{to: where{file: to}, stderr: new(bytes.Buffer)}.open(ctx)
	if err != nil {
		t.Fatal(err)
	}
	target.Store = straying{target.Store}
	_, err = fill(ctx, target, dump.Batches(ctx, source, 10), newProgress(io.Discard, ""))
	if err == nil || !strings.Contains(err.Error(), "table users differs: 22 rows expected, 23 found") {
		t.Errorf("got error %v", err)
	}
	if err := errors.Join(target.Close(), source.Close()); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(dir, "export", "--from", to); code != exitRuntime || !strings.Contains(errs, "is not complete") {
		t.Errorf("a copy that differs is taken for a store: %d %s", code, errs)
	}
}

func TestImportOfAnExport(t *testing.T) {
	dir := t.TempDir()
	from, to, dumped := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db"), filepath.Join(dir, "x.dump")
	filledFile(t, from, 2500)
	want := exportOf(t, from)
	if code, out, errs := run(dir, "export", dumped, "--from", from); code != exitClean || out != "" {
		t.Fatalf("export: %d %s%s", code, out, errs)
	}
	if fi, err := os.Stat(dumped); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("the dump's file: %v, %v", fi.Mode(), err)
	}
	code, out, errs := run(dir, "import", dumped, "--to", to)
	if code != exitClean || !strings.Contains(out, "users         2502  sha256 ") || exportOf(t, to) != want {
		t.Errorf("import: %d %s%s", code, out, errs)
	}
	if code, _, errs := run(dir, "import", dumped, "--to", to); code != exitUsage || !strings.Contains(errs, "--force") {
		t.Errorf("into what is there: %d %s", code, errs)
	}
	if code, _, errs := run(dir, "import", dumped, "--to", to, "--force"); code != exitClean || !strings.Contains(errs, "before-migrate") || exportOf(t, to) != want {
		t.Errorf("forced: %d %s", code, errs)
	}
}

// A dump is read to its end before anything is changed.
func TestImportOfABadDumpChangesNothing(t *testing.T) {
	dir := t.TempDir()
	from, to, dumped, bad := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db"), filepath.Join(dir, "x.dump"), filepath.Join(dir, "bad.dump")
	filledFile(t, from, 20)
	filledFile(t, to, 1)
	want := exportOf(t, to)
	if code, _, errs := run(dir, "export", dumped, "--from", from); code != exitClean {
		t.Fatalf("export: %d %s", code, errs)
	}
	good, err := os.ReadFile(dumped)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	for name, content := range map[string][]byte{
		"cut": good[:len(good)-9], "cut in the middle": good[:len(good)/2], "damaged": flipped, "empty": nil, "no dump": []byte("junk"), "a store": contentOf(t, from),
		"twice": append(bytes.Clone(good), good...),
	} {
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := run(dir, "import", bad, "--to", to, "--force"); code == exitClean || !strings.Contains(errs, "bad.dump") {
			t.Errorf("%s: %d %s", name, code, errs)
		}
		if exportOf(t, to) != want {
			t.Fatalf("%s: the target was changed", name)
		}
	}
	if code, _, errs := run(dir, "import", filepath.Join(dir, "absent.dump"), "--to", to); code != exitUsage || !strings.Contains(errs, "absent.dump") {
		t.Errorf("no file: %d %s", code, errs)
	}
}

// A dump that would take the mark of an incomplete store away is refused, and leaves the mark.
func TestImportOfADumpWithTheMark(t *testing.T) {
	dir := t.TempDir()
	file, to := filepath.Join(dir, "x.dump"), filepath.Join(dir, "to.db")
	var b bytes.Buffer
	w, err := dump.NewWriter(&b, dump.Header{Content: dumpContent})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Put(store.NewRow(store.SettingRow{Name: incompleteSetting})), w.Close(), os.WriteFile(file, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := run(dir, "import", file, "--to", to); code != exitRuntime || !strings.Contains(errs, incompleteSetting) {
		t.Errorf("%d %s", code, errs)
	}
	if code, _, errs := run(dir, "export", "--from", to); code != exitRuntime || !strings.Contains(errs, "is not complete") {
		t.Errorf("%d %s", code, errs)
	}
}

func contentOf(t *testing.T, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

func TestTheBotDoesNotStartOnHalfAStore(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "excursobot.db")
	filledFile(t, from, 10)
	if err := migrateBetween(t, where{file: from}, where{file: to}, 2); !errors.Is(err, errBroke) {
		t.Fatal(err)
	}
	s, err := boltstore.Open(boltstore.Config{Path: to})
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(RefuseIncomplete(t.Context(), s), s.Close())
	if !errors.As(err, new(config.UsageError)) || !strings.Contains(err.Error(), "excursobot migrate") {
		t.Errorf("error %v", err)
	}
}

func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		p := newProgress(&out, "migrate")
		for range 40 {
			p.add("copied", 10)
			time.Sleep(progressEvery / 10)
		}
		p.add("compared", 1)
		p.end()
		if got, want := out.String(), "migrate: 110 rows copied\nmigrate: 210 rows copied\nmigrate: 310 rows copied\nmigrate: 1 rows compared\n"; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
		out.Reset()
		p = &progress{w: &out, terminal: true, what: "migrate"}
		p.add("copied", 2)
		p.end()
		if got, want := out.String(), "\r\x1b[Kmigrate: 2 rows copied\r\x1b[K"; got != want {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}
