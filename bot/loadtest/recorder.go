package loadtest

import (
	"context"
	"html"
	"maps"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/limiter"
)

// recorder times the answers as people see them in their chats.
type recorder struct {
	sentences map[string]bool // answers without a place
	endings   []string        // beginnings of a walk's summary

	moves atomic.Int64 // of all walks

	mu        sync.Mutex
	open      map[int64]*question       // by chat
	walks     map[int64]*walk           // by chat
	places    map[int64]map[string]bool // places told, by chat
	told      map[string][]time.Time    // when a place was told, by its link, without the source's words
	voices    []time.Duration           // after their texts
	repeats   int
	questions []*question
	stray     int // messages that answer nothing
	outage    outage
}

// question is a location that was sent, and its answer.
type question struct {
	asked        time.Time
	first, final time.Duration // since asked; 0 = not yet
	told         bool          // the final answer is about a place
	done         chan struct{} // closed with the final answer
	message      int           // of the card
}

func newRecorder() (*recorder, error) {
	catalog, err := text.Load()
	if err != nil {
		return nil, err
	}
	r := &recorder{sentences: map[string]bool{}, open: map[int64]*question{}, walks: map[int64]*walk{}, places: map[int64]map[string]bool{}, told: map[string][]time.Time{}}
	for _, language := range catalog.Languages() {
		words := catalog.Words(language)
		for _, key := range []string{"error.nothing", "error.all_told", "error.source", "error.internal"} {
			r.sentences[words.Say(key)] = true
		}
		for _, key := range []string{"live.end_stopped", "live.end_period", "live.end_silent"} {
			r.endings = append(r.endings, words.Say(key))
		}
	}
	return r, nil
}

// expect begins to time a question of a chat.
func (r *recorder) expect(chat int64) *question {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.expectLocked(chat)
}

func (r *recorder) expectLocked(chat int64) *question {
	q := &question{asked: time.Now(), done: make(chan struct{})}
	r.open[chat] = q
	r.questions = append(r.questions, q)
	return q
}

// follow begins to record a walk: its first story now, and the others every interval. It returns the messages that ask for the interval.
func (r *recorder) follow(chat int64, every time.Duration) <-chan int {
	r.mu.Lock()
	defer r.mu.Unlock()
	q := r.expectLocked(chat)
	w := &walk{shared: q.asked, from: q.asked, every: every, questions: make(chan int, 1)}
	r.walks[chat] = w
	return w.questions
}

// choose notes that the person chooses the interval now.
func (r *recorder) choose(chat int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.walks[chat].from = time.Now()
}

// record is the subscriber of the simulated Telegram.
func (r *recorder) record(e sim.Event) {
	m := e.Message
	if e.Chat >= curiousFirst || !m.FromBot || (e.Kind != "message" && e.Kind != "edit") || m.Method == "sendVenue" {
		return // pins depend on the free capacity
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if m.Method == "sendVoice" {
		r.recordVoiceLocked(e.Chat, m)
		return
	}
	link, w := mapLink(m), r.walks[e.Chat]
	if w != nil && r.recordWalkLocked(w, m) || len(m.Buttons) > 0 && link == "" {
		return
	}
	q := r.open[e.Chat]
	if q == nil || e.Kind == "edit" && m.ID != q.message {
		if w == nil || link == "" {
			r.stray++
			return
		}
		if w.add(story{message: m.ID, number: numberOf(m.Text), place: link, at: e.At}) {
			r.countPlaceLocked(e.Chat, link)
			r.noteStoryLocked(link, m.Text, e.At)
		}
		return
	}
	since := e.At.Sub(q.asked)
	if q.first == 0 {
		q.first, q.message = since, m.ID
	}
	switch {
	case link != "":
		q.told = true
		r.countPlaceLocked(e.Chat, link)
		r.noteStoryLocked(link, m.Text, e.At)
		if w != nil {
			w.add(story{message: m.ID, number: numberOf(m.Text), place: link, at: e.At, first: true})
		}
	case !r.sentences[m.HTML]:
		return // a card: the story follows
	}
	q.final = since
	delete(r.open, e.Chat)
	close(q.done)
}

// recordVoiceLocked notes how long after its text a voice came.
func (r *recorder) recordVoiceLocked(chat int64, m sim.Message) {
	w := r.walks[chat]
	if w == nil {
		return
	}
	for _, s := range w.stories {
		if s.message == m.ReplyTo {
			r.voices = append(r.voices, m.At.Sub(s.at))
		}
	}
}

// voicesWithin counts the voices that came at most d after their texts.
func (r *recorder) voicesWithin(d time.Duration) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, late := range r.voices {
		if late <= d {
			n++
		}
	}
	return n
}

// recordWalkLocked records the messages of a walk that are not stories, and reports whether m is one.
func (r *recorder) recordWalkLocked(w *walk, m sim.Message) bool {
	switch {
	case m.Method == "sendPhoto":
		w.picture = true
	case m.Method == "sendDocument":
	case len(m.Buttons) > 0 && strings.HasPrefix(m.Buttons[0][0].Data, "every:"):
		select {
		case w.questions <- m.ID:
		default: // one is enough
		}
	case r.isEnding(m.HTML):
		w.summary = true
	default:
		return false
	}
	return true
}

func (r *recorder) isEnding(html string) bool {
	for _, begins := range r.endings {
		if strings.HasPrefix(html, begins) {
			return true
		}
	}
	return false
}

// countPlaceLocked counts places told twice to a chat.
func (r *recorder) countPlaceLocked(chat int64, place string) {
	if r.places[chat] == nil {
		r.places[chat] = map[string]bool{}
	}
	if r.places[chat][place] {
		r.repeats++
	}
	r.places[chat][place] = true
}

// noteStoryLocked notes when a place was told in the words of a story.
func (r *recorder) noteStoryLocked(place, text string, at time.Time) {
	if !quotesArticle(text) {
		r.told[place] = append(r.told[place], at)
	}
}

// quotesArticle reports whether a message has the source's words, which the licence makes it say.
func quotesArticle(text string) bool {
	for line := range strings.Lines(text) {
		if strings.Contains(line, "CC BY-SA") && (strings.Contains(line, "ikip") || strings.Contains(line, "икип") || strings.Contains(line, "ікіп")) {
			return true
		}
	}
	return false
}

// timesTold returns when each place was told in the words of a story, by its link to the map.
func (r *recorder) timesTold() map[string][]time.Time {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.told)
}

func (r *recorder) all() []*question {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]*question(nil), r.questions...)
}

// waitForEnds waits until every walk has its summary and its picture, at most for patience.
func (r *recorder) waitForEnds(ctx context.Context) {
	ended := func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		for _, w := range r.walks {
			if !w.summary || !w.picture {
				return false
			}
		}
		return true
	}
	for late := time.Now().Add(patience); !ended() && time.Now().Before(late); {
		if limiter.Sleep(ctx, time.Second/2) != nil {
			return
		}
	}
}

// linked finds the link to the map in the text of a walk's story.
var linked = regexp.MustCompile(`<a href="(https://www\.google\.com/maps/search/[^"]*)">`)

// mapLink returns the link to the map of a story, or "" for other messages. A walk's story has it in its text and the button for the next story, others
// have a button.
func mapLink(m sim.Message) string {
	inWalk := false
	for _, row := range m.Buttons {
		for _, b := range row {
			if b.URL != "" {
				return b.URL
			}
			inWalk = inWalk || strings.HasPrefix(b.Data, "next:")
		}
	}
	if found := linked.FindStringSubmatch(m.HTML); inWalk && found != nil {
		return html.UnescapeString(found[1])
	}
	return ""
}

var numbered = regexp.MustCompile(`^(\d+)\. `)

// numberOf returns the number of a walk's story, 0 = none.
func numberOf(text string) int {
	found := numbered.FindStringSubmatch(text)
	if found == nil {
		return 0
	}
	n, _ := strconv.Atoi(found[1]) // too many digits give the largest number
	return n
}
