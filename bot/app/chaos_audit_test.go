//go:build chaos

package app

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/sim"
	"excursobot/bot/text"
	"excursobot/store/boltstore"
)

// audit is what a rampage left.
type audit struct {
	points map[string]int // crashes
	again  []int          // stories told once more, for each crash
	asked  int            // requests and commands of the people who stand
	silent int            // of those, without an answer
	undone int            // updates that the store does not know as done
	left   int            // in the inbox
	parked int            // tried too often, and told so
	stale  int            // cards without a story: a crash between the card and its note, or an answer of Telegram's that was lost
	walks  int
	told   int // stories of walks
	gaps   int // numbers of a walk's stories that are missing
	// Gifts, and those kept wrongly, and those without thanks.
	gifts, miscounted, unthanked int
	faults                       []string
}

const auditHead = "| seed | crashes | at a point | asked | silent | undone | left | parked | once more | worst | stale cards | walks | stories | gaps | gifts | miscounted | unthanked | |\n" +
	"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"

func (a *audit) row(name, kind string) string {
	all, named := 0, 0
	for point, n := range a.points {
		all += n
		if point != "random" {
			named += n
		}
	}
	cells := []any{name}
	for _, n := range []int{
		all, named, a.asked, a.silent, a.undone, a.left, a.parked, sum(a.again), most(a.again), a.stale, a.walks, a.told, a.gaps,
		a.gifts, a.miscounted, a.unthanked,
	} {
		cells = append(cells, n)
	}
	return fmt.Sprintf("|"+strings.Repeat(" %v |", len(cells)+1), append(cells, kind)...)
}

func (a *audit) add(b audit) {
	if a.points == nil {
		a.points = map[string]int{}
	}
	for point, n := range b.points {
		a.points[point] += n
	}
	a.again = append(a.again, b.again...)
	a.asked += b.asked
	a.silent += b.silent
	a.undone += b.undone
	a.left += b.left
	a.parked += b.parked
	a.stale += b.stale
	a.walks += b.walks
	a.told += b.told
	a.gaps += b.gaps
	a.gifts += b.gifts
	a.miscounted += b.miscounted
	a.unthanked += b.unthanked
}

// named says at which points there were crashes.
func (a *audit) named() string {
	var list []string
	for _, point := range slices.Sorted(maps.Keys(a.points)) {
		list = append(list, fmt.Sprintf("%s %d", point, a.points[point]))
	}
	return strings.Join(list, ", ")
}

// spread says how many crashes had how many stories told once more.
func (a *audit) spread() string {
	counts := map[int]int{}
	for _, n := range a.again {
		counts[n]++
	}
	var list []string
	for _, n := range slices.Sorted(maps.Keys(counts)) {
		list = append(list, fmt.Sprintf("%d after %d crashes", n, counts[n]))
	}
	return strings.Join(list, ", ")
}

func sum(list []int) int {
	n := 0
	for _, v := range list {
		n += v
	}
	return n
}

func most(list []int) int {
	n := 0
	for _, v := range list {
		n = max(n, v)
	}
	return n
}

func (a *audit) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

// audit looks at what people got and at the store.
func (r *rampage) audit() audit {
	a := audit{points: map[string]int{}, again: make([]int, len(r.crashes))}
	for _, c := range r.crashes {
		a.points[c.point]++
	}
	catalog, err := text.Load()
	if err != nil {
		r.t.Fatal(err)
	}
	words := catalog.Words("en")
	for i, p := range r.people {
		if i < standing {
			r.auditPerson(&a, words, i, p)
		} else {
			r.auditWalk(&a, words, i, p)
		}
	}
	r.auditStore(&a, words)
	r.auditBackups(&a)
	r.auditSecrets(&a)
	return a
}

// auditSecrets searches everything that the bot printed and showed.
func (r *rampage) auditSecrets(a *audit) {
	_, half, _ := strings.Cut(chaosToken, ":")
	for place, text := range map[string]string{"standard output": r.out.String(), "standard error": r.errs.String(), "its pages": r.pages.String()} {
		for _, secret := range []string{chaosToken, half, chaosKey, chaosDashboard, chaosHook, webhookSecret(chaosToken)} {
			if strings.Contains(text, secret) {
				a.fault("a secret is in %s: %.12s...", place, secret)
			}
		}
		for _, stack := range []string{"DATA RACE", "goroutine ", `"stack"`} {
			if strings.Contains(text, stack) {
				a.fault("a stack is in %s", place)
			}
		}
	}
	if !strings.Contains(r.pages.String(), "excursobot_ready 1") {
		a.fault("the pages were not seen")
	}
	for _, line := range strings.Split(strings.TrimSpace(r.errs.String()), "\n") {
		if line != "" && !strings.HasPrefix(line, "chaos: ") && !strings.HasPrefix(line, "excursobot: backup ") {
			a.fault("on standard error: %s", line)
		}
	}
}

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
	if missing := max(0, w.stories-stories-sentences) + max(0, w.helps-helps); missing > 0 {
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

func (r *rampage) auditStore(a *audit, words *text.Words) {
	ctx := r.t.Context()
	path := filepath.Join(r.dir, "excursobot.db")
	if err := boltstore.Verify(ctx, path); err != nil {
		a.fault("the store: %v", err)
		return
	}
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		a.fault("the store: %v", err)
		return
	}
	pending, err1 := s.Pending(ctx, math.MinInt64, 10_000)
	parked, err2 := s.Parked(ctx)
	a.left, a.parked = len(pending), len(parked)
	for _, e := range pending {
		a.fault("left in the inbox: update %d, try %d: %.200s", e.Update, e.Tries, e.Raw)
	}
	for _, update := range r.updates {
		done, err := s.Done(ctx, update)
		if err != nil {
			a.fault("the store: %v", err)
			break
		}
		if !done && update != 0 {
			a.undone++
			a.fault("update %d is not done", update)
		}
	}
	r.auditMoney(a, s, words)
	if err := errors.Join(err1, err2, s.Close()); err != nil {
		a.fault("the store: %v", err)
	}
}

// auditBackups wants every file with a backup's name to be a whole one.
func (r *rampage) auditBackups(a *audit) {
	dir := filepath.Join(r.dir, backupDir)
	names, err := backups(dir)
	if err != nil || len(names) == 0 {
		a.fault("backups: %v, %v", names, err)
	}
	for _, name := range names {
		if err := boltstore.Verify(r.t.Context(), filepath.Join(dir, name)); err != nil {
			a.fault("backup: %v", err)
		}
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
