//go:build chaos

package killpoint

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/store/storetest"
)

var (
	limitFile  = flag.String("file", "", "a store of towns for TestLimit, as the test of boltstore makes it")
	limitPairs = flag.Int("pairs", 1_000_000, "places in that store")
	limitFor   = flag.Duration("for", 2*time.Minute, "how long TestLimit asks")
)

const (
	limitMemory  = 256 << 20
	limitRate    = 1000 // requests a minute
	limitPeople  = 500
	limitPatient = 20 * time.Second
)

// TestLimit runs the real binary on a large store in a memory cgroup, which counts the cached pages of its file, too, and asks for stories that are ready.
// It measures the start, the waiting times, the memory, and the processor time of a request, without the simulated servers.
func TestLimit(t *testing.T) {
	if *limitFile == "" {
		t.Skip("without -file")
	}
	towns := storetest.NewTowns()
	count := *limitPairs / storetest.TownPairs
	r := newFaultless(t, buildBinary(t), false)
	if err := os.Rename(*limitFile, filepath.Join(r.dir, "excursobot.db")); err != nil {
		if out, err := exec.Command("cp", *limitFile, filepath.Join(r.dir, "excursobot.db")).CombinedOutput(); err != nil { //nolint:gosec // the operator's own file
			t.Fatalf("%v %s", err, out)
		}
	} else {
		defer func() { _ = os.Rename(filepath.Join(r.dir, "excursobot.db"), *limitFile) }()
	}
	group := memoryGroup(t)
	_ = os.WriteFile("/proc/sys/vm/drop_caches", []byte("1"), 0) // only root may

	began := time.Now()
	last := r.startBot("")
	pid := last.Process.Pid
	group.add(t, pid)
	for readyStatus(r.addr) != http.StatusOK {
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Printf("%d pairs: ready in %.2f s; RSS %.0f MB, anonymous %.0f MB\n", *limitPairs, time.Since(began).Seconds(), rss(t, pid, "VmRSS"), rss(t, pid, "RssAnon"))

	people := make([]*sim.Person, limitPeople)
	for i := range people {
		people[i] = r.tg.Person(sim.Profile{ID: int64(5000 + i), FirstName: "P", LanguageCode: towns.Language(i)})
	}
	ask := func(p int, n int) { // a person of a language asks in a town of that language
		town := n%(count/2)*2 + p%2
		at := towns.Center(town)
		people[p].Locate(at.Lat, at.Lon)
	}
	r.limitAsk(people, ask, -50, 50) // first use of everything
	cpu := cpuTime(t, pid)
	var waits []time.Duration
	for left := int(limitRate * limitFor.Minutes()); left > 0; left -= limitRate {
		some := r.limitAsk(people, ask, len(waits), min(left, limitRate))
		slices.Sort(some)
		load, _ := os.ReadFile("/proc/loadavg")
		fmt.Printf("a minute: p50 %.3f s, p95 %.3f s; anonymous %.0f MB, file %d MiB; load %s", some[len(some)/2].Seconds(), some[len(some)*95/100].Seconds(),
			rss(t, pid, "RssAnon"), fileSize(t, filepath.Join(r.dir, "excursobot.db"))>>20, load)
		waits = append(waits, some...)
	}
	asked := len(waits)
	took := cpuTime(t, pid) - cpu
	slices.Sort(waits)
	answered := slices.IndexFunc(waits, func(d time.Duration) bool { return d == limitPatient })
	if answered < 0 {
		answered = asked
	}
	fmt.Printf("%d requests, %d answered; first content p50 %.3f s, p95 %.3f s, worst %.3f s; %.2f ms of processor time a request\n", asked, answered,
		waits[asked/2].Seconds(), waits[asked*95/100].Seconds(), waits[asked-1].Seconds(), took.Seconds()*1000/float64(asked))
	fmt.Printf("anonymous %.0f MB, RSS at most %.0f MB; cgroup: %s\n", rss(t, pid, "RssAnon"), rss(t, pid, "VmHWM"), group.read(t))
	if anon := rss(t, pid, "RssAnon"); anon > 64*1.048576 {
		t.Errorf("anonymous memory of %.0f MB, want less than 64 MiB", anon)
	}
	if answered < asked {
		t.Errorf("%d requests had no answer", asked-answered)
	}
	r.terminate(last.Process)
	for line := range strings.Lines(r.out.String()) {
		if strings.Contains(line, `"msg":"store_`) {
			fmt.Print(line)
		}
	}
	if err := last.Wait(); err != nil {
		t.Errorf("the bot was ended, or failed: %v\n%s", err, r.errs.tail(10))
	}
}

func fileSize(t *testing.T, path string) int64 {
	t.Helper()
	fi, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return fi.Size()
}

// limitAsk lets people ask n times at the rate, after they asked so often before, and returns the time to the first message that a person got for each.
func (r *crashRun) limitAsk(people []*sim.Person, ask func(person, n int), before, n int) []time.Duration {
	var mu sync.Mutex
	waits := make([]time.Duration, n)
	open := map[int64][]int{} // requests of a person without an answer, the oldest first
	asked := make([]time.Time, n)
	defer r.tg.Subscribe(func(e sim.Event) {
		mu.Lock()
		defer mu.Unlock()
		if list := open[e.Chat]; len(list) > 0 && e.Kind == "message" && e.Message.FromBot {
			waits[list[0]] = e.At.Sub(asked[list[0]])
			open[e.Chat] = list[1:]
		}
	})()
	order := rand.New(rand.NewPCG(7, uint64(before+n)))
	tick := time.NewTicker(time.Minute / limitRate)
	defer tick.Stop()
	for i := range n {
		<-tick.C
		p := i % len(people)
		mu.Lock()
		asked[i] = time.Now()
		open[int64(5000+p)] = append(open[int64(5000+p)], i)
		mu.Unlock()
		ask(p, order.IntN(1<<30))
	}
	for end := time.Now().Add(limitPatient); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		mu.Lock()
		left := 0
		for _, list := range open {
			left += len(list)
		}
		mu.Unlock()
		if left == 0 {
			break
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for _, list := range open {
		for _, i := range list {
			waits[i] = limitPatient
		}
	}
	return waits
}

// cpuTime returns the processor time that a process took.
func cpuTime(t *testing.T, pid int) time.Duration {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	fields := strings.Fields(rest) // from the third on; user and system time are the 14th and 15th
	user, err1 := strconv.Atoi(fields[11])
	system, err2 := strconv.Atoi(fields[12])
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	const ticks = 100 // a second, on Linux
	return time.Duration(user+system) * time.Second / ticks
}

// cgroup is a directory of a memory cgroup, of version 1 or 2.
type cgroup struct {
	dir string
	v2  bool
}

// memoryGroup makes a memory cgroup below that of this process, limited to limitMemory; its directory goes at the end of the test.
func memoryGroup(t *testing.T) cgroup {
	t.Helper()
	b, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		t.Skip(err)
	}
	g := cgroup{v2: true}
	for line := range strings.Lines(string(b)) {
		part := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(part) == 3 && slices.Contains(strings.Split(part[1], ","), "memory") {
			g = cgroup{dir: filepath.Join("/sys/fs/cgroup/memory", part[2])}
			break
		}
		if len(part) == 3 && part[0] == "0" {
			g.dir = filepath.Join("/sys/fs/cgroup", part[2])
		}
	}
	g.dir = filepath.Join(g.dir, "excursobot-limit")
	if err := os.Mkdir(g.dir, 0o755); err != nil {
		t.Skipf("no cgroup can be made: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Rmdir(g.dir) })
	limit := map[bool]string{false: "memory.limit_in_bytes", true: "memory.max"}[g.v2]
	if err := os.WriteFile(filepath.Join(g.dir, limit), []byte(strconv.Itoa(limitMemory)), 0); err != nil {
		t.Skipf("no memory controller: %v", err)
	}
	return g
}

func (g cgroup) add(t *testing.T, pid int) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(g.dir, "cgroup.procs"), []byte(strconv.Itoa(pid)), 0); err != nil {
		t.Fatal(err)
	}
}

// read returns the group's most memory, and how often it reached its limit and ended a process.
func (g cgroup) read(t *testing.T) string {
	t.Helper()
	files := []string{"memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.failcnt", "memory.oom_control"}
	if g.v2 {
		files = []string{"memory.max", "memory.peak", "memory.events"}
	}
	var said []string
	for _, name := range files {
		if b, err := os.ReadFile(filepath.Join(g.dir, name)); err == nil {
			said = append(said, name+" "+strings.Join(strings.Fields(string(b)), " "))
		}
	}
	return strings.Join(said, ", ")
}
