//go:build chaos

package killpoint

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"math"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

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
	for _, point := range r.moves {
		a.points[point]++
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
	r.auditMove(&a)
	r.auditSecrets(&a)
	return a
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

// auditMove wants the store that was moved to be a sound one that holds the same.
func (r *rampage) auditMove(a *audit) {
	if len(r.moves) == 0 {
		return
	}
	var lines [2][]byte
	for i, name := range []string{"excursobot.db", "moved.db"} {
		path := filepath.Join(r.dir, name)
		cmd := exec.Command(r.bin, "export", "--from", path) //nolint:gosec // built just now
		cmd.Env = r.env
		var err error
		if lines[i], err = cmd.Output(); err != nil {
			a.fault("export of %s: %v", name, err)
		}
		if err := boltstore.Verify(r.t.Context(), path); err != nil {
			a.fault("%s: %v", name, err)
		}
	}
	if len(lines[0]) == 0 || !bytes.Equal(lines[0], lines[1]) {
		a.fault("the store that was moved differs: %d bytes of %d", len(lines[1]), len(lines[0]))
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
