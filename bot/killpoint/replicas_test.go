//go:build chaos

package killpoint

import (
	"fmt"
	"math"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/store/pgstore"
)

const (
	replicaCount  = 3
	replicaLease  = 6 * time.Second
	commandPeople = 10 // people who send commands quickly, and must be answered in that order
)

// commandAnswers maps commands to the beginnings of their answers.
var commandAnswers = map[string]string{"/terms": "The guide is free", "/privacy": "What I remember", "/paysupport": "Stars back"}

// TestReplicas runs three processes on one database behind one webhook and kills one of them under load. No accepted update
// may be lost, each person's answers come in the order of their questions, and at most three calls of the model run at once.
func TestReplicas(t *testing.T) {
	database := os.Getenv("TEST_DATABASE_URL")
	if database == "" {
		t.Skip("no database: TEST_DATABASE_URL is not set (.ci/postgres sets it)")
	}
	bin := buildBinary(t)
	r := newCrashRun(t, 12, bin, t.TempDir()) // no plan of faults, default limits, a webhook
	defer r.close()
	c := newReplicaSet(r, database)
	for i := range replicaCount {
		c.start(i)
	}
	c.waitReady()

	began := time.Now()
	c.act(130)
	victim := c.children[1]
	if err := victim.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = victim.Wait()
	killed := time.Now()
	r.crashes = append(r.crashes, crash{"random", killed})
	c.act(250)
	asked := time.Since(began)
	for p, message := range r.walkers {
		r.updates = append(r.updates, p.StopSharing(message))
	}
	r.waitIdle()
	r.mu.Lock()
	last := r.lastCall
	r.mu.Unlock()

	a := c.audit()
	if file := os.Getenv("CHAOS_OUT"); file != "" {
		_ = os.WriteFile(file, []byte(r.out.String()+r.errs.String()+r.transcript()), 0o600)
	}
	fmt.Printf("replicas: %d requests in %v, one of %d killed after %v; unanswered %d, undone %d, left %d, repeated %d; peak of model calls %d; the last answer %v after the kill\n",
		len(r.updates), asked.Round(time.Second), replicaCount, killed.Sub(began).Round(time.Second), a.unanswered, a.undone, a.left, sum(a.repeats), c.model.Stats().Peak, last.Sub(killed).Round(time.Second))
	fmt.Println("updates by replica:", c.shares())
	if len(a.faults) > 0 {
		t.Errorf("%s\nlast log lines:\n%s", strings.Join(a.faults, "\n"), r.out.tail(60))
	}
	for i, child := range c.children {
		if i == 1 {
			continue
		}
		_ = child.Process.Signal(syscall.SIGTERM)
		if err := child.Wait(); err != nil {
			t.Errorf("replica %d: %v", i, err)
		}
	}
}

// replicaSet is several bots on one database, and the load balancer before them.
type replicaSet struct {
	*crashRun
	database string
	addrs    []string
	children []*exec.Cmd
	posted   []atomic.Int64 // updates, by replica
	turn     atomic.Int64
	dead     atomic.Int64 // 1 + the index of the killed replica
	sent     map[*sim.Person][]string
}

func newReplicaSet(r *crashRun, database string) *replicaSet {
	schema := fmt.Sprintf("replicas_%d", time.Now().UnixNano())
	c := &replicaSet{crashRun: r, database: database + "&search_path=" + schema, posted: make([]atomic.Int64, replicaCount), sent: map[*sim.Person][]string{}}
	for range replicaCount {
		c.addrs = append(c.addrs, r.freeAddr())
	}
	hook := r.serve(c.balance())
	r.env = slices.DeleteFunc(r.env, func(v string) bool {
		return strings.HasPrefix(v, "HTTP_ADDR=") || strings.HasPrefix(v, "WEBHOOK_URL=") || strings.HasPrefix(v, "BACKUP_")
	})
	r.addr = c.addrs[0] // the one that is asked how much is left
	r.env = append(r.env, "DATABASE_URL="+c.database, "DATABASE_LEASE="+replicaLease.String(), "WEBHOOK_URL="+hook+"/hook")
	c.children = make([]*exec.Cmd, replicaCount)
	return c
}

// balance hands each post to the next replica, as a platform does. After the first failed post a replica gets no more of them.
func (c *replicaSet) balance() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		i := int(c.turn.Add(1)) % len(c.addrs)
		if c.dead.Load() == int64(i)+1 {
			i = (i + 1) % len(c.addrs)
		}
		proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: c.addrs[i]})
		proxy.ErrorHandler = func(w http.ResponseWriter, _ *http.Request, _ error) {
			c.dead.Store(int64(i) + 1)
			w.WriteHeader(http.StatusBadGateway)
		}
		c.posted[i].Add(1)
		proxy.ServeHTTP(w, req)
	})
}

func (c *replicaSet) start(i int) {
	cmd := exec.Command(c.bin, "run") //nolint:gosec // built just now
	cmd.Env = append(append([]string(nil), c.env...), "HTTP_ADDR="+c.addrs[i], fmt.Sprint("RAILWAY_REPLICA_ID=replica-", i))
	cmd.Stdout, cmd.Stderr = &c.out, &c.errs
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.children[i] = cmd
}

func (c *replicaSet) waitReady() {
	for _, addr := range c.addrs {
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
			res, err := http.Get("http://" + addr + "/readyz")
			if err == nil {
				_ = res.Body.Close()
				if res.StatusCode == http.StatusOK {
					break
				}
			}
			if time.Now().After(deadline) {
				c.t.Fatalf("not ready: %v\n%s", err, c.out.tail(30))
			}
		}
	}
}

// act lets people do n things, about ten a second. The first commandPeople send only commands.
func (c *replicaSet) act(n int) {
	commands := make([]string, 0, len(commandAnswers))
	for command := range commandAnswers {
		commands = append(commands, command)
	}
	slices.Sort(commands)
	for range n {
		i := c.rng.IntN(len(c.people))
		p := c.people[i]
		if i < commandPeople {
			command := commands[c.rng.IntN(len(commands))]
			c.sent[p] = append(c.sent[p], command)
			c.updates = append(c.updates, p.Say(command))
		} else if i < askerCount {
			c.askSomething(p, 50)
		} else {
			c.walkOn(p, 50)
		}
		time.Sleep(time.Duration(c.rng.IntN(150)) * time.Millisecond)
	}
}

// audit checks people's chats, the order of the answers, the calls of the model and the database.
func (c *replicaSet) audit() *audit {
	a := &audit{repeats: make([]int, len(c.crashes))}
	catalog, err := text.Load()
	if err != nil {
		c.t.Fatal(err)
	}
	words := catalog.Words("en")
	for i, p := range c.people {
		if i < askerCount {
			c.auditPerson(a, words, i, p)
		} else {
			c.auditWalk(a, words, i, p)
		}
	}
	c.auditSecrets(a)
	for i, p := range c.people[:commandPeople] {
		var got []string
		for _, m := range p.Messages() {
			for command, begins := range commandAnswers {
				if m.FromBot && strings.Contains(m.Text, begins) {
					got = append(got, command)
					break
				}
			}
		}
		// After the kill a message may be repeated, directly after itself.
		if want := c.sent[p]; !slices.Equal(slices.Compact(slices.Clone(got)), slices.Compact(slices.Clone(want))) {
			a.fault("person %d was answered in the order %v, asked %v", i+1, got, want)
		}
	}
	if peak := c.model.Stats().Peak; peak > 3 {
		a.fault("%d calls to the model at once", peak)
	}
	c.auditDatabase(a)
	return a
}

func (c *replicaSet) auditDatabase(a *audit) {
	ctx := c.t.Context()
	s, err := pgstore.Open(ctx, pgstore.Config{URL: c.database})
	if err != nil {
		a.fault("the database: %v", err)
		return
	}
	defer s.Close()
	pending, err := s.Pending(ctx, math.MinInt64, 10_000)
	if err != nil {
		a.fault("the database: %v", err)
	}
	a.left = len(pending)
	for _, e := range pending {
		a.fault("left in the inbox: update %d, try %d", e.Update, e.Tries)
	}
	for _, update := range c.updates {
		if done, err := s.Done(ctx, update); err != nil || !done && update != 0 {
			a.undone++
			a.fault("update %d is not done: %v", update, err)
		}
	}
}

// shares returns the number of updates that each replica got.
func (c *replicaSet) shares() []int64 {
	var list []int64
	for i := range c.posted {
		list = append(list, c.posted[i].Load())
	}
	return list
}
