//go:build chaos

package killpoint

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// auditSecrets searches all output and pages of the bot for secrets and stacks.
func (r *crashRun) auditSecrets(a *audit) {
	for place, text := range map[string]string{"standard output": r.out.String(), "standard error": r.errs.String(), "its pages": r.pages.String()} {
		for _, secret := range r.secrets() {
			if strings.Contains(text, secret) {
				a.fault("a secret is in %s: %.12s...", place, secret)
			}
		}
		for _, stack := range []string{"DATA RACE", "goroutine ", `"stack"`} {
			if strings.Contains(text, stack) {
				a.fault("a stack is in %s", place)
			}
		}
	}
	if !strings.Contains(r.pages.String(), "excursobot_ready 1") {
		a.fault("the pages were not read")
	}
	for _, line := range strings.Split(strings.TrimSpace(r.errs.String()), "\n") {
		if line != "" && !strings.HasPrefix(line, "chaos: ") && !strings.HasPrefix(line, "excursobot: backup ") {
			a.fault("on standard error: %s", line)
		}
	}
}

// secrets returns the strings that must not be printed.
func (r *crashRun) secrets() []string {
	_, half, _ := strings.Cut(botToken, ":")
	return []string{botToken, half, modelKey, dashboardToken, hookSecret, webhookSecret(botToken)}
}

// TestChaosSecrets starts the bot with every secret and with no reachable server, and has it print its configuration.
func TestChaosSecrets(t *testing.T) {
	const database = "chaos-database-not-to-be-seen"
	bin := buildBinary(t)
	for _, args := range [][]string{{"run"}, {"check"}, {"healthcheck"}, {"backup"}} {
		for _, postgres := range []string{"", "postgres://user:" + database + "@127.0.0.1:9/none"} {
			r := newCrashRun(t, 12, bin, shortDir(t))
			r.env = append(r.env, "TELEGRAM_API_URL=http://127.0.0.1:9", "OPENAI_BASE_URL=http://127.0.0.1:9/v1", "LOG_LEVEL=debug", "DATABASE_URL="+postgres)
			cmd := exec.Command(r.bin, args...) //nolint:gosec // built just now
			cmd.Env, cmd.Stdout, cmd.Stderr = r.env, &r.out, &r.errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			if args[0] == "run" {
				time.Sleep(2 * time.Second)
				r.get("/metrics", dashboardToken)
				r.get("/api/stats", dashboardToken)
				r.get("/readyz", "")
				r.terminate(cmd.Process)
			}
			_ = cmd.Wait()
			printed := r.out.String() + r.errs.String() + r.pages.String()
			for _, secret := range append(r.secrets(), database) {
				if strings.Contains(printed, secret) {
					t.Errorf("%v with DATABASE_URL=%q: a secret was printed: %.12s...", args, postgres, secret)
				}
			}
			if len(printed) < 20 && args[0] != "healthcheck" {
				t.Errorf("%v printed %q", args, printed)
			}
			r.close()
		}
	}
}
