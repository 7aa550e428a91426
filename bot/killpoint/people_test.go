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

// storyTitle finds the title of a card or a story: the line above the distance.
var storyTitle = regexp.MustCompile(`^(?:(\d+)\. )?(.+)\n(?:À )?\d[\d,.]* (?:m|km|м|км)(?:\s|$)`)

// titleOf returns the place of a story and its number in a walk (0 = none); ok only of stories.
func titleOf(m sim.Message) (number int, title string, ok bool) {
	found := storyTitle.FindStringSubmatch(m.Text)
	if found == nil || len(m.Buttons) == 0 {
		return 0, "", false
	}
	number, _ = strconv.Atoi(found[1])
	return number, found[2], true
}

// isCard reports whether the message is a card whose story has not come.
func isCard(m sim.Message) bool { return len(m.Buttons) == 0 && storyTitle.MatchString(m.Text) }

// lastChanged returns the time of a message's last text.
func lastChanged(m sim.Message) time.Time {
	if m.EditedAt.IsZero() {
		return m.At
	}
	return m.EditedAt
}

// attribute assigns a repeated story to a crash: the first crash after the story had been told, which must lie before the repetition. A crash may
// repeat one story for each person, because a person's stories are told one after the other.
func (r *crashRun) attribute(a *audit, who string, used map[int]bool, first, again sim.Message) {
	i := slices.IndexFunc(r.crashes, func(c crash) bool { return c.at.After(lastChanged(first)) })
	switch {
	case i < 0 || r.crashes[i].at.After(again.At):
		a.fault("%s: %.40q was repeated without a crash in between", who, again.Text)
	case used[i]:
		a.fault("%s: two stories were repeated after one crash, the second is %.40q", who, again.Text)
	default:
		used[i] = true
		a.repeats[i]++
	}
}

// auditPerson checks that each question has an answer. A place may be repeated only as attribute allows, and before any other place.
func (r *crashRun) auditPerson(a *audit, words *text.Words, i int, p *sim.Person) {
	who := fmt.Sprint("person ", i+1)
	places, used := map[string]sim.Message{}, map[int]bool{}
	stories, helps, sentences, cards, last := 0, 0, 0, 0, ""
	for _, m := range p.Messages() {
		if !m.FromBot || m.Method != "sendMessage" { // a pin is not an answer
			continue
		}
		_, title, isStory := titleOf(m)
		first, known := places[title]
		switch {
		case isCard(m):
			cards++
		case strings.HasPrefix(m.HTML, words.Say("help.text")):
			helps++
		case m.Text == words.Plain("error.maybe"): // sent in addition to a message whose answer was lost
		case !isStory: // "nothing found" or an apology
			sentences++
		case !known:
			stories++
			places[title] = m
			last = title
		case title != last:
			a.fault("%s: %q was told again after another place", who, title)
		default:
			r.attribute(a, who, used, first, m)
			places[title] = m
		}
	}
	w := r.expected[p]
	a.asked += w.stories + w.helps
	a.staleCards += cards
	if missing := max(0, w.stories-stories) + max(0, w.helps-helps) - sentences; missing > 0 {
		a.unanswered += missing
		a.fault("%s asked for %d stories and got %d, and %d sentences; for help %d times and got it %d times", who, w.stories, stories, sentences, w.helps, helps)
	}
	if cards > len(r.crashes)+r.cuts {
		a.fault("%s has %d cards without a story", who, cards)
	}
}

// auditWalk checks that the stories of a walk are numbered without a gap, that a number is repeated only as attribute allows and with the same place,
// that no place is told twice, and that the end was announced. If the clock is set, a walk may end early and begin again with the next step.
func (r *crashRun) auditWalk(a *audit, words *text.Words, i int, p *sim.Person) {
	if _, walks := r.walkers[p]; !walks {
		return
	}
	a.walks++
	who := fmt.Sprint("the walk of person ", i+1)
	numbers, titles, used := map[int]sim.Message{}, map[string]sim.Message{}, map[int]bool{}
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
			a.staleCards++
			continue
		case !ok:
			for _, key := range []string{"live.end_stopped", "live.end_period"} {
				if strings.HasPrefix(m.Text, words.Plain(key)) {
					ended = true
					count()
				}
			}
			continue
		case number == 0: // "next" after the end is a single story
			continue
		case ended && !r.plan.clock:
			a.fault("%s: %q was told after its end", who, title)
		}
		a.stories++
		first, twice := numbers[number]
		_, firstTitle, _ := titleOf(first)
		before, told := titles[title]
		switch {
		case twice && firstTitle != title:
			a.fault("%s: story %d is about %q and about %q", who, number, firstTitle, title)
		case twice:
			r.attribute(a, who, used, first, m)
		case told:
			a.fault("%s: %.60q came after %.60q", who, m.Text, before.Text)
		}
		numbers[number], titles[title] = m, m
	}
	count()
	if !ended {
		a.fault("%s: its end was not announced", who)
	}
}

// auditApologies counts the messages that tell people of a failure. The poisonous update gets one. An answer of Telegram that was lost has a sentence of
// its own, because the message may be there.
func (r *crashRun) auditApologies(a *audit, words *text.Words) {
	sorry := func(p *sim.Person) int {
		return countOf(p, words.Plain("error.internal")) + countOf(p, words.Plain("error.broken"))
	}
	people := append(slices.Clone(r.people), slices.Collect(maps.Values(r.donors))...)
	for _, s := range r.strollers {
		people = append(people, s.Person)
	}
	maybe := 0
	for _, p := range people {
		if n := sorry(p); n > 0 {
			a.apologies += n
			a.fault("person %d got %d apologies for updates that ended no process", p.ID(), n)
		}
		maybe += countOf(p, words.Plain("error.maybe"))
	}
	if maybe > r.cuts {
		a.fault("%d people were told of lost answers, and %d were lost", maybe, r.cuts)
	}
	if r.poison == nil {
		return
	}
	a.poisonous++
	if n := sorry(r.poison); n != 1 {
		a.fault("the poisonous update got %d apologies, want 1", n)
	}
}

// transcript returns all chats as text.
func (r *crashRun) transcript() string {
	var b strings.Builder
	for i, c := range r.crashes {
		fmt.Fprintf(&b, "== crash %d at %s %s\n", i+1, c.point, c.at.Format("05.000"))
	}
	people := slices.Clone(r.people)
	for _, id := range slices.Sorted(maps.Keys(r.donors)) {
		people = append(people, r.donors[id])
	}
	for _, s := range r.strollers {
		people = append(people, s.Person)
	}
	for i, p := range people {
		fmt.Fprintf(&b, "== person %d, %d\n", i+1, p.ID())
		for _, m := range p.Messages() {
			who := "person"
			if m.FromBot {
				who = "bot"
			}
			fmt.Fprintf(&b, "%d %s %s %s %.60q edits %d %s\n", m.ID, m.At.Format("05.000"), who, m.Method, m.Text, m.Edits, lastChanged(m).Format("05.000"))
		}
	}
	return b.String()
}
