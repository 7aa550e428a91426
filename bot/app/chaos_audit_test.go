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

	"excursobot/bot/sim"
	"excursobot/store/boltstore"
)

// audit is what a rampage left.
type audit struct {
	crashes  map[string]int
	asked    int // requests and commands of the people who stand
	answers  int // messages that are answers to them
	silent   int // people with fewer answers than requests
	undone   int // updates that the store does not know as done
	left     int // in the inbox
	parked   int // tried too often, and told so
	twice    int // messages that came once more: a crash between send and commit
	stale    int // cards without a story: a crash between the card and its note
	walks    int
	told     int // stories of walks
	gaps     int // numbers of a walk's stories that are missing
	repeated int // or that came twice: a crash between send and commit
	faults   []string
}

const auditHead = "seed  crashes (at a point)  asked  answers  silent  undone  left  parked  twice  stale cards  walks  stories  gaps  repeated"

func (a *audit) row(name string) string {
	named, all := 0, 0
	for point, n := range a.crashes {
		all += n
		if point != "random" {
			named += n
		}
	}
	return fmt.Sprintf("%4s  %7d (%7d)  %5d  %7d  %6d  %6d  %4d  %6d  %5d  %11d  %5d  %7d  %4d  %8d", name, all, named,
		a.asked, a.answers, a.silent, a.undone, a.left, a.parked, a.twice, a.stale, a.walks, a.told, a.gaps, a.repeated)
}

func (a *audit) add(b audit) {
	if a.crashes == nil {
		a.crashes = map[string]int{}
	}
	for point, n := range b.crashes {
		a.crashes[point] += n
	}
	a.asked += b.asked
	a.answers += b.answers
	a.silent += b.silent
	a.undone += b.undone
	a.left += b.left
	a.parked += b.parked
	a.twice += b.twice
	a.stale += b.stale
	a.walks += b.walks
	a.told += b.told
	a.gaps += b.gaps
	a.repeated += b.repeated
}

func (a *audit) fault(format string, args ...any) {
	a.faults = append(a.faults, fmt.Sprintf(format, args...))
}

// audit looks at what people got and at the store.
func (r *rampage) audit() audit {
	a := audit{crashes: r.crashes}
	ends := 0
	for _, n := range r.crashes {
		ends += n
	}
	for i, p := range r.people {
		if i < standing {
			r.auditPerson(&a, i, p, ends)
		} else {
			r.auditWalk(&a, i, p, ends)
		}
	}
	r.auditStore(&a)
	r.auditBackups(&a)
	for _, secret := range []string{chaosToken, strings.SplitN(chaosToken, ":", 2)[1], chaosKey, webhookSecret(chaosToken)} {
		if strings.Contains(r.output.String(), secret) {
			a.fault("a secret was printed: %.6s...", secret)
		}
	}
	if strings.Contains(r.output.String(), "DATA RACE") || strings.Contains(r.output.String(), "goroutine ") {
		a.fault("the bot printed a stack")
	}
	return a
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

// auditPerson wants an answer to each question, and no place twice but where a crash fell between the send and its commit: then that message
// comes once more before any other.
func (r *rampage) auditPerson(a *audit, i int, p *sim.Person, ends int) {
	answers, twice, stale := 0, 0, 0
	told, last := map[string]int{}, ""
	for _, m := range p.Messages() {
		if !m.FromBot || m.Method != "sendMessage" { // pins are no answers
			continue
		}
		if isCard(m) {
			stale++
			continue
		}
		answers++
		_, title, ok := titleOf(m)
		if !ok {
			continue
		}
		if told[title]++; told[title] > 1 {
			twice++
			if title != last {
				a.fault("person %d: %q was told again after another place", i+1, title)
			}
		}
		last = title
	}
	a.asked += r.asked[p]
	a.answers += answers
	a.twice += twice
	a.stale += stale
	if twice+stale > ends {
		a.fault("person %d: %d places told twice and %d cards without a story in %d crashes", i+1, twice, stale, ends)
	}
	if answers < r.asked[p]+twice {
		a.silent++
		a.fault("person %d asked %d times and got %d answers, %d of them twice", i+1, r.asked[p], answers, twice)
	}
}

// auditWalk wants the stories numbered without a gap, and a number or a place twice only as above.
func (r *rampage) auditWalk(a *audit, i int, p *sim.Person, ends int) {
	if _, walks := r.walkers[p]; !walks {
		return
	}
	a.walks++
	told, numbers := map[string]int{}, map[int]int{}
	last := 0
	for _, m := range p.Messages() {
		if m.FromBot && isCard(m) {
			a.stale++
		}
		number, title, ok := titleOf(m)
		if !m.FromBot || !ok {
			continue
		}
		told[title]++
		numbers[number]++
		last = max(last, number)
		a.told++
	}
	twice, repeated := again(told), again(numbers)
	a.twice += twice
	a.repeated += repeated
	if max(twice, repeated) > ends {
		a.fault("walk of person %d: %d places and %d numbers twice in %d crashes", i+1, twice, repeated, ends)
	}
	for n := 1; n <= last; n++ {
		if numbers[n] == 0 {
			a.gaps++
			a.fault("walk of person %d: story %d of %d is missing", i+1, n, last)
		}
	}
}

// again counts what is there more than once, each time above the first.
func again[K comparable](counts map[K]int) int {
	n := 0
	for _, c := range counts {
		n += c - 1
	}
	return n
}

func (r *rampage) auditStore(a *audit) {
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

// points names the points at which there were crashes.
func (a *audit) points() string {
	var list []string
	for _, point := range slices.Sorted(maps.Keys(a.crashes)) {
		list = append(list, fmt.Sprintf("%s %d", point, a.crashes[point]))
	}
	return strings.Join(list, ", ")
}

// transcript is what everybody saw.
func (r *rampage) transcript() string {
	var b strings.Builder
	for i, p := range r.people {
		fmt.Fprintf(&b, "== person %d\n", i+1)
		for _, m := range p.Messages() {
			who := "person"
			if m.FromBot {
				who = "bot"
			}
			fmt.Fprintf(&b, "%d %s %s %s %.60q edits %d\n", m.ID, m.At.Format("05.000"), who, m.Method, m.Text, m.Edits)
		}
	}
	return b.String()
}
