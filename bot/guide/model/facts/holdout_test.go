package facts

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// readStories reads a folder of stories about the passages of the set, or about their own. They plant wrong numbers, dates and centuries only, every second one with a value that
// the passage has for something else. Those of holdout were written before the rules for such values were, those of unseen and later after them.
func readStories(t testing.TB, folder string) []variant {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("testdata", folder, "*.txt"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no texts: %v", err)
	}
	var all []variant
	for _, file := range files {
		stories, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		text := string(stories)
		if !strings.Contains(text, "passage:\n") {
			set, err := os.ReadFile(filepath.Join("testdata", "set", filepath.Base(file)))
			if err != nil {
				t.Fatal(err)
			}
			source, _, _ := strings.Cut(string(set), "story:\n")
			text = source + text
		}
		all = append(all, parseSet(t, file, text)...)
	}
	return all
}

// stops counts the texts of a folder and those that are refused, faithful ones first.
func stops(t testing.TB, folder string) (texts, refused [2]int) {
	t.Helper()
	for _, v := range readStories(t, folder) {
		found := Read(v.source).Check(v.story, v.language, today)
		refuse := slices.ContainsFunc(found, func(f Finding) bool { return f.Refuse })
		i := 0
		if v.planted {
			i = 1
		}
		texts[i]++
		if refuse {
			refused[i]++
		}
		if refuse != v.planted && testing.Verbose() {
			t.Logf("%s %s %s planted=%v: %s %v", folder, v.language, v.class, v.planted, v.change, found)
		}
	}
	return texts, refused
}
