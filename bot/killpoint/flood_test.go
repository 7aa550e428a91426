//go:build chaos

package killpoint

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"excursobot/bot/sim"
)

// TestFlood overloads the real binary, with its default limits: it measures its memory under 100 000 updates, and the waiting times of other people
// while one person sends 200 updates a second. Run it with "make flood".
func TestFlood(t *testing.T) {
	bin := buildBinary(t)
	for _, run := range []struct {
		people  int
		webhook bool
	}{{1000, true}, {1000, false}, {10, false}} {
		t.Run(fmt.Sprintf("%d people, webhook %v", run.people, run.webhook), func(t *testing.T) {
			r := newFaultless(t, bin, run.webhook)
			last := r.startBot("")
			crowd := make([]*sim.Person, run.people)
			for i := range crowd {
				crowd[i] = r.tg.Person(sim.Profile{ID: int64(1000 + i), FirstName: "F", LanguageCode: "en"})
			}
			r.ready()
			idle := rss(t, last.Process.Pid, "VmRSS")
			const updates, patience = 100_000, 40 * time.Second // the bot sends 25 messages a second, so most updates stay at Telegram
			began := time.Now()
			for i := range updates {
				if i%10 == 0 {
					crowd[i%run.people].Locate(cityLat+float64(i%97)/1e4, cityLon)
				} else {
					crowd[i%run.people].Say("/help")
				}
			}
			for r.tg.Pending() > 0 && time.Since(began) < patience {
				time.Sleep(10 * time.Millisecond)
			}
			peak := rss(t, last.Process.Pid, "VmHWM")
			fmt.Printf("flood of %d updates by %d people, webhook %v: %d taken in %.0f s; RSS %.0f MB before, %.0f MB at most\n",
				updates, run.people, run.webhook, updates-r.tg.Pending(), time.Since(began).Seconds(), idle, peak)
			if peak > 64 {
				t.Errorf("RSS of %.0f MB, want less than 64", peak)
			}
			_ = last.Process.Kill() // the queued updates would take an hour
			_ = last.Wait()
		})
	}
	for _, webhook := range []bool{true, false} {
		t.Run(fmt.Sprintf("large updates, webhook %v", webhook), func(t *testing.T) { floodLarge(t, bin, webhook) })
	}
	t.Run("others", func(t *testing.T) {
		for _, flood := range []bool{false, true} {
			r := newFaultless(t, bin, true)
			last := r.startBot("")
			r.ready()
			waits := r.polite(20, 30*time.Second, flood)
			slices.Sort(waits)
			fmt.Printf("one floods %v: %d questions of others, first answer p50 %.2f s, p95 %.2f s, worst %.2f s\n", flood, len(waits),
				waits[len(waits)/2].Seconds(), waits[len(waits)*95/100].Seconds(), waits[len(waits)-1].Seconds())
			r.terminate(last.Process)
			_ = last.Wait()
		}
	})
}

// floodLarge sends 3431 updates of 62.8 KB, as with long quoted posts, from 400 people. ingest.max_bytes must bound what they take.
func floodLarge(t *testing.T, bin string, webhook bool) {
	const updates, people, size, patience, most = 3431, 400, 62_800, 20 * time.Second, 128 // MB
	r := newFaultless(t, bin, webhook)
	last := r.startBot("")
	crowd := make([]*sim.Person, people)
	for i := range crowd {
		crowd[i] = r.tg.Person(sim.Profile{ID: int64(1000 + i), FirstName: "F", LanguageCode: "en"})
	}
	r.ready()
	text := "/help " + strings.Repeat("y", size)
	began := time.Now()
	for i := range updates {
		crowd[i%people].Say(text)
	}
	for r.tg.Pending() > 0 && time.Since(began) < patience {
		time.Sleep(10 * time.Millisecond)
	}
	peak := rss(t, last.Process.Pid, "VmHWM")
	fmt.Printf("flood of %d updates of %d bytes by %d people, webhook %v: %d taken in %.0f s; RSS %.0f MB at most\n",
		updates, size, people, webhook, updates-r.tg.Pending(), time.Since(began).Seconds(), peak)
	if peak > most {
		t.Errorf("RSS of %.0f MB, want less than %d", peak, most)
	}
	_ = last.Process.Kill() // the queued updates would take minutes
	_ = last.Wait()
}

// newFaultless returns a crash run whose servers do not fail and whose bot has its default limits.
func newFaultless(t *testing.T, bin string, webhook bool) *crashRun {
	seed := uint64(6) // polling
	if webhook {
		seed = 12
	}
	r := newCrashRun(t, seed, bin, shortDir(t))
	t.Cleanup(r.close)
	r.plan = faultPlan{none: true}
	r.env = slices.DeleteFunc(r.env, regexp.MustCompile(`^(LIMITS|LIVE|BACKUP)_`).MatchString)
	return r
}

// polite lets n people send a location every 8 s for d, and returns the time to each first answer.
func (r *crashRun) polite(n int, d time.Duration, flood bool) []time.Duration {
	var mu sync.Mutex
	var waits []time.Duration
	asked := map[int64]time.Time{}
	defer r.tg.Subscribe(func(e sim.Event) {
		mu.Lock()
		defer mu.Unlock()
		if at, ok := asked[e.Chat]; ok && e.Kind == "message" && e.Message.FromBot {
			waits = append(waits, e.At.Sub(at))
			delete(asked, e.Chat)
		}
	})()
	var wg sync.WaitGroup
	end := time.Now().Add(d)
	for i := range n {
		id := int64(5000 + i)
		p := r.tg.Person(sim.Profile{ID: id, FirstName: "P", LanguageCode: "en"})
		wg.Go(func() {
			time.Sleep(time.Duration(i) * 8 * time.Second / time.Duration(n))
			for k := 0; time.Now().Before(end); k++ {
				mu.Lock()
				asked[id] = time.Now()
				mu.Unlock()
				p.Locate(cityLat+float64(i)/5000, cityLon+float64(k)/5000)
				time.Sleep(8 * time.Second)
			}
		})
	}
	if flood {
		bad := r.tg.Person(sim.Profile{ID: 666, FirstName: "F", LanguageCode: "en"})
		wg.Go(func() {
			tick := time.NewTicker(5 * time.Millisecond)
			defer tick.Stop()
			for k := 0; time.Now().Before(end); k++ {
				if k%2 == 0 {
					bad.Locate(cityLat, cityLon)
				} else {
					bad.Say("/help")
				}
				<-tick.C
			}
		})
	}
	wg.Wait()
	time.Sleep(3 * time.Second)
	mu.Lock()
	defer mu.Unlock()
	for _, at := range asked { // no answer yet
		waits = append(waits, time.Since(at))
	}
	return waits
}

// ready waits until the bot answers a first message.
func (r *crashRun) ready() {
	p := r.tg.Person(sim.Profile{ID: 1, FirstName: "P", LanguageCode: "en"})
	p.Say("/start")
	for len(p.Messages()) < 2 {
		time.Sleep(10 * time.Millisecond)
	}
	time.Sleep(time.Second)
}

// rss reads a line of /proc/pid/status in MB (10^6 bytes).
func rss(t *testing.T, pid int, line string) float64 {
	status, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
	if err != nil {
		t.Skip(err)
	}
	found := regexp.MustCompile(line + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		t.Skip("no " + line)
	}
	kb, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return float64(kb) * 1024 / 1e6
}
