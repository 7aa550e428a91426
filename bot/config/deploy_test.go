package config

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"
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

// Every platform waits longer for a stop than shutdown.drain.
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

// The program reads every variable that deploy files set.
func TestDeployFilesSetKnownVariables(t *testing.T) {
	known := map[string]bool{"PORT": true, "RUN_AS": true, "RAILWAY_RUN_UID": true,
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
