//go:build chaos

package killpoint

import (
	"context"
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
	"excursobot/bot/text"
	"excursobot/store"
)

const (
	cityLat     = 48.2
	cityLon     = 11.5
	walkerCount = 8
	poisoner    = 800 // the person whose question ends processes, in some seeds
	askerCount  = 40  // people who send single locations
	donorCount  = 6
	idleFor     = 3 * time.Second // without a message from the bot: its work is done
	kills       = 6               // in a run, before the move of the store, and besides those at the steps of tours
	tourKills   = 2               // those
)

// killPoints are the named points, each with the greatest number of passes before the kill. A seed uses some of them.
var killPoints = []struct {
	name string
	most int
}{
	{"accept.before", 6}, {"accept.after", 6}, {"reply.before", 20}, {"reply.after", 20}, {"note.before", 8}, {"note.after", 8},
	{"send.before", 20}, {"send.after", 20}, {"edit.before", 5}, {"edit.after", 5}, {"delivered.before", 8}, {"delivered.after", 8},
	{"done.before", 6}, {"done.after", 6}, {"retry.after", 4}, {"survived.before", 2}, {"survived.after", 2}, {"walks.before", 8}, {"walks.after", 8}, {"stories.before", 2},
	{"checkout.before", 1}, {"checkout.after", 1}, {"pay.before", 2}, {"pay.after", 2}, {"thanks.before", 2}, {"backup.middle", 1},
}

// crashRun is one seed: simulated servers that keep running, and the bot, which is killed and started again.
type crashRun struct {
	t       *testing.T
	seed    uint64
	bin     string
	dir     string
	addr    string // of the bot
	rng     *rand.Rand
	plan    faultPlan
	quirk   string // peculiarity of the model's server; "" = none
	ownPace bool   // the bot keeps its default limits for outgoing messages
	webhook bool
	poison  *sim.Person // nil = nobody
	tg      *sim.Telegram
	model   *sim.Model
	servers []*http.Server
	env     []string
	out     output // standard output of all processes
	errs    output // standard error
	pages   output // all answers of the bot over HTTP
	clock   *os.File
	stop    context.CancelFunc
	posting sync.WaitGroup

	mu       sync.Mutex
	lastCall time.Time // of the bot that changed a chat
	cuts     int       // answers of Telegram that were lost
	refusals []string  // reasons of refused checkouts

	people    []*sim.Person
	strollers []*stroller
	words     *text.Words
	expected  map[*sim.Person]expectation
	updates   []int64                      // that must be done in the end
	walkers   map[*sim.Person]int          // the message of their live location
	donors    map[int64]*sim.Person        // by id
	paid      map[*sim.Person]map[int]bool // invoices, by message
	invoices  int
	crashes   []crash
	moveKills []string     // the points at which a move was killed
	waited    <-chan error // the end of the last process, if somebody waits for it already
}

// expectation counts the answers that a person must get, one message each.
type expectation struct{ stories, helps int }

// crash is the end of a process.
type crash struct {
	point string // "random" = at none
	at    time.Time
}

// startBot starts the bot. It kills itself at the given point; "" = never.
func (r *crashRun) startBot(at string) *exec.Cmd {
	cmd := exec.Command(r.bin, "run") //nolint:gosec // built just now
	cmd.Env = append(slices.Clone(r.env), "EXCURSOBOT_CHAOS="+at)
	cmd.Stdout, cmd.Stderr = &r.out, &r.errs
	if err := cmd.Start(); err != nil {
		r.t.Fatal(err)
	}
	return cmd
}

// run kills the bot again and again under load, and then lets it finish its work and stops it.
func (r *crashRun) run() {
	r.newStrollers()
	strolled := make(chan struct{})
	var strolling sync.WaitGroup
	strolling.Go(func() { r.stroll(strolled) })
	for n := range kills + tourKills {
		tourAt := ""
		if n%4 == 3 { // after those who planned a tour before
			points := tourPoints[n/4]
			tourAt = points[r.seed%uint64(len(points))]
		}
		r.killOnce(tourAt)
	}
	r.jumpClock()
	last := r.startBot("")
	if r.poison != nil {
		last = r.survivePoison(last)
	}
	r.act(20)
	time.Sleep(3 * time.Second)
	r.endTours()
	close(strolled)
	strolling.Wait()
	r.stopStrolling()
	if err := r.backup(); err != nil {
		r.t.Errorf("backup: %v\n%s", err, r.errs.tail(5))
	}
	for p, message := range r.walkers {
		r.updates = append(r.updates, p.StopSharing(message))
	}
	r.waitIdle()
	r.readPages()
	r.terminate(last.Process)
	if err := r.wait(last); err != nil {
		r.t.Errorf("the last stop: %v\n%s", err, r.out.tail(20))
	}
	r.moveStore()
}

// survivePoison sends a poisonous update, and starts the bot again each time that it ends over it. It returns the process that goes on.
func (r *crashRun) survivePoison(cmd *exec.Cmd) *exec.Cmd {
	const most, enough = 3 * store.MaxTries, 25 * time.Second // longer than the bot waits before it tries a suspect again
	r.updates = append(r.updates, r.poison.Locate(cityLat, cityLon))
	for range most {
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		r.act(10)
		late := time.NewTimer(enough)
		select {
		case <-late.C:
			r.waited = ended
			return cmd
		case <-ended:
			late.Stop()
		}
		r.crashes = append(r.crashes, crash{"poison", time.Now()})
		cmd = r.startBot("")
	}
	r.t.Fatalf("the bot ended %d times over a poisonous update\n%s", most, r.out.tail(20))
	return cmd
}

// moveStore copies the store into another one. The copy is killed twice.
func (r *crashRun) moveStore() {
	from, to := filepath.Join(r.dir, "excursobot.db"), filepath.Join(r.dir, "moved.db")
	for _, point := range []string{"migrate.batch", "migrate.checked"} {
		if _, killed, errs := r.command(point+":1", "migrate", "--from", from, "--to", to); !killed {
			r.t.Errorf("the move was not killed at %s: %s", point, errs)
		}
		r.moveKills = append(r.moveKills, point)
	}
	if code, _, errs := r.command("", "migrate", "--from", from, "--to", to); code != exitClean {
		r.t.Errorf("the move: code %d, %s", code, errs)
	}
}

// wait waits for the end of the last process.
func (r *crashRun) wait(last *exec.Cmd) error {
	if r.waited != nil {
		return <-r.waited
	}
	return last.Wait()
}

func (r *crashRun) terminate(p *os.Process) {
	if err := p.Signal(syscall.SIGTERM); err != nil {
		r.t.Error(err)
	}
}

// killOnce starts the bot, sends it updates, and waits for its end: at a kill point, or at a random moment if it does not reach the point in time. tourAt is a
// point at a step of a tour; "" = any of the others.
func (r *crashRun) killOnce(tourAt string) {
	at, point, patience := "", "random", time.Duration(200+r.rng.IntN(2500))*time.Millisecond
	if r.rng.IntN(4) > 0 {
		chosen := killPoints[r.rng.IntN(len(killPoints))]
		for !r.webhook && strings.HasPrefix(chosen.name, "reply.") { // a poll sends no reply
			chosen = killPoints[r.rng.IntN(len(killPoints))]
		}
		point, at = chosen.name, fmt.Sprintf("%s:%d", chosen.name, 1+r.rng.IntN(chosen.most))
		patience = 5 * time.Second
	}
	if tourAt != "" {
		passes := 1
		if strings.HasPrefix(tourAt, "step.") {
			passes += r.rng.IntN(6)
		}
		point, at, patience = tourAt, tourAt+":"+strconv.Itoa(passes), time.Second
	}
	r.jumpClock()
	cmd := r.startBot(at)
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	r.act(30)
	r.jumpClock()
	r.act(30)
	for late := time.Now().Add(15 * time.Second); tourAt != "" && len(ended) == 0 && time.Now().Before(late); time.Sleep(time.Second / 4) {
		for _, s := range r.strollers {
			r.strollOn(s, r.rng.IntN(100))
		}
	}
	if point == "backup.middle" {
		_ = r.backup() // it fails, because the bot dies meanwhile
	}
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-ended:
	case <-late.C:
		point = "random"
		_ = cmd.Process.Kill()
		<-ended
	}
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || ws.Signal() != syscall.SIGKILL {
		r.t.Fatalf("the bot ended by itself: %v\n%s\n%s", cmd.ProcessState, r.out.tail(20), r.errs.tail(20))
	}
	time.Sleep(50 * time.Millisecond) // requests that Telegram has received take effect
	r.crashes = append(r.crashes, crash{point, time.Now()})
}

// backup asks the running bot for a copy of its store.
func (r *crashRun) backup() error {
	cmd := exec.Command(r.bin, "backup") //nolint:gosec // built just now
	cmd.Env = r.env
	cmd.Stdout, cmd.Stderr = &r.out, &r.errs
	return cmd.Run()
}
