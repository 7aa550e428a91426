package loadtest

import (
	"testing"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
)

// event returns a message of the bot in chat 1.
func event(kind string, id int, text, url string) sim.Event {
	m := sim.Message{ID: id, FromBot: true, Method: "sendMessage", Text: text, HTML: text}
	if url != "" {
		m.Buttons = [][]sim.Button{{{Text: "Map", URL: url}}}
	}
	return sim.Event{Kind: kind, Chat: 1, Message: m, At: time.Now()}
}

// tick returns a story of a walk about the place at a point.
func tick(kind string, id int, text, point string) sim.Event {
	e := event(kind, id, text+"\n20 m north ↑", "")
	e.Message.HTML = "<b>" + text + `</b>\n<a href="https://www.google.com/maps/search/?api=1&amp;query=` + point + `">20 m north ↑</a>`
	e.Message.Buttons = [][]sim.Button{{{Text: "Next story now", Data: "next:48.1,2.5:Q1"}}}
	return e
}

func newTestRecorder(t *testing.T) (*recorder, *text.Words) {
	t.Helper()
	r, err := newRecorder()
	if err != nil {
		t.Fatal(err)
	}
	catalog, err := text.Load()
	if err != nil {
		t.Fatal(err)
	}
	return r, catalog.Words("en")
}

func TestRecorderTimesAnswers(t *testing.T) {
	r, words := newTestRecorder(t)
	q := r.expect(1)
	r.record(event("message", 5, "A card", ""))
	if q.first == 0 || q.final != 0 {
		t.Fatalf("after the card: first %v, final %v", q.first, q.final)
	}
	r.record(event("edit", 5, "A story", "https://maps.example/a"))
	if q.final == 0 || !q.told {
		t.Errorf("after the story: final %v, told %v", q.final, q.told)
	}
	r.expect(1)
	r.record(event("message", 6, "The same story", "https://maps.example/a"))
	if r.repeats != 1 {
		t.Errorf("%d repeats, want 1", r.repeats)
	}
	q = r.expect(1)
	r.record(event("message", 7, words.Say("error.nothing"), ""))
	if q.final == 0 || q.told {
		t.Errorf("after a sentence: final %v, told %v", q.final, q.told)
	}
	r.record(event("message", 8, "Unasked", ""))
	if r.stray != 1 {
		t.Errorf("%d stray messages, want 1", r.stray)
	}
}

func TestRecorderFollowsAWalk(t *testing.T) {
	r, words := newTestRecorder(t)
	questions := r.follow(1, 5*time.Second)
	ask := event("message", 2, "How often?", "")
	ask.Message.Buttons = [][]sim.Button{{{Text: "5 seconds", Data: "every:5s"}}}
	r.record(ask)
	if id := <-questions; id != 2 {
		t.Errorf("the question is message %d, want 2", id)
	}
	status := event("message", 7, "The walk is on", "")
	status.Message.Buttons = [][]sim.Button{{{Text: "Pause", Data: "live:pause"}, {Text: "Next", Data: "next:48.1,2.5"}}}
	r.record(status)
	r.record(tick("message", 3, "1. A", "48.100000,2.500000"))
	r.record(tick("message", 4, "2. B", "48.200000,2.500000"))
	r.record(tick("edit", 4, "2. B", "48.200000,2.500000")) // such as a pressed button
	r.record(event("message", 5, words.Say("live.end_stopped")+"\n2 stories", ""))
	photo := event("message", 6, "", "")
	photo.Message.Method = "sendPhoto"
	r.record(photo)
	got := r.walkResult(time.Now())
	if link := "https://www.google.com/maps/search/?api=1&query=48.100000,2.500000"; r.walks[1].stories[0].place != link {
		t.Errorf("the place is %q, want %q", r.walks[1].stories[0].place, link)
	}
	if got.Walks != 1 || got.Stories != 2 || got.Twice != 0 || got.Misnumbered != 0 || got.Summaries != 1 || got.Pictures != 1 || got.Lost != 0 {
		t.Errorf("%+v", got)
	}
}
