package config

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"
)

const (
	tableBegins = "<!-- settings: go test ./bot/config -run Example -update -->\n"
	tableEnds   = "<!-- end of settings -->\n"
)

// The tables of settings in the two READMEs are made from the one in settings.go. The Russian one keeps its own column of meanings.
func TestExampleTablesInReadme(t *testing.T) {
	for _, readme := range []struct {
		file, head string
		meaning    func(s setting, was map[string]string) string
	}{
		{"README.md", "| key | variable | default | meaning |", func(s setting, _ map[string]string) string { return s.help }},
		{"README.ru.md", "| ключ | переменная | по умолчанию | что значит |", func(s setting, was map[string]string) string { return was[s.key] }},
	} {
		t.Run(readme.file, func(t *testing.T) {
			path, err := filepath.Abs(filepath.Join("..", "..", readme.file))
			if err != nil {
				t.Fatal(err)
			}
			text := atRoot(t, readme.file)
			before, rest, ok := strings.Cut(text, tableBegins)
			table, after, ok2 := strings.Cut(rest, tableEnds)
			if !ok || !ok2 {
				t.Fatalf("no %q and %q", tableBegins, tableEnds)
			}
			was := meanings(table)
			var want strings.Builder
			want.WriteString("\n" + readme.head + "\n| --- | --- | --- | --- |\n")
			c := Defaults()
			for _, s := range c.settings() {
				meaning := readme.meaning(s, was)
				if readme.file == "README.ru.md" && !strings.ContainsFunc(meaning, func(r rune) bool { return unicode.Is(unicode.Cyrillic, r) }) {
					t.Errorf("%s: write in %s, in Russian, what it means", s.key, readme.file)
				}
				want.WriteString(tableRow(s, meaning))
			}
			want.WriteString("\n")
			if table == want.String() {
				return
			}
			if !*update {
				t.Fatalf("the table differs from the settings; run: go test ./bot/config -run Example -update\n%s", want.String())
			}
			if err := os.WriteFile(path, []byte(before+tableBegins+want.String()+tableEnds+after), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func tableRow(s setting, meaning string) string {
	env, def := "`"+s.env+"`", ""
	if s.secret {
		env += ", `" + s.env + "_FILE`"
	}
	if s.def != "" {
		def = "`" + s.def + "`"
	}
	return "| `" + s.key + "` | " + env + " | " + def + " | " + strings.ReplaceAll(meaning, "|", `\|`) + " |\n"
}

// meanings returns the last column of a table by the key in the first.
func meanings(table string) map[string]string {
	m := map[string]string{}
	for _, line := range strings.Split(table, "\n") {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if len(cells) == 6 {
			m[strings.Trim(cells[1], " `")] = strings.ReplaceAll(strings.TrimSpace(cells[4]), "\x00", "|")
		}
	}
	return m
}
