package bot

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestEveryCommandAndButtonIsOnThePage(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join("..", "docs", "commands.md"))
	if err != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{} // "/donate" of `/donate 250`, "more" of `more:<lat>,<lon>`
	for _, quoted := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(string(page), -1) {
		name, _, _ := strings.Cut(quoted[1], " ")
		name, _, _ = strings.Cut(name, ":")
		listed[name] = true
	}
	m := router{}
	m.fill()
	for name := range m.commands {
		if !listed["/"+name] {
			t.Errorf("/%s is not listed", name)
		}
		if !slices.Contains(listedCommands, name) {
			t.Errorf("/%s is not in Telegram's menu", name)
		}
	}
	for name := range m.operatorCommands {
		if !listed["/"+name] {
			t.Errorf("/%s is not listed", name)
		}
		if !slices.Contains(listedOperatorCommands, name) {
			t.Errorf("/%s is not in the operators' menu", name)
		}
	}
	for id := range m.buttons {
		if !listed[id] {
			t.Errorf("button %s is not listed", id)
		}
	}
}
