//go:build chaos

package killpoint

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
)

var storyTitle = regexp.MustCompile(`^(?:(\d+)\. )?(.+?) · `)

// titleOf returns the place of a story and its number in a walk (0 = none); ok only of stories.
func titleOf(m sim.Message) (number int, title string, ok bool) {
	found := storyTitle.FindStringSubmatch(m.Text)
	if found == nil || len(m.Buttons) == 0 {
		return 0, "", false
	}
	number, _ = strconv.Atoi(found[1])
	return number, found[2], true
}

// isCard says whether the message still promises a story.
func isCard(m sim.Message) bool { return len(m.Buttons) == 0 && storyTitle.MatchString(m.Text) }

// became is when a message got its last text.
func became(m sim.Message) time.Time {
	if m.EditedAt.IsZero() {
		return m.At
	}
	return m.EditedAt
}

// blame counts a story that was told once more for the crash that lay between, the first one after it had been told. It may have one for each
// person: their stories come one after the other.
func (r *rampage) blame(a *audit, who string, blamed map[int]bool, first, again sim.Message) {
	i := slices.IndexFunc(r.crashes, func(c crash) bool { return c.at.After(became(first)) })
	switch {
	case i < 0 || r.crashes[i].at.After(again.At):
		a.fault("%s: %.40q was told once more, and no crash lies between", who, again.Text)
	case blamed[i]:
		a.fault("%s: two stories were told once more because of one crash, the second is %.40q", who, again.Text)
	default:
		blamed[i] = true
		a.again[i]++
	}
}

// auditPerson wants an answer to each question, and no place told once more but as blame says, and then before any other.
func (r *rampage) auditPerson(a *audit, words *text.Words, i int, p *sim.Person) {
	who := fmt.Sprint("person ", i+1)
	places, blamed := map[string]sim.Message{}, map[int]bool{}
	stories, helps, sentences, stale, last := 0, 0, 0, 0, ""
	for _, m := range p.Messages() {
		if !m.FromBot || m.Method != "sendMessage" { // pins are no answers
			continue
		}
		_, title, isStory := titleOf(m)
		first, known := places[title]
		switch {
		case isCard(m):
			stale++
		case strings.HasPrefix(m.HTML, words.Say("help.text")):
			helps++
		case m.Text == words.Plain("error.maybe"): // beside what Telegram's answer was lost to
		case !isStory: // an honest one, or an apology
			sentences++
		case !known:
			stories++
			places[title] = m
			last = title
		case title != last:
			a.fault("%s: %q was told again after another place", who, title)
		default:
			r.blame(a, who, blamed, first, m)
			places[title] = m
		}
	}
	w := r.asked[p]
	a.asked += w.stories + w.helps
	a.stale += stale
	if missing := max(0, w.stories-stories) + max(0, w.helps-helps) - sentences; missing > 0 {
		a.silent += missing
		a.fault("%s asked for %d stories and got %d, and %d sentences; for help %d times and got it %d times", who, w.stories, stories, sentences, w.helps, helps)
	}
	if stale > len(r.crashes)+r.cuts {
		a.fault("%s has %d cards without a story", who, stale)
	}
}

// auditWalk wants the stories numbered without a gap, a number twice only as above, and then about the same place; no place twice; and the end
// said. Where the clock is set a walk may end early, be forgotten, and begin anew with the next step.
func (r *rampage) auditWalk(a *audit, words *text.Words, i int, p *sim.Person) {
	if _, walks := r.walkers[p]; !walks {
		return
	}
	a.walks++
	who := fmt.Sprint("the walk of person ", i+1)
	numbers, titles, blamed := map[int]sim.Message{}, map[string]sim.Message{}, map[int]bool{}
	ended := false
	count := func() {
		for n := range slices.Max(append(slices.Collect(maps.Keys(numbers)), 0)) {
			if _, ok := numbers[n+1]; !ok {
				a.gaps++
				a.fault("%s: story %d is missing", who, n+1)
			}
		}
		clear(numbers)
	}
	for _, m := range p.Messages() {
		number, title, ok := titleOf(m)
		switch {
		case !m.FromBot:
			continue
		case isCard(m):
			a.stale++
			continue
		case !ok:
			for _, key := range []string{"live.end_stopped", "live.end_period"} {
				if strings.HasPrefix(m.Text, words.Plain(key)) {
					ended = true
					count()
				}
			}
			continue
		case number == 0: // "next" after the end is one more where the story was
			continue
		case ended && !r.weather.clock:
			a.fault("%s: %q was told after its end", who, title)
		}
		a.told++
		first, twice := numbers[number]
		_, firstTitle, _ := titleOf(first)
		before, heard := titles[title]
		switch {
		case twice && firstTitle != title:
			a.fault("%s: story %d is about %q and about %q", who, number, firstTitle, title)
		case twice:
			r.blame(a, who, blamed, first, m)
		case heard:
			a.fault("%s: %.60q came after %.60q", who, m.Text, before.Text)
		}
		numbers[number], titles[title] = m, m
	}
	count()
	if !ended {
		a.fault("%s: nothing was said at its end", who)
	}
}

// transcript is what everybody saw.
func (r *rampage) transcript() string {
	var b strings.Builder
	for i, c := range r.crashes {
		fmt.Fprintf(&b, "== crash %d at %s %s\n", i+1, c.point, c.at.Format("05.000"))
	}
	people := slices.Clone(r.people)
	for _, id := range slices.Sorted(maps.Keys(r.givers)) {
		people = append(people, r.givers[id])
	}
	for i, p := range people {
		fmt.Fprintf(&b, "== person %d\n", i+1)
		for _, m := range p.Messages() {
			who := "person"
			if m.FromBot {
				who = "bot"
			}
			fmt.Fprintf(&b, "%d %s %s %s %.60q edits %d %s\n", m.ID, m.At.Format("05.000"), who, m.Method, m.Text, m.Edits, became(m).Format("05.000"))
		}
	}
	return b.String()
}
