//go:build chaos

package killpoint

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"excursobot/bot/text"
	"excursobot/store/boltstore"
)

// audit is the result of a crash run.
type audit struct {
	points      map[string]int // crashes by point
	repeats     []int          // repeated stories, for each crash
	asked       int            // requests and commands of the people who do not walk
	unanswered  int            // of those, without an answer
	undone      int            // updates that the store has not marked as done
	left        int            // entries in the inbox
	deadLetters int            // updates that became dead letters, without the poisonous ones
	apologies   int            // for a failure, to people whose updates are not poisonous
	poisonous   int            // updates
	staleCards  int            // cards without a story, because of a crash before the card was stored or a lost answer of Telegram
	walks       int
	stories     int // of walks
	gaps        int // missing numbers of walks' stories
	tours       int // and of their stops, those that were told
	stops       int
	// Payments, wrongly stored payments, and payments without thanks.
	gifts, miscounted, unthanked int
	faults                       []string
}

// auditHead is the head of the table. docs/chaos.md shows its last line, the totals.
const auditHead = "| seed | crashes | at a point | asked | unanswered | undone | left | dead letters | apologies | poisonous | repeated | worst | stale cards | walks | stories | gaps | tours | stops | gifts | miscounted | unthanked | |\n" +
	"| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- |"

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
		all, named, a.asked, a.unanswered, a.undone, a.left, a.deadLetters, a.apologies, a.poisonous, sum(a.repeats), most(a.repeats), a.staleCards, a.walks, a.stories, a.gaps, a.tours, a.stops,
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
	a.repeats = append(a.repeats, b.repeats...)
	a.asked += b.asked
	a.unanswered += b.unanswered
	a.undone += b.undone
	a.left += b.left
	a.deadLetters += b.deadLetters
	a.apologies += b.apologies
	a.poisonous += b.poisonous
	a.staleCards += b.staleCards
	a.walks += b.walks
	a.stories += b.stories
	a.gaps += b.gaps
	a.tours += b.tours
	a.stops += b.stops
	a.gifts += b.gifts
	a.miscounted += b.miscounted
	a.unthanked += b.unthanked
}

// named lists the crashes by point.
func (a *audit) named() string {
	var list []string
	for _, point := range slices.Sorted(maps.Keys(a.points)) {
		list = append(list, fmt.Sprintf("%s %d", point, a.points[point]))
	}
	return strings.Join(list, ", ")
}

// spread lists how many crashes led to how many repeated stories.
func (a *audit) spread() string {
	counts := map[int]int{}
	for _, n := range a.repeats {
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

// audit checks people's chats, the store, its backups and the bot's output.
func (r *crashRun) audit() audit {
	a := audit{points: map[string]int{}, repeats: make([]int, len(r.crashes))}
	for _, c := range r.crashes {
		a.points[c.point]++
	}
	for _, point := range r.moveKills {
		a.points[point]++
	}
	words := r.words
	for i, p := range r.people {
		if i < askerCount {
			r.auditPerson(&a, words, i, p)
		} else {
			r.auditWalk(&a, words, i, p)
		}
	}
	for _, s := range r.strollers {
		if s.tours {
			r.auditTour(&a, s)
		} else {
			r.auditWalk(&a, words, int(s.ID())-1, s.Person)
		}
	}
	r.auditStore(&a, words)
	r.auditApologies(&a, words)
	r.auditBackups(&a)
	r.auditMove(&a)
	r.auditSecrets(&a)
	return a
}

func (r *crashRun) auditStore(a *audit, words *text.Words) {
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
	letters, err2 := s.DeadLetters(ctx)
	a.left = len(pending)
	poisoned := 0
	for _, e := range letters {
		if e.Chat == poisoner {
			poisoned++
			continue
		}
		a.deadLetters++
		a.fault("an innocent update became a dead letter: %d, tries %d: %.200s", e.Update, e.Tries, e.Raw)
	}
	if r.poison != nil && poisoned != 1 {
		a.fault("%d dead letters of the poisonous update, want 1", poisoned)
	}
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

// auditMove checks that the moved store is sound and holds the same records.
func (r *crashRun) auditMove(a *audit) {
	if len(r.moveKills) == 0 {
		return
	}
	var lines [2][]byte
	for i, name := range []string{"excursobot.db", "moved.db"} {
		path := filepath.Join(r.dir, name)
		cmd := exec.Command(r.bin, "export", "--from", path) //nolint:gosec // built just now
		cmd.Env = r.env
		export, err := cmd.Output()
		if err != nil {
			a.fault("export of %s: %v", name, err)
		}
		lines[i] = recordsOf(export)
		if err := boltstore.Verify(r.t.Context(), path); err != nil {
			a.fault("%s: %v", name, err)
		}
	}
	if len(lines[0]) == 0 || !bytes.Equal(lines[0], lines[1]) {
		a.fault("the store that was moved differs: %d bytes of %d: %s", len(lines[1]), len(lines[0]), firstDifference(lines[0], lines[1]))
	}
}

// recordsOf returns the lines of an export without the first one, which says when it was made.
func recordsOf(export []byte) []byte {
	zip, err := gzip.NewReader(bytes.NewReader(export))
	if err != nil {
		return []byte(err.Error())
	}
	lines, err := io.ReadAll(zip)
	if err != nil {
		return []byte(err.Error())
	}
	_, records, _ := bytes.Cut(lines, []byte("\n"))
	return records
}

// firstDifference returns the first lines in which two exports differ.
func firstDifference(a, b []byte) string {
	one, other := bytes.Split(a, []byte("\n")), bytes.Split(b, []byte("\n"))
	for i := range min(len(one), len(other)) {
		if !bytes.Equal(one[i], other[i]) {
			return fmt.Sprintf("%.500s\n%.500s", one[i], other[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(one), len(other))
}

// auditBackups checks that every file with a backup's name is complete.
func (r *crashRun) auditBackups(a *audit) {
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
