package admin

import (
	"bytes"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"excursobot/store/storetest"
)

// shelf has one file of each kind that a command can meet. Its store is closed.
type shelf struct {
	*running
	backup, dump, photo, empty, folder, missing, link, socket string
}

func newShelf(t *testing.T) shelf {
	t.Helper()
	a := newRunning(t)
	if err := errors.Join(a.store.PutRows(t.Context(), storetest.Rows()), a.store.Close()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	s := shelf{a, at("a.db"), at("a.dump"), at("photo.jpg"), at("empty"), dir, at("missing"), at("link"), filepath.Join(a.dir, "s")}
	for _, args := range [][]string{{"backup", s.backup}, {"export", s.dump}} {
		if code, _, errs := a.command(args...); code != exitClean {
			t.Fatal(errs)
		}
	}
	if err := errors.Join(os.WriteFile(s.photo, []byte(strings.Repeat("photo", 1000)), 0o600), os.WriteFile(s.empty, nil, 0o600), os.Symlink(s.storeFile(), s.link)); err != nil {
		t.Fatal(err)
	}
	l, err := new(net.ListenConfig).Listen(t.Context(), "unix", s.socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return s
}

// A result may replace an earlier result of its kind, and nothing else: above all no store, which a running bot would go on writing to without a name.
func TestAResultReplacesOnlyItsKind(t *testing.T) {
	s := newShelf(t)
	for _, tt := range []struct{ command, file, want string }{
		{"backup", s.backup, ""},
		{"backup", s.empty, ""},
		{"backup", s.missing, ""},
		{"backup", s.folder, "is a directory"},
		{"backup", s.storeFile(), "is the store itself"},
		{"backup", s.link, "is the store itself"},
		{"backup", s.photo, "is no backup"},
		{"backup", s.dump, "is no backup"},
		{"backup", s.socket, "is no ordinary file"},
		{"export", s.socket, "is no ordinary file"},
		{"export", s.dump, ""},
		{"export", s.folder, "is a directory"},
		{"export", s.storeFile(), "is the store itself"},
		{"export", s.photo, "is no dump"},
		{"export", s.backup, "is no dump"},
		{"export", filepath.Join(s.folder, "none", "x.dump"), "no such file or directory"},
		{"pack", s.folder, "is a directory"},
		{"pack", s.storeFile(), "is the store itself"},
		{"pack", s.dump, "is no pack"},
		{"pack", s.photo, "is no pack"},
	} {
		t.Run(tt.command+" "+filepath.Base(tt.file), func(t *testing.T) {
			before, _ := os.ReadFile(tt.file) // nothing if it is not a file
			code, _, errs := s.command(tt.command, tt.file)
			if tt.want == "" {
				if code != exitClean {
					t.Errorf("%d %s", code, errs)
				}
				return
			}
			if code == exitClean || !strings.Contains(errs, tt.want) {
				t.Errorf("%d %q, want %q", code, errs, tt.want)
			}
			if after, _ := os.ReadFile(tt.file); !bytes.Equal(before, after) {
				t.Error("the file was changed")
			}
		})
	}
	if entries, err := os.ReadDir(s.folder); err != nil || len(entries) != 6 {
		t.Errorf("left behind: %v, %v", entries, err)
	}
}

// The store that is read is never replaced, under whichever name the command gets it.
func TestAnExportDoesNotReplaceItsSource(t *testing.T) {
	s := newShelf(t)
	before, err := os.ReadFile(s.backup)
	if err != nil {
		t.Fatal(err)
	}
	if code, _, errs := s.command("export", s.backup, "--from", s.backup); code == exitClean || !strings.Contains(errs, "is no dump") {
		t.Errorf("%d %s", code, errs)
	}
	if after, err := os.ReadFile(s.backup); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the source was changed (%v)", err)
	}
}

// Every file that a command cannot use gets one sentence that tells what it is.
func TestUnusableFilesAreNamed(t *testing.T) {
	s := newShelf(t)
	content, err := os.ReadFile(s.dump)
	if err != nil {
		t.Fatal(err)
	}
	tail := filepath.Join(s.folder, "tail.dump")
	cut := filepath.Join(s.folder, "cut.dump")
	if err := errors.Join(os.WriteFile(tail, append(content, "tail\n"...), 0o600), os.WriteFile(cut, content[:len(content)-3], 0o600)); err != nil {
		t.Fatal(err)
	}
	nobody := t.TempDir()
	for _, tt := range []struct {
		name, want string
		args       []string
	}{
		{"payments", "there is no store at " + nobody, []string{"payments"}},
		{"dead letters", "there is no store at " + nobody, []string{"dead-letters"}},
		{"compact", "there is no store at " + nobody, []string{"compact"}},
		{"backup", "there is no store at " + nobody, []string{"backup"}},
		{"export", "there is no store at " + nobody, []string{"export", s.missing}},
		{"from a missing file", "there is no store at " + s.missing, []string{"migrate", "--from", s.missing}},
		{"from a directory", "is a directory", []string{"migrate", "--from", s.folder}},
		{"from an empty file", "is empty", []string{"migrate", "--from", s.empty}},
		{"from a photo", "not a store at all", []string{"migrate", "--from", s.photo}},
		{"to a directory", "is a directory", []string{"migrate", "--from", s.backup, "--to", s.folder}},
		{"restore a missing file", "no such file", []string{"restore", s.missing}},
		{"restore a directory", "is a directory", []string{"restore", s.folder}},
		{"restore an empty file", "is empty", []string{"restore", s.empty}},
		{"restore a photo", "is not an undamaged backup", []string{"restore", s.photo}},
		{"restore a dump", "is a dump: \"excursobot import\"", []string{"restore", s.dump}},
		{"import a directory", "is a directory", []string{"import", s.folder}},
		{"import an empty file", "is empty", []string{"import", s.empty}},
		{"import a photo", "is not a dump", []string{"import", s.photo}},
		{"import a backup", "\"excursobot restore\"", []string{"import", s.backup}},
		{"import a cut dump", "was cut", []string{"import", cut}},
		{"import a dump with a tail", "something follows its end", []string{"import", tail}},
		{"import a missing file", "no such file", []string{"import", s.missing}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, out, errs := run(nobody, tt.args...)
			if code == exitClean || !strings.Contains(errs, tt.want) || strings.Contains(errs, "\n") {
				t.Errorf("%d %s%q, want %q", code, out, errs, tt.want)
			}
			if entries, err := os.ReadDir(nobody); err != nil || len(entries) > 0 {
				t.Errorf("left behind: %v, %v", entries, err)
			}
		})
	}
}

func TestRestoreFromTheStoreItself(t *testing.T) {
	s := newShelf(t)
	for _, file := range []string{s.storeFile(), s.link} {
		if code, _, errs := s.command("restore", file); code != exitUsage || !strings.Contains(errs, "is the store itself") {
			t.Errorf("%d %s", code, errs)
		}
	}
}

// A store that was only partly filled has not all payments, so it answers no question about them.
func TestAHalfFilledStoreHasNoAnswers(t *testing.T) {
	a := newRunning(t)
	if err := errors.Join(mark(t.Context(), a.store, "incomplete"), a.store.Close()); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"payments", "dead-letters", "export"} {
		if code, out, errs := a.command(command); code == exitClean || !strings.Contains(errs, "is not complete") {
			t.Errorf("%s: %d %s%s", command, code, out, errs)
		}
	}
}

// The file of a newer version is not damage.
func TestRestoreOfANewerVersion(t *testing.T) {
	s := newShelf(t)
	content, err := os.ReadFile(s.storeFile())
	if err != nil || !bytes.Contains(content, []byte("schema5")) {
		t.Fatalf("the version is not where it was: %v", err)
	}
	newer := filepath.Join(s.folder, "newer.db")
	if err := os.WriteFile(newer, bytes.ReplaceAll(content, []byte("schema5"), []byte("schema9")), 0o600); err != nil {
		t.Fatal(err)
	}
	code, _, errs := s.command("restore", newer)
	if code != exitRuntime || !strings.Contains(errs, newer+" was written by a newer version") || strings.Contains(errs, "undamaged") {
		t.Errorf("%d %s", code, errs)
	}
}

// If a file cannot be written for lack of a right or of a directory, the error does not name a temporary file.
func TestMessagesNameNoTemporaryFile(t *testing.T) {
	s := newShelf(t)
	nowhere := filepath.Join(s.folder, "none", "x.dump")
	if _, _, errs := s.command("export", nowhere); strings.Contains(errs, ".x.dump-") {
		t.Error(errs)
	}
}
