package cli

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"
)

// atRoot reads a file of the repository's top level.
func atRoot(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// documents returns the texts for people by path from the repository's root.
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
	block      = regexp.MustCompile("(?ms)^ *```(sh[^\n]*)\n(.*?)^ *```")
	makeTarget = regexp.MustCompile(`(?m)^([a-z][a-z-]*):.*## `)
	assignment = regexp.MustCompile(`^[A-Z_]+=\S* `)
)

// Commands in blocks marked "sh" must exist: targets of the Makefile, commands that the program's grammar accepts, scripts, or Go's own.
// Commands that need a service, another machine or root are in blocks marked "sh elsewhere".
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

// refuseCommand returns what is wrong with a documented command. Of commands for elsewhere only the program's own are checked.
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

// NOTICE.md has the licence of every module that is linked into the binary.
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
