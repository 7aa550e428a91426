package loadtest

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
)

const (
	landmarkCount = 40  // landmarks around which people stand
	zipfExponent  = 0.9 // of the landmarks' popularity
	walkingShare  = 0.7 // of people move on between two stories; the others stay
)

// crowd is the people of a run.
type crowd struct {
	recorder *recorder
	people   []*person
	ways     map[int64][]spot // of those who stroll, by chat
}

// person is one simulated person. A person has at most one open question.
type person struct {
	*sim.Person
	id      int64
	rng     *rand.Rand
	at      geo.Point
	heading float64 // degrees
	moves   bool
	share   int // message of the live location
}

// newCrowd places n people around the landmarks. Their ids begin at first, so that two crowds of one store are different people.
func newCrowd(seed uint64, first int64, n int, articles []sim.Article, telegram *sim.Telegram, rec *recorder) *crowd {
	rng := rand.New(rand.NewPCG(seed, uint64(first)))
	spots := landmarks(seed, articles)
	c := &crowd{recorder: rec}
	for i := range n {
		id := first + int64(i)
		p := &person{
			id:    id,
			rng:   rand.New(rand.NewPCG(seed^0x9e3779b97f4a7c15, uint64(id))),
			moves: rng.Float64() < walkingShare,
		}
		spot := spots[zipf(rng, len(spots))]
		p.at = geo.Offset(spot, rng.Float64()*360, math.Abs(rng.NormFloat64())*100)
		p.heading = rng.Float64() * 360
		p.Person = telegram.Person(sim.Profile{ID: id, FirstName: "Load", LanguageCode: language(rng)})
		c.people = append(c.people, p)
	}
	return c
}

// wantVoices lets everybody choose in the settings to hear stories on walks. Choices that the bot has not taken after some seconds are given up.
func (c *crowd) wantVoices(ctx context.Context) {
	const command = "/settings"
	for _, p := range c.people {
		p.Say(command)
	}
	for _, p := range c.people {
		for range 200 {
			list := p.Messages()
			if p.Press(list[len(list)-1].ID, "set:voice:walks") != 0 || limiter.Sleep(ctx, 50*time.Millisecond) != nil {
				break
			}
		}
	}
	_ = limiter.Sleep(ctx, 2*time.Second) // until the last choice is stored
}

// landmarks returns the seed's choice of articles that attract people.
func landmarks(seed uint64, articles []sim.Article) []geo.Point {
	rng := rand.New(rand.NewPCG(seed, 7))
	spots := make([]geo.Point, landmarkCount)
	for i := range spots {
		a := articles[rng.IntN(len(articles))]
		spots[i] = geo.Point{Lat: a.Lat, Lon: a.Lon}
	}
	return spots
}

// zipf draws an index below n with weight 1/(i+1)^zipfExponent.
func zipf(rng *rand.Rand, n int) int {
	sum := 0.0
	for i := range n {
		sum += 1 / math.Pow(float64(i+1), zipfExponent)
	}
	x := rng.Float64() * sum
	for i := range n {
		if x -= 1 / math.Pow(float64(i+1), zipfExponent); x <= 0 {
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

// split divides the crowd into people who share a live location, as many as there are guides, and people who send single locations.
func (c *crowd) split(guides int) (walking, single *crowd) {
	walking, single = &crowd{recorder: c.recorder}, &crowd{recorder: c.recorder}
	for _, p := range c.people {
		if p.moves && len(walking.people) < guides {
			walking.people = append(walking.people, p)
		} else {
			single.people = append(single.people, p)
		}
	}
	return walking, single
}

// askAndWait sends the person's location and waits for the final answer.
func (p *person) askAndWait(ctx context.Context, rec *recorder) {
	if p.moves {
		p.heading += p.rng.NormFloat64() * 40
		p.at = geo.Offset(p.at, p.heading, 40+p.rng.Float64()*120)
	}
	q := rec.expect(p.id)
	p.Locate(p.at.Lat, p.at.Lon)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	select {
	case <-q.done:
	case <-ctx.Done():
	}
}

// askInTurns lets everybody ask again after their answer and a pause, at most the given number of times together (0 = no bound).
func (c *crowd) askInTurns(ctx context.Context, pause time.Duration, most int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	asked := 0
	mayAsk := func() bool {
		mu.Lock()
		defer mu.Unlock()
		asked++
		return most == 0 || asked <= most
	}
	for _, p := range c.people {
		wg.Go(func() {
			next := time.Duration(p.rng.Float64() * float64(pause)) // not all at once
			for limiter.Sleep(ctx, next) == nil && mayAsk() {
				p.askAndWait(ctx, c.recorder)
				next = time.Duration((0.5 + p.rng.Float64()) * float64(pause))
			}
		})
	}
	wg.Wait()
}

// askAtRate makes requests come at the rate a minute, at random moments, from people without an open question.
func (c *crowd) askAtRate(ctx context.Context, rate float64, most int, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 3))
	idle := make(chan *person, len(c.people))
	for _, i := range rng.Perm(len(c.people)) {
		idle <- c.people[i]
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	next := time.Now()
	for n := 0; most == 0 || n < most; n++ {
		next = next.Add(time.Duration(rng.ExpFloat64() / rate * float64(time.Minute)))
		if limiter.Sleep(ctx, time.Until(next)) != nil {
			return
		}
		select {
		case p := <-idle:
			wg.Go(func() {
				p.askAndWait(ctx, c.recorder)
				idle <- p
			})
		default: // everybody waits for an answer: this request is left out
		}
	}
}

// settle waits for the answers that are still missing.
func (c *crowd) settle(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for _, q := range c.recorder.all() {
		select {
		case <-q.done:
		case <-ctx.Done():
		}
	}
}
