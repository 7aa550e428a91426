package app

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/alecthomas/kong"
)

const (
	tableBegins = "<!-- settings: go test ./bot/app -run Example -update -->\n"
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
				t.Fatalf("the table differs from the settings; run: go test ./bot/app -run Example -update\n%s", want.String())
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

// documents are the texts for people, by path from the repository's root.
func documents(t *testing.T) map[string]string {
	t.Helper()
	docs := map[string]string{}
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/*/*.md"} {
		files, err := filepath.Glob(filepath.Join("..", "..", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			name, err := filepath.Rel(filepath.Join("..", ".."), file)
			if err != nil {
				t.Fatal(err)
			}
			docs[filepath.ToSlash(name)] = atRoot(t, name)
		}
	}
	for _, name := range []string{"README.md", "README.ru.md", "CONTRIBUTING.md", "SECURITY.md", "docs/architecture.md", "docs/operations.md", "docs/privacy.md", "docs/hosting.md"} {
		if docs[name] == "" {
			t.Errorf("no %s", name)
		}
	}
	return docs
}

var (
	fileInText = regexp.MustCompile("`((?:[a-z_.]+/)*[a-z_A-Z.-]+\\.(?:go|yaml|yml|json|toml|service))`")
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
)

// Files that the documents name or link to are there.
func TestDocumentsNameFilesThatExist(t *testing.T) {
	const theirs = "config.yaml cosign.yaml" // what the reader makes
	for name, text := range documents(t) {
		if name == "NOTICE.md" {
			continue // others' words
		}
		named := fileInText.FindAllStringSubmatch(text, -1)
		for _, m := range named {
			if _, err := os.Stat(filepath.Join("..", "..", m[1])); err != nil && !strings.Contains(theirs, m[1]) {
				t.Errorf("%s names %s, which is not there", name, m[1])
			}
		}
		if name == "docs/architecture.md" && len(named) < 30 {
			t.Errorf("%s names %d files only", name, len(named))
		}
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target, _, _ := strings.Cut(m[1], "#")
			if target == "" || strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "..", filepath.Dir(name), target)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			}
		}
	}
}

var (
	block      = regexp.MustCompile("(?ms)^ *```(sh[^\n]*)\n(.*?)^ *```")
	makeTarget = regexp.MustCompile(`(?m)^([a-z][a-z-]*):.*## `)
	assignment = regexp.MustCompile(`^[A-Z_]+=\S* `)
)

// Commands in blocks marked "sh" are targets of the Makefile, commands of the program that its grammar takes, scripts that are there, or Go's.
// What needs a service, another machine or root stands in blocks marked "sh elsewhere".
func TestDocumentedCommands(t *testing.T) {
	var targets []string
	for _, m := range makeTarget.FindAllStringSubmatch(atRoot(t, "Makefile"), -1) {
		targets = append(targets, m[1])
	}
	count := 0
	for name, text := range documents(t) {
		for _, m := range block.FindAllStringSubmatch(text, -1) {
			for _, line := range strings.Split(m[2], "\n") {
				line, _, _ = strings.Cut(strings.TrimSpace(line), " #")
				line = strings.TrimPrefix(line, "sudo ")
				for assignment.MatchString(line) {
					line = assignment.ReplaceAllString(line, "")
				}
				words := strings.Fields(line)
				if len(words) == 0 {
					continue
				}
				count++
				if why := refuseCommand(words, targets, m[1] == "sh elsewhere"); why != "" {
					t.Errorf("%s: %s: %s", name, line, why)
				}
			}
		}
	}
	if count < 20 {
		t.Errorf("%d commands were found", count)
	}
}

// refuseCommand says what is wrong with a documented command; one for elsewhere is known only if it is the program's own.
func refuseCommand(words, targets []string, elsewhere bool) string {
	switch command := words[0]; {
	case command == "excursobot" || command == "./bin/excursobot":
		parser, err := kong.New(new(commandLine), kong.Name("excursobot"), kong.Exit(func(int) {}))
		if err != nil {
			return err.Error()
		}
		if _, err := parser.Parse(words[1:]); err != nil {
			return err.Error()
		}
	case command == "make":
		for _, target := range words[1:] {
			if !slices.Contains(targets, target) {
				return "no such target"
			}
		}
	case elsewhere:
	case command == "go" && len(words) > 2 && words[1] == "test", command == "export", command == "cd":
	case command == "git" && words[1] == "clone":
	case strings.HasPrefix(command, ".ci/"):
		if _, err := os.Stat(filepath.Join("..", "..", command)); err != nil {
			return "no such script"
		}
	default:
		return `nothing here knows it; mark its block "sh elsewhere"`
	}
	return ""
}

// What is linked into the binary has its licence in NOTICE.md.
func TestNoticesAreCurrent(t *testing.T) {
	command := exec.CommandContext(t.Context(), "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}## {{.Path}} {{.Version}}{{end}}{{end}}", "excursobot")
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	notices := atRoot(t, "NOTICE.md")
	for _, head := range append(strings.Fields(strings.ReplaceAll(string(out), " ", "\x00")), "## Go fonts") {
		if head = strings.ReplaceAll(head, "\x00", " "); !strings.Contains(notices, "\n"+head+"\n") {
			t.Errorf("NOTICE.md has nothing of %q; run .ci/notices", head)
		}
	}
}
