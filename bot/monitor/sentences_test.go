package monitor

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A sentence for an event that nothing logs is out of date.
func TestSentencesExplainEventsThatExist(t *testing.T) {
	logged := map[string]bool{}
	event := regexp.MustCompile(`\.(?:(?:Warn|Error)\(|Log\(ctx, level,)\s*"([^"]+)"`)
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && path != "../.." {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		source, err := os.ReadFile(path)
		for _, m := range event.FindAllSubmatch(source, -1) {
			logged[string(m[1])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(logged) == 0 {
		t.Fatal("found no events: the test looks in the wrong place")
	}
	for name := range sentences {
		if !logged[name] {
			t.Errorf("no code logs %q as a warning or an error", name)
		}
	}
}
