//go:build chaos

package killpoint

import (
	"fmt"
	"io"
	"net/http"
	"regexp"
	"time"
)

var pending = regexp.MustCompile(`(?m)^excursobot_inbox_pending (\d+)$`)

// quiet waits until Telegram has handed everything out, the bot has done it, and it has been silent for a while.
func (r *rampage) quiet() {
	const patience = 5 * time.Minute
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		time.Sleep(1200 * time.Millisecond) // more often the bot would take it for somebody who guesses its token
		_, metrics := r.get("/metrics", chaosDashboard)
		left := pending.FindStringSubmatch(metrics)
		r.mu.Lock()
		still := time.Since(r.heard)
		r.mu.Unlock()
		if r.tg.Pending() == 0 && left != nil && left[1] == "0" && still > calm {
			return
		}
	}
	r.t.Errorf("not quiet within %v: %d updates wait at Telegram", patience, r.tg.Pending())
}

// get asks the running bot for a page; status 0 = there is none. What it shows is kept for the search for secrets.
func (r *rampage) get(path, token string) (status int, body string) {
	req, err := http.NewRequestWithContext(r.t.Context(), http.MethodGet, "http://"+r.addr+path, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	all, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, err.Error()
	}
	fmt.Fprintf(&r.pages, "%s %s\n%v\n%s\n", path, resp.Status, resp.Header, all)
	return resp.StatusCode, string(all)
}

// look looks at every page, with the token and without.
func (r *rampage) look() {
	for _, path := range []string{"/metrics", "/api/stats", "/dashboard", "/readyz", "/healthz", "/hook", "/nothing"} {
		r.get(path, "")
		time.Sleep(1200 * time.Millisecond)
		r.get(path, chaosDashboard)
	}
}
