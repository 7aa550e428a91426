package bot

import (
	"fmt"
	"hash/fnv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/store"
)

// lied counts what became of the lies of one kind.
type lied struct {
	places  int // about which the model lied
	written int // texts with the lie: half of the places are lied about again when the model is asked again
	reached int // messages that showed one, at any time
	stayed  int // messages that show one in the end
	stored  int // stories in the library that anybody may still be told
}

// liars runs a bot whose model lies about every third place, and returns what became of the lies by kind.
func liars(t *testing.T, judge bool, kinds []string) (by map[string]*lied, stories int) {
	t.Helper()
	by = map[string]*lied{}
	for _, kind := range kinds {
		by[kind] = &lied{}
	}
	synctest.Test(t, func(t *testing.T) {
		type asked struct{ n, tries int }
		var mu sync.Mutex
		places := map[string]*asked{}
		w := newWorld(t, worldConfig{
			judge: judge, articles: 150,
			lie: func(place string) string {
				mu.Lock()
				defer mu.Unlock()
				told := places[place]
				if told == nil {
					h := fnv.New32a()
					_, _ = h.Write([]byte(place))
					told = &asked{n: int(h.Sum32() >> 4)}
					places[place] = told
				}
				told.tries++
				kind := kinds[told.n/3%len(kinds)]
				if told.n%3 != 0 || told.tries > 1 && told.n%2 == 0 { // half of the liars insist when they are asked again
					return ""
				}
				if told.tries == 1 {
					by[kind].places++
				}
				by[kind].written++
				return kind
			},
			object: objectToLies,
		})
		defer w.close()
		shown := map[string]bool{} // by chat, message and kind
		unsubscribe := w.tg.Subscribe(func(e sim.Event) {
			kind, _ := sim.LieIn(e.Message.Text)
			mu.Lock()
			defer mu.Unlock()
			if key := fmt.Sprint(e.Chat, " ", e.Message.ID, " ", kind); kind != "" && !shown[key] {
				shown[key] = true
				by[kind].reached++
			}
		})
		var people []*sim.Person
		for i := range 24 {
			p := w.person(int64(i+1), []string{"ru", "ru", "en"}[i%3])
			people = append(people, p)
			at := geo.Offset(geo.Point{Lat: cityLat, Lon: cityLon}, float64(i*15), float64(100+200*(i%5)))
			for range 3 {
				w.waitDone(p.Locate(at.Lat, at.Lon))
				time.Sleep(20 * time.Second)
			}
		}
		time.Sleep(20 * time.Minute) // the judge
		unsubscribe()
		for _, p := range people {
			for _, m := range storiesOf(p) {
				stories++
				if kind, _ := sim.LieIn(m.Text); kind != "" {
					by[kind].stayed++
				}
			}
		}
		for _, language := range []string{"ru", "en"} {
			all, err := w.store.StoriesIn(t.Context(), language, geo.RangesWithin(geo.Point{Lat: cityLat, Lon: cityLon}, 20_000), 10_000, time.Now())
			w.must(err)
			for _, s := range all {
				if kind, _ := sim.LieIn(s.Text); kind != "" && s.Judged != store.JudgedPending {
					by[kind].stored++
					if kind == sim.LieName && s.Article.Edition == s.Language {
						t.Errorf("a name that the source in the same language does not have: %s", s.Text)
					}
				}
			}
		}
	})
	return by, stories
}

// TestLiesOfTheModel measures what becomes of a model's lies. With -v it prints the table of docs/fact-check.md.
func TestLiesOfTheModel(t *testing.T) {
	t.Parallel()
	off, messages := liars(t, false, sim.Lies)
	on, _ := liars(t, true, sim.Lies)
	var table strings.Builder
	table.WriteString("| lie | judge off: places | texts | reached a person | stayed | judge on: places | texts | reached a person | stayed |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, kind := range sim.Lies {
		a, b := off[kind], on[kind]
		fmt.Fprintf(&table, "| %s | %d | %d | %d | %d | %d | %d | %d | %d |\n", kind, a.places, a.written, a.reached, a.stayed, b.places, b.written, b.reached, b.stayed)
		if a.written == 0 || b.written == 0 {
			t.Errorf("no lie of the kind %s was told", kind)
		}
		if b.stayed != 0 || b.stored != 0 {
			t.Errorf("%s: with a judge that sees it, %d messages and %d stories still hold the lie", kind, b.stayed, b.stored)
		}
		// Names are compared only within a language, and superlatives with a sentence that says the same.
		if kind != sim.LieSubtle && kind != sim.LieSuperlative && kind != sim.LieName && (a.reached != 0 || a.stored != 0) {
			t.Errorf("%s: it reached %d people, %d stories hold it", kind, a.reached, a.stored)
		}
	}
	t.Logf("%d messages with stories\n%s", messages, table.String())
}

// The model lies once, in the story that a person waits for, and does not insist.
func TestARewrittenStoryReplacesTheOneThatWasShown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stories := 0
		w := newWorld(t, worldConfig{judge: true, lie: func(string) string {
			if stories++; stories == 1 {
				return sim.LieSubtle
			}
			return ""
		}, object: objectToLies})
		defer w.close()
		p := w.person(1, "en")
		w.waitDone(p.Locate(cityLat, cityLon))
		before := last(p)
		if kind, _ := sim.LieIn(before.Text); kind != sim.LieSubtle {
			t.Fatalf("told is %q", before.Text)
		}
		time.Sleep(10 * time.Minute)
		after := last(p)
		if kind, _ := sim.LieIn(after.Text); kind != "" || after.ID != before.ID || titleOf(after) != titleOf(before) {
			t.Errorf("then it is %q", after.Text)
		}
		words := w.words("en")
		_, line, _ := strings.Cut(words.Say("story.rewritten", "title", "", "text", "|"), "|")
		if !strings.Contains(after.HTML, strings.TrimSpace(line)) || data(after, "vote:") == "" {
			t.Errorf("the message is %s with %v", after.HTML, after.Buttons)
		}
	})
}

// objectToLies is a judge that overlooks nothing, as no real one is.
func objectToLies(_, _, story string) []string {
	if _, sentence := sim.LieIn(story); sentence != "" {
		return []string{sentence}
	}
	return nil
}
