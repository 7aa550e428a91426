package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v4"
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

// Deploy files have only keys that their platform documents, with values of the documented type: platforms refuse a
// deployment for some wrong keys and ignore others without a word.
func TestDeployFilesHaveDocumentedKeys(t *testing.T) {
	yamlFile := func(text string) (v any, err error) { err = yaml.Unmarshal([]byte(text), &v); return v, err }
	files := []struct {
		name  string
		read  func(string) (any, error)
		shape shape
	}{
		{"railway.json", func(text string) (v any, err error) { err = json.Unmarshal([]byte(text), &v); return v, err }, railwayShape},
		{"docker-compose.yml", yamlFile, composeShape},
		{"render.yaml", yamlFile, renderShape},
		{"fly.toml", func(text string) (any, error) { return readTOML(text) }, flyShape},
		{".goreleaser.yaml", yamlFile, goreleaserShape},
	}
	for _, f := range files {
		t.Run(f.name, func(t *testing.T) {
			v, err := f.read(atRoot(t, f.name))
			if err != nil {
				t.Fatal(err)
			}
			for _, problem := range f.shape.check(v, "") {
				t.Error(problem)
			}
		})
	}
}

func TestShapeCheck(t *testing.T) {
	s := shape{"a": isNumber, "b": []any{shape{"c": isText}}, "d": shape{"*": isText}, "e": oneOf{"x", "y"}, "f": isTexts}
	tests := []struct {
		name, json string
		problems   int
	}{
		{"all right", `{"a":1,"b":[{"c":"x"}],"d":{"any":"x"},"e":"y","f":["x"]}`, 0},
		{"unknown key", `{"z":1}`, 1},
		{"number as text", `{"a":"1"}`, 1},
		{"unknown key in a list", `{"b":[{"c":"x"},{"z":"x"}]}`, 1},
		{"no list", `{"b":{"c":"x"}}`, 1},
		{"no object", `{"d":"x"}`, 1},
		{"unknown value", `{"e":"z"}`, 1},
		{"number among texts", `{"f":[1]}`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var v any
			if err := json.Unmarshal([]byte(tt.json), &v); err != nil {
				t.Fatal(err)
			}
			if got := s.check(v, ""); len(got) != tt.problems {
				t.Errorf("problems %q, want %d", got, tt.problems)
			}
		})
	}
}

// Whatever stops the bot gives it longer than it takes.
func TestPlatformsWaitForTheDrain(t *testing.T) {
	c := Defaults()
	for file, pattern := range map[string]string{
		"railway.json":       `"drainingSeconds": ([0-9]+)`,
		"docker-compose.yml": `stop_grace_period: ([0-9]+)s`,
		"render.yaml":        `maxShutdownDelaySeconds: ([0-9]+)`,
		"fly.toml":           `kill_timeout = "([0-9]+)s"`,
		"excursobot.service": `TimeoutStopSec=([0-9]+)`,
	} {
		m := regexp.MustCompile(pattern).FindStringSubmatch(atRoot(t, file))
		if m == nil {
			t.Errorf("%s: nothing like %s", file, pattern)
			continue
		}
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		if got := time.Duration(n) * time.Second; got <= c.Shutdown.Drain {
			t.Errorf("%s: %v to stop, shutdown.drain is %v", file, got, c.Shutdown.Drain)
		}
	}
}

// Variables in deploy files are those that the program reads.
func TestDeployFilesSetKnownVariables(t *testing.T) {
	known := map[string]bool{"PORT": true, "ZONEINFO": true, "RUN_AS": true, "RAILWAY_RUN_UID": true,
		"POSTGRES_USER": true, "POSTGRES_DB": true, "POSTGRES_PASSWORD": true}
	c := Defaults()
	for _, s := range c.settings() {
		known[s.env] = true
		known[s.env+"_FILE"] = s.secret
	}
	for file, pattern := range map[string]string{
		"Dockerfile":         `(?m)[ ]([A-Z_]+)=\S*(?:$| )`,
		"docker-compose.yml": `(?m)^      ([A-Z_]+): `,
		"render.yaml":        `key: ([A-Z_]+)`,
		"fly.toml":           `(?m)^([A-Z_]+) = `,
		"excursobot.service": `(?m)^#?Environment=([A-Z_]+)=`,
	} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(atRoot(t, file), -1)
		if len(found) == 0 {
			t.Errorf("%s sets no variables", file)
		}
		for _, m := range found {
			name := m[1]
			if !known[name] && !slices.Contains([]string{"CGO_ENABLED", "GOOS", "GOARCH", "SOURCE_DATE_EPOCH", "VERSION"}, name) {
				t.Errorf("%s sets %s, which nothing reads", file, name)
			}
		}
	}
}

func TestDockerfile(t *testing.T) {
	text := atRoot(t, "Dockerfile")
	for _, want := range []string{"ENTRYPOINT [\"/excursobot\"]\n", "HEALTHCHECK ", "\nUSER ${RUN_AS}\n", "\nARG RUN_AS=65532:65532\n", "DATA_DIR=/data"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	if regexp.MustCompile(`(?m)^VOLUME`).MatchString(text) {
		t.Error("Railway refuses a Dockerfile with VOLUME")
	}
	for _, m := range regexp.MustCompile(`(?m)^FROM (?:--\S+ )?(\S+)`).FindAllStringSubmatch(text, -1) {
		if image := m[1]; image != "scratch" && !regexp.MustCompile(`:[0-9]+\.[0-9]+\.[0-9]+|@sha256:`).MatchString(image) {
			t.Errorf("%s is not pinned", image)
		}
	}
}

func TestSystemdUnit(t *testing.T) {
	unit := atRoot(t, "excursobot.service")
	section := ""
	set := map[string]string{}
	for _, line := range strings.Split(unit, "\n") {
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if strings.HasPrefix(line, "[") {
			section = strings.Trim(line, "[]")
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || !slices.Contains(unitKeys[section], key) {
			t.Errorf("[%s] has %q, which systemd.unit(5), .service(5), .exec(5) and .resource-control(5) do not know", section, line)
		}
		set[key] = value
	}
	for key, want := range map[string]string{"Type": "notify", "DynamicUser": "yes", "StateDirectory": "excursobot", "NoNewPrivileges": "yes", "RestartPreventExitStatus": strconv.Itoa(exitUsage)} {
		if set[key] != want {
			t.Errorf("%s=%s, want %s", key, set[key], want)
		}
	}

	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		t.Skip("no systemd-analyze here: only the names of the keys were checked")
	}
	file := filepath.Join(t.TempDir(), "excursobot.service")
	here := strings.Replace(unit, set["ExecStart"], "/bin/true", 1)
	if err := os.WriteFile(file, []byte(here), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), analyze, "verify", "--man=no", file).CombinedOutput(); err != nil || strings.Contains(string(out), file) {
		t.Errorf("systemd-analyze verify: %v\n%s", err, out)
	}
}

// readTOML reads the part of TOML that fly.toml needs: tables, arrays of tables, and keys with texts, numbers and switches.
func readTOML(file string) (map[string]any, error) {
	root := map[string]any{}
	table := root
	for n, line := range strings.Split(file, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "["):
			path := strings.Split(strings.Trim(line, "[]"), ".")
			table = root
			for i, name := range path {
				if i == len(path)-1 && strings.HasPrefix(line, "[[") {
					list, _ := table[name].([]any)
					next := map[string]any{}
					table[name] = append(list, next)
					table = next
					continue
				}
				next, ok := table[name].(map[string]any)
				if !ok {
					next = map[string]any{}
					table[name] = next
				}
				table = next
			}
		default:
			key, value, ok := strings.Cut(line, " = ")
			if !ok || table[key] != nil {
				return nil, fmt.Errorf("line %d: %s", n+1, line)
			}
			var v any
			if err := json.Unmarshal([]byte(value), &v); err != nil { // one notation for the three
				return nil, fmt.Errorf("line %d: %w", n+1, err)
			}
			table[key] = v
		}
	}
	return root, nil
}

// What a value of a deploy file may be: a scalar, an object (shape), or a list of one of them ([]any with that one).
type (
	shape  map[string]any // "*" = any other key
	scalar string
	oneOf  []string
)

const (
	isText    scalar = "text"
	isNumber  scalar = "number"
	isSwitch  scalar = "true or false"
	isTexts   scalar = "texts"
	isNothing scalar = "nothing"
)

// check returns what is wrong with a value at path.
func (s shape) check(v any, path string) (problems []string) {
	object, ok := v.(map[string]any)
	if !ok {
		return []string{fmt.Sprintf("%s is %T, want an object", path, v)}
	}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		want, known := s[key]
		if !known {
			want, known = s["*"]
		}
		at := strings.TrimPrefix(path+"."+key, ".")
		if !known {
			problems = append(problems, at+" is not documented")
			continue
		}
		problems = append(problems, checkValue(object[key], want, at)...)
	}
	return problems
}

func checkValue(v, want any, path string) []string {
	wrong := []string{fmt.Sprintf("%s is %T (%v), want %v", path, v, v, want)}
	switch want := want.(type) {
	case shape:
		return want.check(v, path)
	case []any:
		list, ok := v.([]any)
		if !ok {
			return wrong
		}
		var problems []string
		for i, one := range list {
			problems = append(problems, checkValue(one, want[0], fmt.Sprintf("%s[%d]", path, i))...)
		}
		return problems
	case oneOf:
		if s, ok := v.(string); ok && slices.Contains(want, s) {
			return nil
		}
	case scalar:
		if kindOf(v) == want || want == isTexts && len(checkValue(v, []any{isText}, path)) == 0 {
			return nil
		}
	}
	return wrong
}

func kindOf(v any) scalar {
	switch v.(type) {
	case string:
		return isText
	case int, int64, uint64, float64:
		return isNumber
	case bool:
		return isSwitch
	case nil:
		return isNothing
	}
	return ""
}
