package loadtest

import (
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/geo"
)

const (
	loadSpots    = 40  // landmarks round which people stand
	loadZipf     = 0.9 // how unevenly
	loadArticles = 600 // of the simulated city, junk included
	loadWalkers  = 0.7 // share of people who walk on between two stories; the others stay
)

// loadCentre is where the simulated city lies.
var loadCentre = geo.Point{Lat: 55.7520, Lon: 37.6175}

var loadLanguages = []string{"ru", "en", "fr"}

// crowd is the people of a load run.
type crowd struct {
	watch  *watch
	people []*walker
}

// walker is one person. One question of theirs is under way at a time.
type walker struct {
	person  *sim.Person
	id      int64
	rng     *rand.Rand
	at      geo.Point
	heading float64
	walks   bool
}

// newCrowd places people round the landmarks. Ids start at first, so that two crowds of one store are different people.
func newCrowd(seed uint64, first int64, n int, articles []sim.Article, telegram *sim.Telegram, w *watch) *crowd {
	rng := rand.New(rand.NewPCG(seed, uint64(first)))
	spots := landmarks(seed, articles)
	c := &crowd{watch: w}
	for i := range n {
		id := first + int64(i)
		p := &walker{
			id:    id,
			rng:   rand.New(rand.NewPCG(seed^0x9e3779b97f4a7c15, uint64(id))),
			walks: rng.Float64() < loadWalkers,
		}
		spot := spots[zipf(rng, len(spots))]
		p.at = geo.Offset(spot, rng.Float64()*360, math.Abs(rng.NormFloat64())*100)
		p.heading = rng.Float64() * 360
		p.person = telegram.Person(sim.Profile{ID: id, FirstName: "Load", LanguageCode: language(rng)})
		c.people = append(c.people, p)
	}
	return c
}

// landmarks are the seeded choice of articles that draw people.
func landmarks(seed uint64, articles []sim.Article) []geo.Point {
	rng := rand.New(rand.NewPCG(seed, 7))
	spots := make([]geo.Point, loadSpots)
	for i := range spots {
		a := articles[rng.IntN(len(articles))]
		spots[i] = geo.Point{Lat: a.Lat, Lon: a.Lon}
	}
	return spots
}

// zipf draws an index below n with weight 1/(i+1)^loadZipf.
func zipf(rng *rand.Rand, n int) int {
	sum := 0.0
	for i := range n {
		sum += 1 / math.Pow(float64(i+1), loadZipf)
	}
	x := rng.Float64() * sum
	for i := range n {
		if x -= 1 / math.Pow(float64(i+1), loadZipf); x <= 0 {
			return i
		}
	}
	return n - 1
}

// language draws 70 % Russian, 20 % English, 10 % French.
func language(rng *rand.Rand) string {
	switch x := rng.Float64(); {
	case x < 0.7:
		return "ru"
	case x < 0.9:
		return "en"
	}
	return "fr"
}

// ask sends the person's location and returns the question, whose answer the watch fills in.
func (w *walker) ask(watch *watch) *question {
	if w.walks {
		w.heading += w.rng.NormFloat64() * 40
		w.at = geo.Offset(w.at, w.heading, 40+w.rng.Float64()*120)
	}
	q := watch.expect(w.id)
	w.person.Locate(w.at.Lat, w.at.Lon)
	return q
}

// question is one location sent and what came back.
type question struct {
	asked        time.Time
	first, final time.Duration // since asked; 0 = not yet
	told         bool          // the final answer was about a place, not a sentence
	done         chan struct{} // closed with the final answer
	message      int           // of the card
}

// watch times answers as people see them in their chats.
type watch struct {
	sentences map[string]bool // answers without a place, and texts that are no answers

	mu        sync.Mutex
	open      map[int64]*question       // by chat
	walks     map[int64]*liveWalk       // live walks, by chat
	seen      map[int64]map[string]bool // places told, by chat
	repeats   int
	questions []*question
	stray     int // messages that answer nothing
}

func newWatch() (*watch, error) {
	words, err := text.Load()
	if err != nil {
		return nil, err
	}
	w := &watch{sentences: map[string]bool{}, open: map[int64]*question{}, walks: map[int64]*liveWalk{}, seen: map[int64]map[string]bool{}}
	for _, l := range words.Languages() {
		for _, key := range []string{"error.nothing", "error.all_told", "error.source", "error.internal"} {
			w.sentences[words.Words(l).Say(key)] = true
		}
	}
	return w, nil
}

func (w *watch) expect(chat int64) *question {
	w.mu.Lock()
	defer w.mu.Unlock()
	q := &question{asked: time.Now(), done: make(chan struct{})}
	w.open[chat] = q
	w.questions = append(w.questions, q)
	return q
}

// event is the simulated Telegram's subscriber.
func (w *watch) event(e sim.Event) {
	if !e.Message.FromBot || (e.Kind != "message" && e.Kind != "edit") || e.Message.Method == "sendVenue" {
		return // pins come and go as there is room for them
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	link := mapLink(e.Message.Buttons)
	if len(e.Message.Buttons) > 0 && link == "" {
		return // how often, and what became of it
	}
	q := w.open[e.Chat]
	if q == nil || e.Kind == "edit" && e.Message.ID != q.message {
		if !w.tickLocked(e) {
			w.stray++
		}
		return
	}
	since := e.At.Sub(q.asked)
	if q.first == 0 {
		q.first, q.message = since, e.Message.ID
	}
	switch {
	case link != "":
		q.told = true
		w.noteLocked(e.Chat, e.Message.Buttons)
	case !w.sentences[e.Message.HTML]:
		return // a card: the story is to come
	}
	q.final = since
	delete(w.open, e.Chat)
	close(q.done)
}

// noteLocked counts a place told twice. The map link knows a place in every language.
func (w *watch) noteLocked(chat int64, buttons [][]sim.Button) {
	place := mapLink(buttons)
	if w.seen[chat] == nil {
		w.seen[chat] = map[string]bool{}
	}
	if w.seen[chat][place] {
		w.repeats++
	}
	w.seen[chat][place] = true
}
