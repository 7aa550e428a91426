package admin

import (
	"fmt"
	"io"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/pack"
)

// packBar shows how far a collection is: a bar with the time left on a terminal, else a line now and then.
type packBar struct {
	w        io.Writer
	terminal bool
	every    time.Duration
	now      func() time.Time

	step  string
	began time.Time
	first int // done when the step was first shown: a repeated command begins in the middle
	shown time.Time
}

func newPackBar(w io.Writer) *packBar {
	b := &packBar{w: w, terminal: config.IsTerminal(w), every: 10 * time.Second, now: time.Now}
	if b.terminal {
		b.every = progressEvery / 20
	}
	return b
}

func (b *packBar) show(p pack.Progress) {
	now := b.now()
	if p.Step != b.step {
		b.step, b.began, b.first = p.Step, now, p.Done
	}
	if now.Sub(b.shown) < b.every && p.Done < p.All {
		return
	}
	b.shown = now
	line := fmt.Sprintf("%s %d of %d, %d requests%s", p.Step, p.Done, p.All, p.Requests, b.left(p, now))
	if !b.terminal {
		fmt.Fprintln(b.w, "pack: "+line)
		return
	}
	const width = 24
	full := 0
	if p.All > 0 {
		full = width * p.Done / p.All
	}
	fmt.Fprintf(b.w, "\r\x1b[K[%s%s] %s", strings.Repeat("#", full), strings.Repeat(".", width-full), line)
}

// left returns how long the step will take from now, as long as it is known.
func (b *packBar) left(p pack.Progress, now time.Time) string {
	done, took := p.Done-b.first, now.Sub(b.began)
	if done <= 0 || took < time.Second || p.Done >= p.All {
		return ""
	}
	left := time.Duration(float64(took) / float64(done) * float64(p.All-p.Done))
	return ", " + left.Round(time.Second).String() + " left"
}

// end removes the line of a terminal.
func (b *packBar) end() {
	if b.terminal {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
