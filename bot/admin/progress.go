package admin

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"excursobot/bot/config"
)

const (
	barWidth = 30
	barEvery = 100 * time.Millisecond // between two drawings of the bar
)

// progress shows how much of something is done: a bar on a terminal, a line for each tenth elsewhere.
type progress struct {
	w        io.Writer
	terminal bool
	what     string
	total    int

	mu    sync.Mutex
	done  int
	tenth int       // written last
	drawn time.Time // when the bar was drawn last
}

func newProgress(w io.Writer, what string, total int) *progress {
	return &progress{w: w, terminal: config.IsTerminal(w), what: what, total: total}
}

// add counts n more of the kind that label names.
func (p *progress) add(label string, n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	part := 1.0
	if p.total > p.done {
		part = float64(p.done) / float64(p.total)
	}
	if p.terminal {
		if now := time.Now(); now.Sub(p.drawn) >= barEvery || part == 1 {
			p.drawn = now
			full := int(part * barWidth)
			fmt.Fprintf(p.w, "\r\x1b[K%s [%s%s] %3.0f %% %d of %d, %s", p.what, strings.Repeat("#", full), strings.Repeat(".", barWidth-full), part*100, p.done, p.total, label)
		}
		return
	}
	if tenth := int(part * 10); tenth > p.tenth {
		p.tenth = tenth
		fmt.Fprintf(p.w, "%s: %d %%, %d of %d, %s\n", p.what, tenth*10, p.done, p.total, label)
	}
}

// end takes the bar away.
func (p *progress) end() {
	if p.terminal {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}
