package loadtest

import (
	"os"
	"path/filepath"
	"testing"
)

func TestAPageKeepsItsFurtherSections(t *testing.T) {
	file := filepath.Join(t.TempDir(), "load.md")
	for _, step := range []struct{ before, want string }{
		{"", "# Runs\n\n| new |\n"},
		{"# Runs\n\n| old |\n", "# Runs\n\n| new |\n"},
		{"# Runs\n\n| old |\n\n## Memory\n\nText.\n\n## Other\n", "# Runs\n\n| new |\n\n## Memory\n\nText.\n\n## Other\n"},
	} {
		if step.before != "" {
			if err := os.WriteFile(file, []byte(step.before), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := writePage(file, "# Runs\n\n| new |\n"); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(file); err != nil || string(got) != step.want {
			t.Errorf("after %q: %q, %v", step.before, got, err)
		}
	}
}
