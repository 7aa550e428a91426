//go:build chaos

package killpoint

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

var outageFor = flag.Duration("outage", 20*time.Second, "how long TestOutage takes the database away")

// TestOutage stops the database under load. The bot answers from its caches or with the opening of the article. No accepted update is lost, no place is
// told twice, and the bot recovers by itself when the database is back.
func TestOutage(t *testing.T) {
	database, control := os.Getenv("TEST_DATABASE_URL"), os.Getenv("TEST_DATABASE_CONTROL")
	if database == "" || control == "" {
		t.Skip("no database to be stopped: TEST_DATABASE_URL and TEST_DATABASE_CONTROL are not set (.ci/postgres sets them)")
	}
	server := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), control, args...).CombinedOutput(); err != nil { //nolint:gosec // the script's own
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	r := newCrashRun(t, 12, buildBinary(t), t.TempDir())
	defer r.close()
	c := newReplicaSet(r, database)
	c.start(0)
	c.addrs, c.children = c.addrs[:1], c.children[:1]
	c.waitReady()
	c.act(60)

	server("stop", "immediate")
	gone := time.Now()
	before := r.answersSoFar()
	for time.Since(gone) < *outageFor {
		c.act(10)
	}
	during := r.answersSoFar() - before
	status := readyStatus(c.addrs[0])
	server("start")
	back := time.Now()
	for readyStatus(c.addrs[0]) != http.StatusOK {
		if time.Since(back) > time.Minute {
			t.Fatalf("not ready a minute after the database was back\n%s", r.out.tail(20))
		}
		time.Sleep(100 * time.Millisecond)
	}
	recovered := time.Since(back)
	c.act(60)
	for p, message := range r.walkers {
		r.updates = append(r.updates, p.StopSharing(message))
	}
	r.waitIdle()
	_ = c.children[0].Process.Signal(syscall.SIGTERM)
	if err := c.children[0].Wait(); err != nil { // the stop writes the deliveries that are still in memory
		t.Errorf("the stop: %v", err)
	}

	a := c.audit()
	if file := os.Getenv("CHAOS_OUT"); file != "" {
		_ = os.WriteFile(file, []byte(r.out.String()+r.errs.String()+r.transcript()), 0o600)
	}
	fmt.Printf("outage: %d requests; the database away for %v, %d answers meanwhile, /readyz answered %d; ready %v after it was back; unanswered %d, undone %d, left %d, repeated %d\n",
		len(r.updates), back.Sub(gone).Round(time.Second), during, status, recovered.Round(100*time.Millisecond), a.unanswered, a.undone, a.left, sum(a.repeats))
	if during == 0 || status != http.StatusServiceUnavailable || sum(a.repeats) > 0 {
		t.Errorf("%d answers while the database was away, /readyz answered %d, %d places told twice", during, status, sum(a.repeats))
	}
	if len(a.faults) > 0 {
		t.Errorf("%s\nlast log lines:\n%s", strings.Join(a.faults, "\n"), r.out.tail(60))
	}
}

// answersSoFar counts the messages that the bot sent.
func (r *crashRun) answersSoFar() int {
	n := 0
	for _, p := range r.people {
		for _, m := range p.Messages() {
			if m.FromBot && m.Method == "sendMessage" {
				n++
			}
		}
	}
	return n
}

func readyStatus(addr string) int {
	res, err := http.Get("http://" + addr + "/readyz")
	if err != nil {
		return 0
	}
	_ = res.Body.Close()
	return res.StatusCode
}
