package app

import (
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/sim"
	"excursobot/geo"
)

// town is a simulated world whose Telegram, model and Wikipedia outlive the bot's processes.
type town struct {
	t        *testing.T
	telegram *sim.Telegram
	cfg      config.Config
	world    World
	cut      *atomic.Bool // cuts the running process off from Telegram
	stop     func() error
}

// newTown starts a process that tells a story every 5 or 10 s of a walk.
func newTown(t *testing.T) *town {
	t.Helper()
	cfg := config.Defaults()
	cfg.Derive(config.Environment{})
	cfg.Live.Intervals, cfg.Live.Default = []time.Duration{5 * time.Second, 10 * time.Second}, config.Every(10*time.Second)
	cfg.Shutdown.Drain = 0
	s := &town{t: t}
	s.telegram, s.world = newSimWorld(&cfg)
	steady := func(int) time.Duration { return 6 * time.Second } // how long people wait for stories is not what these tests are about
	s.world.Model = sim.Transport(map[string]http.Handler{"model.test": sim.NewModel(sim.ModelConfig{Latency: steady})})
	s.cfg = cfg
	s.start(t.TempDir())
	return s
}

func (s *town) start(dir string) {
	s.t.Helper()
	s.cfg.Store.Dir = dir
	s.cut = &atomic.Bool{}
	world := s.world
	world.Telegram = cuttable{world.Telegram, s.cut}
	a, err := New(s.cfg, world, slog.New(slog.DiscardHandler))
	if err != nil {
		s.t.Fatal(err)
	}
	s.stop = running(s.t, a)
}

// kill leaves for the next process what kill -9 would: the file as it is, with nothing sent or written after this moment.
func (s *town) kill() {
	s.t.Helper()
	synctest.Wait() // between two transactions
	s.cut.Store(true)
	dir := s.t.TempDir()
	if err := copyFile(filepath.Join(dir, "excursobot.db"), filepath.Join(s.cfg.Store.Dir, "excursobot.db")); err != nil {
		s.t.Fatal(err)
	}
	_ = s.stop() // what the dead process would write goes into the old file
	s.cfg.Store.Dir = dir
}

func copyFile(to, from string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// cuttable is a connection that can be cut for good.
type cuttable struct {
	next http.RoundTripper
	cut  *atomic.Bool
}

func (c cuttable) RoundTrip(r *http.Request) (*http.Response, error) {
	if c.cut.Load() {
		return nil, &net.OpError{Op: "dial", Err: errors.New("cut")}
	}
	return c.next.RoundTrip(r)
}

// stroll is a person who walks with a shared location.
type stroll struct {
	*sim.Person
	share int
	at    geo.Point
}

func (s *town) stroll(id int64) *stroll {
	p := &stroll{Person: s.telegram.Person(sim.Profile{ID: id, LanguageCode: "en"}), at: geo.Offset(centre, float64(40*id), 200)}
	_, p.share = p.Share(p.at.Lat, p.at.Lon, 3600)
	return p
}

// walk lets people walk for d, with a fix every 2 s.
func walk(d time.Duration, people ...*stroll) {
	for end := time.Now().Add(d); time.Now().Before(end); {
		time.Sleep(min(2*time.Second, time.Until(end)))
		for _, p := range people {
			p.at = geo.Offset(p.at, float64(p.share*50), 12)
			p.Move(p.share, p.at.Lat, p.at.Lon, 0)
		}
	}
}

var strollStory = regexp.MustCompile(`^(\d+)\. (.*)\n`)

// told returns the stories of the walk. It checks that they are numbered without a gap and that no place was told twice.
func (p *stroll) told(t *testing.T) []sim.Message {
	t.Helper()
	var list []sim.Message
	var titles []string
	for _, m := range fromBot(p.Person) {
		part := strollStory.FindStringSubmatch(m.Text)
		if part == nil || len(m.Buttons) == 0 {
			continue
		}
		list = append(list, m)
		if part[1] != strconv.Itoa(len(list)) {
			t.Errorf("story %d is numbered %s", len(list), part[1])
		}
		if slices.Contains(titles, part[2]) {
			t.Errorf("%s told twice", part[2])
		}
		titles = append(titles, part[2])
	}
	return list
}

// questions counts how often the person was asked for the interval.
func (p *stroll) questions() int {
	n := 0
	for _, m := range fromBot(p.Person) {
		for _, row := range m.Buttons {
			if row[0].Data == "every:5s" {
				n++
			}
		}
	}
	return n
}

// Walks survive a kill at any moment: nobody gets two first stories, the numbering continues, and a story that became due meanwhile is told once.
func TestWalksOutliveTheProcess(t *testing.T) {
	moments := []time.Duration{10 * time.Millisecond, 500 * time.Millisecond, 3 * time.Second, 10100 * time.Millisecond}
	if os.Getenv("PROPERTY_SEEDS") != "" { // the long run
		moments = append(moments, 100*time.Millisecond, time.Second, 7*time.Second, 15*time.Second, 25*time.Second)
	}
	for _, after := range moments {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := newTown(t)
				time.Sleep(time.Second)
				people := []*stroll{s.stroll(1), s.stroll(2), s.stroll(3)}
				walk(after, people...)
				s.kill()
				time.Sleep(3 * time.Second)
				s.start(s.cfg.Store.Dir)
				walk(40*time.Second, people...)
				for i, p := range people {
					if n, least := len(p.told(t)), int((after+43*time.Second)/(10*time.Second))-1; n < least {
						t.Errorf("person %d heard %d stories, want %d and more", i+1, n, least)
					}
					if n := p.questions(); n > 1 {
						t.Errorf("person %d was asked %d times", i+1, n)
					}
				}
				for _, p := range people {
					p.StopSharing(p.share)
				}
				time.Sleep(20 * time.Second)
				for i, p := range people {
					if n := p.sent("sendDocument"); n != 1 {
						t.Errorf("person %d got %d files of the walk, want one", i+1, n)
					}
				}
				if err := s.stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func (p *stroll) sent(method string) int {
	n := 0
	for _, m := range fromBot(p.Person) {
		if m.Method == method {
			n++
		}
	}
	return n
}

// If a process is killed after it received the end of a walk and before it sent the summary, the next process sends it, once.
func TestTheEndIsSaidByTheNextProcess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTown(t)
		time.Sleep(time.Second)
		p := s.stroll(1)
		walk(25*time.Second, p)
		time.Sleep(time.Second) // a poll is waiting
		n := len(p.told(t))
		p.StopSharing(p.share)
		s.cut.Store(true) // that poll hears of it; nothing can be said
		time.Sleep(100 * time.Millisecond)
		s.kill()
		time.Sleep(time.Minute)
		s.start(s.cfg.Store.Dir)
		walk(30*time.Second, p) // a phone that did not notice
		if got := len(p.told(t)); got != n {
			t.Errorf("%d stories after the end", got-n)
		}
		if n := p.sent("sendDocument"); n != 1 {
			t.Errorf("%d files of the walk, want one", n)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
}

// At a stop the story that is being written still arrives, and the next process continues the walk.
func TestAStopDrainsAWalksStory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newTown(t)
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		s.cfg.Shutdown.Drain = 20 * time.Second
		s.start(s.cfg.Store.Dir)
		time.Sleep(time.Second)
		p := s.stroll(1)
		walk(700*time.Millisecond, p)
		if n := len(p.told(t)); n != 0 {
			t.Fatalf("%d stories already: the test shows nothing", n)
		}
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
		if n := len(p.told(t)); n != 1 {
			t.Errorf("%d stories after the drain, want the first", n)
		}
		s.start(s.cfg.Store.Dir)
		walk(30*time.Second, p)
		if n := len(p.told(t)); n < 3 {
			t.Errorf("%d stories, want the walk to go on", n)
		}
		if err := s.stop(); err != nil {
			t.Error(err)
		}
	})
}
