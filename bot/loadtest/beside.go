package loadtest

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/monitor"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
)

// Load beside the people who ask for stories: inline queries in other chats, and the operator's news.

const (
	operatorID  = 9_000_000
	readerFirst = 2_000_000 // of the people who get news
	askerFirst  = 5_000_000 // of the people who ask inline
	askers      = 500
	newsPrefix  = "News of the load run"
	helloText   = "/start" // after it the bot knows a person
)

// beside is what was measured beside the questions.
type beside struct {
	Queries, Unanswered, Late int             // inline queries; Late = answered after more than a second
	Inline                    monitor.Latency // of their answers

	Asked, Answers, Drafts          int             // questions about places, their answers, and those of which a draft was shown
	FirstDraft, Answered            monitor.Latency // from the question
	AskedModel, AskCalls, AskTokens uint64          // questions that reached the model, its calls, and their tokens

	Readers, News int // people who should get the news; who got them
	NewsTook      time.Duration
	Before        monitor.Latency // first content of questions before the news, and while they were sent
	During        monitor.Latency
}

// askInline lets people in the city ask inline at the rate a second, until ctx ends.
func (b *loadBot) askInline(ctx context.Context, rate float64, seed uint64, articles []sim.Article, into *beside) {
	b.telegram.SwitchOn() // the store may remember another simulated Telegram that was told
	rng := rand.New(rand.NewPCG(seed, 11))
	spots := landmarks(seed, articles)
	var people []*sim.Person
	for i := range askers {
		people = append(people, b.telegram.Person(sim.Profile{ID: askerFirst + int64(i), FirstName: "Asker", LanguageCode: language(rng)}))
	}
	var ids []string
	next := time.Now()
	for {
		next = next.Add(time.Duration(rng.ExpFloat64() / rate * float64(time.Second)))
		if limiter.Sleep(ctx, time.Until(next)) != nil {
			break
		}
		at := geo.Offset(spots[zipf(rng, len(spots))], rng.Float64()*360, rng.Float64()*300)
		if _, id := people[rng.IntN(len(people))].Query("", at.Lat, at.Lon); id != "" {
			ids = append(ids, id)
		}
	}
	_ = limiter.Sleep(context.WithoutCancel(ctx), 2*time.Second) // the last ones
	var took []time.Duration
	for _, id := range ids {
		a, ok := b.telegram.Answered(id)
		if !ok {
			into.Unanswered++
			continue
		}
		if a.Took > time.Second {
			into.Late++
		}
		took = append(took, a.Took)
	}
	into.Queries, into.Inline = len(ids), monitor.LatencyOf(took)
}

// meetReaders lets n people write to the bot, so that it knows them.
func meetReaders(ctx context.Context, cfg config.Config, seed uint64, dir string, articles []sim.Article, n int) error {
	b, err := newLoadBot(cfg, dir, articles, scenario{Seed: seed}, true)
	if err != nil {
		return err
	}
	const atOnce = 200
	for first := 0; first < n && ctx.Err() == nil; first += atOnce {
		readers := b.readers(first, min(atOnce, n-first))
		for _, p := range readers {
			p.Say(helloText)
		}
		for _, p := range readers {
			for len(p.Messages()) < 2 && limiter.Sleep(ctx, time.Millisecond) == nil {
			}
		}
	}
	return b.stop()
}

func (b *loadBot) readers(first, n int) (people []*sim.Person) {
	for i := range n {
		people = append(people, b.telegram.Person(sim.Profile{ID: readerFirst + int64(first+i), FirstName: "Reader", LanguageCode: "en"}))
	}
	return people
}

// sendNews lets the operator send news to everybody after some time, and waits for their end, at most until ctx ends.
func (b *loadBot) sendNews(ctx context.Context, after time.Duration, readers int, into *beside) error {
	b.readers(0, readers) // the simulated Telegram of this run does not know them yet
	operator := b.telegram.Person(sim.Profile{ID: operatorID, FirstName: "Operator", LanguageCode: "en"})
	operator.Say(helloText)
	var mu sync.Mutex
	got := 0
	ended := make(chan struct{})
	defer b.telegram.Subscribe(func(e sim.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind != "message" || !e.Message.FromBot {
			return
		}
		if strings.HasPrefix(e.Message.Text, newsPrefix) && e.Chat != operatorID {
			if got++; got == readers {
				close(ended)
			}
		}
	})()
	if limiter.Sleep(ctx, after) != nil {
		return nil
	}
	operator.Say("/broadcast all\n" + newsPrefix)
	began := time.Now()
	for pressed := false; !pressed; {
		if limiter.Sleep(ctx, 50*time.Millisecond) != nil || time.Since(began) > patience {
			return errors.New("load: no preview of the news came")
		}
		for _, m := range operator.Messages() {
			if !pressed && m.FromBot && hasData(m, "news:send") {
				began, pressed = time.Now(), operator.Press(m.ID, "news:send") != 0
			}
		}
	}
	select {
	case <-ended:
	case <-ctx.Done():
	}
	end := time.Now()
	mu.Lock()
	defer mu.Unlock()
	into.Readers, into.News, into.NewsTook = readers, got, end.Sub(began)
	var before, during []time.Duration
	for _, q := range b.recorder.all() {
		b.recorder.mu.Lock()
		first, asked := q.first, q.asked
		b.recorder.mu.Unlock()
		switch {
		case first == 0 || asked.After(end):
		case asked.Before(began):
			before = append(before, first)
		default:
			during = append(during, first)
		}
	}
	into.Before, into.During = monitor.LatencyOf(before), monitor.LatencyOf(during)
	return nil
}

func hasData(m sim.Message, data string) bool {
	for _, row := range m.Buttons {
		for _, button := range row {
			if button.Data == data {
				return true
			}
		}
	}
	return false
}

// lines describes what was measured, nothing if nothing was.
func (s *beside) lines() string {
	var b strings.Builder
	if s.Queries > 0 {
		fmt.Fprintf(&b, "\ninline queries: %d, answered p50 / p95 / p99 %s s, %d after more than a second, %d not\n", s.Queries, s.Inline, s.Late, s.Unanswered)
	}
	if s.Asked > 0 {
		each := float64(max(1, s.AskedModel))
		fmt.Fprintf(&b, "\nquestions: %d, answered %d, p50 / p95 / p99 %s s; with a draft %d, the first after %s s; %d reached the model: %.2f calls and %.0f tokens each\n",
			s.Asked, s.Answers, s.Answered, s.Drafts, s.FirstDraft, s.AskedModel, float64(s.AskCalls)/each, float64(s.AskTokens)/each)
	}
	if s.Readers > 0 {
		fmt.Fprintf(&b, "\nnews: %d of %d people in %v; first content of others p50 / p95 / p99 before %s s, during %s s\n",
			s.News, s.Readers, s.NewsTook.Round(time.Second), s.Before, s.During)
	}
	return b.String()
}
