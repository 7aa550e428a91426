package admin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/store"
	"excursobot/store/boltstore"
)

// deadLetterLine is the output of dead-letters for the update of park.
const deadLetterLine = `{"update":7,"arrived":"2026-05-17T12:00:00Z","tries":4,"place":"Q1","raw":{"update_id":7}}`

func park(t *testing.T, s store.Store) {
	t.Helper()
	_, err := s.Accept(t.Context(), store.Entry{Update: 7, Chat: 1, Arrived: time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC), Raw: []byte(`{"update_id":7}`)})
	err = errors.Join(err, s.Note(t.Context(), 7, "Q1", 0))
	for range store.MaxTries {
		_, again := s.Retry(t.Context(), 7)
		err = errors.Join(err, again)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func isDone(t *testing.T, path string, update int64) bool {
	t.Helper()
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	done, err := s.Done(t.Context(), update)
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	return done
}

func TestBackupOfARunningBotAndRestore(t *testing.T) {
	a := newRunning(t)
	ctx := t.Context()
	stop := a.control(t)
	socket := filepath.Join(a.dir, controlSocket)
	if fi, err := os.Stat(socket); err != nil || fi.Mode().Perm() != 0o600 {
		t.Errorf("socket %v (%v)", fi, err)
	}
	if err := a.store.MarkDone(ctx, 1); err != nil {
		t.Fatal(err)
	}
	park(t, a.store)
	if code, out, errs := a.command("dead-letters"); code != exitClean || !strings.Contains(out, deadLetterLine) {
		t.Errorf("dead-letters: %d %s\n%s", code, errs, out)
	}
	code, out, errs := a.command("backup")
	if code != exitClean {
		t.Fatalf("backup: %d %s", code, errs)
	}
	path := strings.TrimSpace(out)
	if !isDone(t, path, 1) {
		t.Error("the backup lacks what was written")
	}
	if err := a.store.MarkDone(ctx, 2); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"restore", path}, {"compact"}} {
		if code, _, errs := a.command(args...); code != exitRuntime || !strings.Contains(errs, "stop the bot first") {
			t.Errorf("%s while the bot runs: %d %s", args[0], code, errs)
		}
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(socket); err == nil {
		t.Error("the socket was left behind")
	}
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}

	second := filepath.Join(a.dir, "elsewhere", "x.db")
	if code, _, errs := a.command("backup", second); code != exitClean || !isDone(t, second, 2) {
		t.Errorf("backup of a stopped bot: %d %s", code, errs)
	}
	if code, _, errs := a.command("compact"); code != exitClean {
		t.Errorf("compact: %d %s", code, errs)
	}
	if code, out, errs := a.command("dead-letters"); code != exitClean || out != deadLetterLine+"\n" {
		t.Errorf("dead-letters of a stopped bot: %d %s\n%s", code, errs, out)
	}
	if code, _, errs := a.command("restore", path); code != exitClean {
		t.Errorf("restore: %d %s", code, errs)
	}
	if isDone(t, a.storeFile(), 2) {
		t.Error("the store is not the backup")
	}
	aside, err := filepath.Glob(a.storeFile() + ".before-restore-*")
	if err != nil || len(aside) != 1 || !isDone(t, aside[0], 2) {
		t.Errorf("the old store: %v (%v)", aside, err)
	}
}

func TestABadBackupIsNotRestored(t *testing.T) {
	a := newRunning(t)
	if err := errors.Join(a.store.MarkDone(t.Context(), 1), a.store.Close()); err != nil {
		t.Fatal(err)
	}
	bad := filepath.Join(a.dir, "bad.db")
	if err := os.WriteFile(bad, bytes.Repeat([]byte("no store"), 9000), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{bad, filepath.Join(a.dir, "missing.db")} {
		if code, _, errs := a.command("restore", file); code == exitClean || !strings.Contains(errs, filepath.Base(file)) {
			t.Errorf("%s: %d %s", file, code, errs)
		}
	}
	if !isDone(t, a.storeFile(), 1) {
		t.Error("the store was changed")
	}
	// A damaged store is replaced.
	good := filepath.Join(a.dir, "good.db")
	if err := errors.Join(boltstore.CopyFile(good, a.storeFile()), boltstore.CopyFile(a.storeFile(), bad)); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := a.command("backup"); code != exitRuntime || !strings.Contains(errs, "damaged") {
		t.Errorf("backup of a damaged store: %d %s", code, errs)
	}
	if code, _, errs := a.command("restore", good); code != exitClean || !isDone(t, a.storeFile(), 1) {
		t.Errorf("restore over a damaged store: %d %s", code, errs)
	}
}

func TestABackupThatFailsLeavesNothing(t *testing.T) {
	dir := t.TempDir()
	refusal := errors.New("no")
	path := filepath.Join(dir, backupName(time.Now()))
	for name, fn := range map[string]func(io.Writer) error{
		"failed":   func(io.Writer) error { return refusal },
		"no store": func(w io.Writer) error { _, err := w.Write(make([]byte, 100_000)); return err },
	} {
		if err := writeBackup(t.Context(), path, streamed(fn)); err == nil {
			t.Errorf("%s: no error", name)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
			t.Errorf("%s: left %v (%v)", name, left, err)
		}
	}
}

func TestScheduledBackups(t *testing.T) {
	a := newRunning(t)
	b := &Backups{Dir: a.dir, Every: 24 * time.Hour, Keep: 3, File: a.store, Log: slog.New(slog.DiscardHandler)}
	dir := filepath.Join(a.dir, backupDir)
	other := filepath.Join(dir, "excursobot-mine.db")
	if err := errors.Join(os.MkdirAll(dir, 0o700), os.WriteFile(other, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	var names []string
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 4*24*time.Hour+time.Hour)
		defer cancel()
		for range 2 { // a restart does not change the rhythm
			half, end := context.WithTimeout(ctx, 50*time.Hour)
			defer end()
			if err := b.Run(half); err != nil {
				t.Error(err)
			}
		}
		var err error
		if names, err = backupFiles(dir); err != nil {
			t.Fatal(err)
		}
	})
	want := []string{backupName(day(3)), backupName(day(4)), backupName(day(5))}
	if strings.Join(names, " ") != strings.Join(want, " ") {
		t.Errorf("backups %v, want %v", names, want)
	}
	if _, err := os.Stat(other); err != nil {
		t.Error("a file of somebody else was removed")
	}
}

// day is midnight in a bubble of synctest, whose time begins on day 1.
func day(n int) time.Time { return time.Date(2000, time.January, n, 0, 0, 0, 0, time.UTC) }
