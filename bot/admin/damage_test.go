package admin

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"excursobot/store/boltstore"
)

const flippedHeader = 16 + 48 // a byte of a header's number of its transaction, behind the head of its page

// flipped writes the content with one bit of a byte changed to a new file.
func flipped(t *testing.T, content []byte, at int) string {
	t.Helper()
	bad := bytes.Clone(content)
	bad[at] ^= 1
	path := filepath.Join(t.TempDir(), "flipped.db")
	if err := os.WriteFile(path, bad, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRestoreRefusesADamagedBackup(t *testing.T) {
	a := newRunning(t)
	if err := errors.Join(a.store.MarkDone(t.Context(), 1), a.store.Close()); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.dir, "x.db")
	if code, _, errs := a.command("backup", path); code != exitClean {
		t.Fatal(errs)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pageSize := os.Getpagesize()
	bits := []int{0, flippedHeader, pageSize + flippedHeader, 2*pageSize - 1, len(content) - 1, len(content) - 95}
	for at := 2 * pageSize; at < len(content); at += max(1, len(content)/20) {
		bits = append(bits, at, at/pageSize*pageSize+10) // the number of rows of a page
	}
	for _, at := range bits {
		if at >= len(content) {
			continue
		}
		if code, out, errs := a.command("restore", flipped(t, content, at)); code != exitRuntime || !strings.Contains(errs, "not an undamaged backup") {
			t.Errorf("byte %d: %d %s %s", at, code, out, errs)
		}
	}
	cut := filepath.Join(a.dir, "cut.db")
	for _, size := range []int{len(content) - 1, len(content) - 50, pageSize} {
		if err := os.WriteFile(cut, content[:size], 0o600); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := a.command("restore", cut); code != exitRuntime {
			t.Errorf("cut to %d bytes: %d %s", size, code, errs)
		}
	}
	code, out, errs := a.command("restore", path)
	if code != exitClean || strings.Contains(out, "Warning") || !isDone(t, a.storeFile(), 1) {
		t.Errorf("the undamaged backup: %d %s %s", code, out, errs)
	}
}

// TestRestoreOfAFileWithoutAChecksum restores what compact wrote, whole and with each of its two headers damaged: bbolt then uses the other one.
func TestRestoreOfAFileWithoutAChecksum(t *testing.T) {
	a := newRunning(t)
	if err := errors.Join(a.store.MarkDone(t.Context(), 1), a.store.Close()); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := a.command("compact"); code != exitClean {
		t.Fatal(errs)
	}
	content, err := os.ReadFile(a.storeFile())
	if err != nil {
		t.Fatal(err)
	}
	old := filepath.Join(a.dir, "old.db")
	if err := boltstore.CopyFile(old, a.storeFile()); err != nil {
		t.Fatal(err)
	}
	for _, at := range []int{flippedHeader, os.Getpagesize() + flippedHeader} {
		bad := flipped(t, content, at)
		if code, _, errs := a.command("restore", bad); code != exitRuntime || !strings.Contains(errs, "headers is damaged") {
			t.Errorf("byte %d: %d %s", at, code, errs)
		}
		if !isDone(t, bad, 1) {
			t.Errorf("byte %d: the other header of a compacted store lacks rows", at)
		}
	}
	if code, out, errs := a.command("restore", old); code != exitClean || !strings.Contains(out, "no checksum") || !isDone(t, a.storeFile(), 1) {
		t.Errorf("%d %s %s", code, out, errs)
	}
}
