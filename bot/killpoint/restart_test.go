//go:build chaos

package killpoint

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestRestart kills the only process on a database with the default lease while everybody asks, starts it again at once, and measures how long people
// wait for the first message.
func TestRestart(t *testing.T) {
	database := os.Getenv("TEST_DATABASE_URL")
	if database == "" {
		t.Skip("no database: TEST_DATABASE_URL is not set (.ci/postgres sets it)")
	}
	r := newCrashRun(t, 12, buildBinary(t), t.TempDir())
	defer r.close()
	c := newReplicaSet(r, database)
	r.env = slices.DeleteFunc(r.env, func(v string) bool { return strings.HasPrefix(v, "DATABASE_LEASE=") })
	c.addrs, c.children = c.addrs[:1], c.children[:1]
	var waits []time.Duration
	const rounds = 2
	c.start(0)
	for range rounds {
		c.waitReady()
		c.act(30)
		time.Sleep(2 * time.Second)
		if err := c.children[0].Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = c.children[0].Wait()
		r.crashes = append(r.crashes, crash{"random", time.Now()})
		waits = append(waits, c.askEverybody(func() { c.start(0) })...)
	}
	slices.Sort(waits)
	fmt.Printf("restart: %d people asked in the moment of %d kills with a lease of 30s; first message after %v (median), %v (p95), %v (most)\n",
		len(waits), rounds, waits[len(waits)/2].Round(10*time.Millisecond), waits[len(waits)*95/100].Round(10*time.Millisecond), waits[len(waits)-1].Round(10*time.Millisecond))
	if file := os.Getenv("CHAOS_OUT"); file != "" {
		_ = os.WriteFile(file, []byte(r.out.String()), 0o600)
	}
	r.terminate(c.children[0].Process)
	if err := c.children[0].Wait(); err != nil {
		t.Errorf("the stop: %v", err)
	}
}

// askEverybody lets each of the askers send a location, then calls begin, and returns how long each waited for the next message of the bot.
func (c *replicaSet) askEverybody(begin func()) (waits []time.Duration) {
	people := c.people[commandPeople:askerCount]
	asked := time.Now()
	for _, p := range people {
		p.Locate(cityLat+c.rng.Float64()/50, cityLon+c.rng.Float64()/50)
	}
	begin()
	for _, p := range people {
		for answered := false; !answered; {
			for _, m := range p.Messages() {
				if m.FromBot && m.At.After(asked) {
					answered = true
					waits = append(waits, m.At.Sub(asked))
					break
				}
			}
			if !answered {
				time.Sleep(20 * time.Millisecond)
			}
			if time.Since(asked) > 2*time.Minute {
				c.t.Fatalf("no answer in two minutes\n%s", c.out.tail(30))
			}
		}
	}
	return waits
}
