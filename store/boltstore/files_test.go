package boltstore

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"excursobot/store"
)

func TestCompactKeepsRowsAndShrinks(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	s := populated(t, dir)
	text := make([]byte, 100_000)
	for i := range 30 {
		if _, err := s.Accept(ctx, store.Entry{Update: int64(5000 + i), Raw: text}); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 30 {
		if err := s.MarkDone(ctx, int64(5000+i)); err != nil {
			t.Fatal(err)
		}
	}
	want, err := digest(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := Compact(ctx, s.path); !errors.Is(err, ErrInUse) {
		t.Errorf("compacted an open store: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, after, err := Compact(ctx, s.path)
	if err != nil {
		t.Fatal(err)
	}
	if after >= before/2 {
		t.Errorf("%d bytes became %d", before, after)
	}
	s = open(t, dir)
	defer s.Close()
	got, err := digest(t, s)
	if err := errors.Join(err, s.Check(ctx)); err != nil {
		t.Fatal(err)
	}
	if got != want {
		t.Error("the rows differ")
	}
	onlyFile(t, dir)
}

// onlyFile checks that nothing is left beside the store.
func onlyFile(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Errorf("in the directory: %v (%v)", entries, err)
	}
}

func TestVerify(t *testing.T) {
	ctx, dir := t.Context(), t.TempDir()
	missing := filepath.Join(dir, "missing.db")
	if err := Verify(ctx, missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("of a missing file: %v", err)
	}
	if _, _, err := Compact(ctx, missing); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("compact a missing file: %v", err)
	}
	s := populated(t, dir)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := Verify(ctx, s.path); err != nil {
		t.Error(err)
	}
	bad := filepath.Join(dir, "bad.db")
	if err := errors.Join(CopyFile(bad, s.path), os.Truncate(bad, 40_000)); err != nil {
		t.Fatal(err)
	}
	err := Verify(ctx, bad)
	if err == nil {
		t.Fatal("a cut file is fine")
	}
	wantParts(t, err.Error(), bad, "damaged")
	if _, _, err := Compact(ctx, bad); err == nil {
		t.Error("compacted a damaged file")
	}
}

func TestReplaceIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	refusal := errors.New("no")
	err := Replace(path, func(temp string) error { return errors.Join(os.WriteFile(temp, []byte("half"), 0o600), refusal) })
	if got, _ := os.ReadFile(path); !errors.Is(err, refusal) || string(got) != "old" {
		t.Errorf("after a failure: %q, %v", got, err)
	}
	onlyFile(t, dir)
	if err := Replace(path, func(temp string) error { return os.WriteFile(temp, []byte("new"), 0o600) }); err != nil {
		t.Fatal(err)
	}
	if got, _ := os.ReadFile(path); string(got) != "new" {
		t.Errorf("got %q", got)
	}
	onlyFile(t, dir)
}

// A backup holds nothing of what was deleted: the file of the store keeps it in pages that are free.
func TestBackupHoldsNobodyForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bot.db")
	s, err := Open(Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	const mark = "a-language-that-nobody-else-has"
	for id := range int64(200) { // enough for pages to become free
		if _, err := s.UpdateUser(t.Context(), id+1, func(u *store.User) error { u.LanguageCode = mark; return nil }); err != nil {
			t.Fatal(err)
		}
	}
	for id := range int64(200) {
		if err := s.ForgetUser(t.Context(), id+1, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil || !bytes.Contains(raw, []byte(mark)) {
		t.Fatalf("the store's own file holds nothing of them, so this test proves nothing (%v)", err)
	}
	var copied bytes.Buffer
	if err := s.Backup(t.Context(), &copied); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(copied.Bytes(), []byte(mark)) {
		t.Error("the backup holds what was deleted")
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".backup-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}
