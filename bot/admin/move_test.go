package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
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
		return s.Import(t.Context(), rows)
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

// lines returns what export prints of a store.
func exportOf(t *testing.T, from string) string {
	t.Helper()
	code, out, errs := run(t.TempDir(), "export", "--from", from)
	if code != exitClean {
		t.Fatalf("export: %d %s", code, errs)
	}
	return out
}

func TestMigrateFromFileToFile(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "new", "to.db")
	filledFile(t, from, 2500)
	code, out, errs := run(dir, "migrate", "--from", from, "--to", to)
	if code != exitClean || !strings.Contains(out, "users         2502  sha256 ") || !strings.Contains(out, "equal in number and checksum") {
		t.Fatalf("migrate: %d %s%s", code, out, errs)
	}
	if n := strings.Count(errs, "copy: "); n < 2 || !strings.Contains(errs, "check: 100 %") {
		t.Errorf("progress:\n%s", errs)
	}
	want := exportOf(t, from)
	if got := exportOf(t, to); got != want || strings.Count(want, "\n") < 2520 {
		t.Errorf("not equal: %d and %d bytes", len(want), len(got))
	}
	changeFile(t, to, func(s store.Store) error { // nothing of the move is left
		word, err := s.Setting(t.Context(), moveSetting)
		if word != "" {
			t.Errorf("the cursor is left: %s", word)
		}
		return err
	})

	// What is there is not replaced unless it is said so.
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
	old := bytes.ReplaceAll(content, []byte("schema2"), []byte("schema1")) // a key and its value
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
		{"address of another database", []string{"--from", "mysql://u:secret@h/x", "--to", absent}, exitRuntime, "no address of a Postgres database"},
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

// brittle is a store that takes so many batches and no more.
type brittle struct {
	store.Store
	left int
}

var errBroke = errors.New("broke")

func (b *brittle) Import(ctx context.Context, rows []store.Row) error {
	if b.left--; b.left < 0 {
		return errBroke
	}
	return b.Store.Import(ctx, rows)
}

// moveBetween runs a move, ten rows at a time, to a target that breaks after so many batches, or does not if that is negative.
func moveBetween(t *testing.T, from, to where, batches int) error {
	t.Helper()
	source, err := openSource(t.Context(), from)
	if err != nil {
		t.Fatal(err)
	}
	m := move{source: source, to: to, batch: 10, stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}
	if batches < 0 {
		return errors.Join(m.run(t.Context()), source.Close())
	}
	target, at, err := m.openTarget(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	target.Store = &brittle{target.Store, batches}
	return errors.Join(m.copy(t.Context(), target, source, at), target.Close(), source.Close())
}

func TestMigrateGoesOnAfterAnyBatch(t *testing.T) {
	dir := t.TempDir()
	from := where{file: filepath.Join(dir, "from.db")}
	filledFile(t, from.file, 20)
	want := exportOf(t, from.file)
	const batches = 16 // 3 of users, 1 of every other table
	for broken := range batches + 1 {
		to := where{file: filepath.Join(dir, fmt.Sprintf("to%d.db", broken))}
		err := moveBetween(t, from, to, broken)
		if errors.Is(err, errBroke) != (broken < batches) {
			t.Fatalf("broken after %d batches: error %v", broken, err)
		}
		if broken > 0 {
			if code, _, errs := run(dir, "migrate", "--from", to.file, "--to", filepath.Join(dir, "x.db")); code != exitRuntime || !strings.Contains(errs, "is not complete") {
				t.Errorf("half a store was taken for a source: %d %s", code, errs)
			}
		}
		if err := moveBetween(t, from, to, -1); err != nil {
			t.Fatalf("went on after %d batches: %v", broken, err)
		}
		if exportOf(t, to.file) != want {
			t.Errorf("went on after %d batches: not equal", broken)
		}
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
	source, err := openSource(t.Context(), where{file: from})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	source.still = func(_ context.Context, fn func(store.Source) error) error { return fn(leaving{source, cancel}) }
	m := move{source: source, to: where{file: to}, batch: 10, stdout: new(bytes.Buffer), stderr: new(bytes.Buffer)}
	if err := errors.Join(m.run(ctx), source.Close()); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "the same command goes on") {
		t.Errorf("got error %v", err)
	}
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", to); code != exitClean || !strings.Contains(errs, "going on") || exportOf(t, to) != exportOf(t, from) {
		t.Errorf("again: %d %s", code, errs)
	}
}

// leaving is a source during whose stories a signal comes.
type leaving struct {
	store.Source
	signal func()
}

func (l leaving) Export(ctx context.Context, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	if table == store.TableStories {
		l.signal()
	}
	return l.Source.Export(ctx, table, after, limit)
}

func TestMigrateNoticesWhatChanged(t *testing.T) {
	dir := t.TempDir()
	from, to, other := filepath.Join(dir, "from.db"), filepath.Join(dir, "to.db"), filepath.Join(dir, "other.db")
	filledFile(t, from, 20)
	filledFile(t, other, 0)
	if err := moveBetween(t, where{file: from}, where{file: to}, 2); !errors.Is(err, errBroke) {
		t.Fatal(err)
	}
	if code, _, errs := run(dir, "migrate", "--from", other, "--to", to); code != exitUsage || !strings.Contains(errs, "from elsewhere") {
		t.Errorf("another source: %d %s", code, errs)
	}
	changeFile(t, from, func(s store.Store) error {
		_, err := s.UpdateUser(t.Context(), 1000, func(u *store.User) error { u.Language = "fr"; return nil })
		return err
	})
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", to); code != exitRuntime || !strings.Contains(errs, "table users differs: 22 rows there, 22 here") {
		t.Errorf("changed behind the cursor: %d %s", code, errs)
	}
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", to); code != exitUsage || !strings.Contains(errs, "differs from its source") {
		t.Errorf("again: %d %s", code, errs)
	}
	if code, _, errs := run(dir, "migrate", "--from", from, "--to", to, "--force"); code != exitClean || exportOf(t, to) != exportOf(t, from) {
		t.Errorf("with force: %d %s", code, errs)
	}
}

func TestTheBotDoesNotStartOnHalfAStore(t *testing.T) {
	dir := t.TempDir()
	from, to := filepath.Join(dir, "from.db"), filepath.Join(dir, "excursobot.db")
	filledFile(t, from, 10)
	if err := moveBetween(t, where{file: from}, where{file: to}, 2); !errors.Is(err, errBroke) {
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
	var out bytes.Buffer
	p := newProgress(&out, "copy", 40)
	for range 40 {
		p.add("users", 1)
	}
	p.add("more than there were", 5)
	p.end()
	if got := strings.Count(out.String(), "\n"); got != 10 || !strings.Contains(out.String(), "copy: 50 %, 20 of 40, users\n") {
		t.Errorf("got %d lines:\n%s", got, &out)
	}
	out.Reset()
	newProgress(&out, "copy", 0).add("nothing", 0)
	if got := out.String(); got != "copy: 100 %, 0 of 0, nothing\n" {
		t.Errorf("got %q", got)
	}
	out.Reset()
	p = &progress{w: &out, terminal: true, what: "copy", total: 4}
	p.add("users", 2)
	p.drawn = time.Time{}
	p.add("users", 2)
	p.end()
	want := "\r\x1b[Kcopy [###############...............]  50 % 2 of 4, users\r\x1b[Kcopy [" + strings.Repeat("#", 30) + "] 100 % 4 of 4, users\r\x1b[K"
	if got := out.String(); got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
