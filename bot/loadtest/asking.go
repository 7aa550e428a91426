package loadtest

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"

	"excursobot/bot/monitor"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
)

const (
	curiousFirst = 6_000_000 // of the people who ask about places
	curious      = 100
)

// asked are the questions about places in a run.
type asked struct {
	mu                 sync.Mutex
	questions, answers int
	open               map[int64]time.Time // by chat: when its question was asked
	drafted            map[int64]bool
	first, whole       []time.Duration
}

// hear takes the drafts and the answers.
func (a *asked) hear(e sim.Event) {
	a.mu.Lock()
	defer a.mu.Unlock()
	began, open := a.open[e.Chat]
	switch {
	case !open:
	case e.Kind == "draft" && !a.drafted[e.Chat]:
		a.drafted[e.Chat] = true
		a.first = append(a.first, e.At.Sub(began))
	case e.Kind == "message" && e.Message.FromBot:
		a.answers++
		a.whole = append(a.whole, e.At.Sub(began))
		delete(a.open, e.Chat)
	}
}

// ask asks a question unless the person's last one is open.
func (a *asked) ask(p *sim.Person, text string) {
	a.mu.Lock()
	_, open := a.open[p.ID()]
	if !open {
		a.open[p.ID()], a.drafted[p.ID()] = time.Now(), false
		a.questions++
	}
	a.mu.Unlock()
	if !open {
		p.Say(text) // without the lock: hear may run in it
	}
}

// askAbout lets people hear one story each and then ask questions about it, at the rate a minute together, until ctx ends.
func (b *loadBot) askAbout(ctx context.Context, rate float64, seed uint64, articles []sim.Article, into *beside) {
	rng := rand.New(rand.NewPCG(seed, 13))
	spots := landmarks(seed, articles)
	var people []*sim.Person
	for i := range curious {
		p := b.telegram.Person(sim.Profile{ID: curiousFirst + int64(i), FirstName: "Curious", LanguageCode: language(rng)})
		at := geo.Offset(spots[zipf(rng, len(spots))], rng.Float64()*360, rng.Float64()*100)
		p.Locate(at.Lat, at.Lon)
		people = append(people, p)
		if limiter.Sleep(ctx, 100*time.Millisecond) != nil {
			return
		}
	}
	texts := []string{
		"Who lived in the cellar?", "Кто жил в подвале?", "Where did the clerk hide the archive?", "Когда звонит колокол?", "What does a room cost?", "Qui a vécu dans la cave ?",
	}
	a := &asked{open: map[int64]time.Time{}, drafted: map[int64]bool{}}
	_ = limiter.Sleep(ctx, 10*time.Second) // until the stories are there
	defer b.telegram.Subscribe(a.hear)()
	for next := time.Now(); ; {
		next = next.Add(time.Duration(rng.ExpFloat64() / rate * float64(time.Minute)))
		if limiter.Sleep(ctx, time.Until(next)) != nil {
			break
		}
		a.ask(people[rng.IntN(len(people))], texts[rng.IntN(len(texts))])
	}
	_ = limiter.Sleep(context.WithoutCancel(ctx), patience/4) // the last ones
	a.mu.Lock()
	defer a.mu.Unlock()
	s := b.app.Stats().Guide.Questions
	into.Asked, into.Answers, into.Drafts = a.questions, a.answers, len(a.first)
	into.FirstDraft, into.Answered = monitor.LatencyOf(a.first), monitor.LatencyOf(a.whole)
	into.AskedModel, into.AskCalls, into.AskTokens = s.Asked, s.Calls, s.Tokens
}
