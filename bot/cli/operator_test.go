package cli

import (
	"bytes"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"excursobot/store"
	"excursobot/store/boltstore"
)

// One line of commands on a store: each reaches the function that does the work, with its arguments.
func TestOperatorCommands(t *testing.T) {
	dir := t.TempDir()
	s, err := boltstore.Open(boltstore.Config{Path: filepath.Join(dir, "excursobot.db")})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	_, _, err = s.Credit(t.Context(), store.Payment{Charge: "c1", Person: 7, Stars: 100, At: at})
	_, accepted := s.Accept(t.Context(), store.Entry{Update: 7, Chat: 1, Arrived: at, Raw: []byte(`{"update_id":7}`)})
	err = errors.Join(err, accepted)
	for range store.MaxTries {
		_, again := s.Retry(t.Context(), 7)
		err = errors.Join(err, again)
	}
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	copied, moved, dumped := filepath.Join(dir, "copy.db"), filepath.Join(dir, "moved.db"), filepath.Join(dir, "store.dump")
	for _, step := range []struct {
		args []string
		code int
		out  string // contained in standard output
		err  string // contained in standard error
	}{
		{[]string{"dead-letters"}, exitClean, `{"update":7,"arrived":"2026-05-17T12:00:00Z","tries":4,"raw":{"update_id":7}}`, ""},
		{[]string{"parked"}, exitClean, `{"update":7,`, ""}, // the name in earlier editions
		{[]string{"payments"}, exitClean, "100 stars  c1  person 7", ""},
		{[]string{"payments", "--json"}, exitClean, `"charge":"c1"`, ""},
		{[]string{"backup"}, exitClean, filepath.Join(dir, "backups", "excursobot-"), ""},
		{[]string{"backup", copied}, exitClean, copied, ""},
		{[]string{"migrate", "--to", moved}, exitClean, "", ""},
		{[]string{"migrate", "--from", copied, "--to", moved}, exitUsage, "", "--force"},
		{[]string{"migrate", "--from", copied, "--to", moved, "--force"}, exitClean, "", ""},
		{[]string{"migrate", "--into", moved}, exitUsage, "", "--into"},
		{[]string{"export", "--from", moved, dumped}, exitClean, "", ""},
		{[]string{"import", dumped, "--to", copied}, exitUsage, "", "--force"},
		{[]string{"import", dumped, "--to", copied, "--force"}, exitClean, "payments         1", ""},
		{[]string{"import", dumped, "--legacy", "postgres://u:secret@h/x"}, exitUsage, "", "--legacy"},
		{[]string{"restore"}, exitUsage, "", "<file>"},
		{[]string{"restore", copied}, exitClean, copied, ""},
		{[]string{"compact"}, exitClean, "excursobot.db", ""},
		{[]string{"import"}, exitUsage, "", "--legacy"},
		{[]string{"import", "--legacy", "mysql://u:secret@h/x"}, exitUsage, "", "not the address"},
	} {
		var stdout, stderr bytes.Buffer
		code := Main(step.args, &stdout, &stderr, []string{"DATA_DIR=" + dir})
		if code != step.code || !strings.Contains(stdout.String(), step.out) || !strings.Contains(stderr.String(), step.err) {
			t.Errorf("%v: exit code %d, want %d\n%s%s", step.args, code, step.code, &stdout, &stderr)
		}
	}
}
