package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestCommandsPage holds docs/commands.md: every command and every button of the program has its row, each row names a test, and there is one of
// that name.
func TestCommandsPage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]string{} // by what the row begins with
	quoted := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.TrimSpace(line), "|")
		if len(cells) < 5 || strings.Contains(cells[1], "---") {
			continue
		}
		for _, name := range quoted.FindAllStringSubmatch(cells[1], -1) {
			rows[name[1]] = cells[3]
		}
		if cells[3] != " test " && !quoted.MatchString(cells[3]) {
			t.Errorf("a row without a test: %s", line)
		}
	}
	m := (&Bot{}).routes()
	has := func(begin string) bool {
		for name := range rows {
			if word, _, _ := strings.Cut(name, " "); word == begin || strings.HasPrefix(name, begin+":") {
				return true
			}
		}
		return false
	}
	for name := range m.commands {
		if !has("/" + name) {
			t.Errorf("/%s has no row", name)
		}
	}
	for name := range m.operator {
		if !has("/" + name) {
			t.Errorf("/%s has no row", name)
		}
	}
	for id := range m.callbacks {
		if !has(id) {
			t.Errorf("button %s has no row", id)
		}
	}
	source := ""
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		source += string(text)
	}
	for _, test := range regexp.MustCompile("`((?:Test|Fuzz)[A-Za-z]+)`").FindAllStringSubmatch(string(page), -1) {
		if !strings.Contains(source, "\nfunc "+test[1]+"(") {
			t.Errorf("there is no %s", test[1])
		}
	}
}
