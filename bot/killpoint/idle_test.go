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

// waitIdle waits until Telegram has delivered all updates, the bot's inbox is empty, and the bot has sent nothing for idleFor.
func (r *crashRun) waitIdle() {
	const patience = 5 * time.Minute
	deadline := time.Now().Add(patience)
	for time.Now().Before(deadline) {
		time.Sleep(1200 * time.Millisecond) // more frequent requests look like an attack on the token
		_, metrics := r.get("/metrics", dashboardToken)
		left := pending.FindStringSubmatch(metrics)
		r.mu.Lock()
		still := time.Since(r.lastCall)
		r.mu.Unlock()
		if r.tg.Pending() == 0 && left != nil && left[1] == "0" && still > idleFor {
			return
		}
	}
	r.t.Errorf("not idle within %v: %d updates wait at Telegram", patience, r.tg.Pending())
}

// get requests a page of the running bot; status 0 = no answer. It records the answer for the search for secrets.
func (r *crashRun) get(path, token string) (status int, body string) {
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

// readPages requests every page with and without the token.
func (r *crashRun) readPages() {
	for _, path := range []string{"/metrics", "/api/stats", "/dashboard", "/readyz", "/healthz", "/hook", "/nothing"} {
		r.get(path, "")
		time.Sleep(1200 * time.Millisecond)
		r.get(path, dashboardToken)
	}
}
