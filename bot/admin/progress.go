package admin

import (
	"fmt"
	"io"
	"time"

	"excursobot/bot/config"
)

// progressEvery is the time between two lines, of which a terminal shows the last one only.
const progressEvery = 2 * time.Second

// progress counts rows for a person who waits.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	every    time.Duration

	label string
	done  int
	shown time.Time
}

func newProgress(w io.Writer, what string) *progress {
	p := &progress{w: w, terminal: config.IsTerminal(w), what: what, every: progressEvery, shown: time.Now()}
	if p.terminal {
		p.every = progressEvery / 20
	}
	return p
}

// add counts n more rows under a label. Another label begins at 0.
func (p *progress) add(label string, n int) {
	if p.label != label {
		p.label, p.done = label, 0
	}
	p.done += n
	if now := time.Now(); now.Sub(p.shown) >= p.every {
		p.shown = now
		form := "%s: %d rows %s\n"
		if p.terminal {
			form = "\r\x1b[K%s: %d rows %s"
		}
		fmt.Fprintf(p.w, form, p.what, p.done, p.label)
	}
}

// set shows the number of rows that are done.
func (p *progress) set(label string, done int) {
	if p.label == label {
		p.add(label, done-p.done)
		return
	}
	p.add(label, done)
}

// end removes the line of a terminal.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
