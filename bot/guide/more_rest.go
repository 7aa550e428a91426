package guide

import (
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

const (
	// minRest is how many characters of an article must be left to be worth one more text about its place.
	minRest = 1500
	// minSection is the same of one section of which nothing was told.
	minSection = 200
)

// part is what is left of a section.
type part struct {
	wikitext.Section
	whole bool // nothing of the section was told
}

// unused returns what is left of an article after some texts about its place. Each was written from a passage of at most limit characters. A section is
// used if a quote of the text is in it: then it is used as far as the passage went. The intro is always used.
func unused(sections []wikitext.Section, told []*store.Story, limit int) []part {
	rest := make([]part, len(sections))
	for i, s := range sections {
		rest[i] = part{s, s.Heading != ""}
	}
	for _, s := range told {
		var quotes []string
		if s != nil {
			for _, q := range s.Quotes {
				quotes = append(quotes, wikitext.Fold(q))
			}
		}
		for i, n := range wikitext.Portions(bare(rest), limit) {
			text := rest[i].Text[:n]
			if n == 0 || rest[i].Heading != "" && len(quotes) > 0 && !holdsAny(text, quotes) {
				continue
			}
			rest[i].Text, rest[i].whole = strings.TrimSpace(rest[i].Text[n:]), false
		}
	}
	return rest
}

// holdsAny reports whether one of the folded quotes is in the text.
func holdsAny(text string, quotes []string) bool {
	text = wikitext.Fold(text)
	for _, q := range quotes {
		if strings.Contains(text, q) {
			return true
		}
	}
	return false
}

func bare(parts []part) []wikitext.Section {
	sections := make([]wikitext.Section, len(parts))
	for i, p := range parts {
		sections[i] = p.Section
	}
	return sections
}

// enough reports whether what is left is worth one more text.
func enough(rest []part) bool {
	all := 0
	for _, p := range rest {
		n := utf8.RuneCountInString(p.Text)
		if all += n; all >= minRest || p.whole && n >= minSection {
			return true
		}
	}
	return false
}

// nextAspect returns the aspect that can be told after these, 0 if there is none.
func nextAspect(sections []wikitext.Section, told []*store.Story, limit int) int {
	if len(told) > store.MaxAspect || !enough(unused(sections, told, limit)) {
		return 0
	}
	return len(told)
}

// richness remembers which stories have more behind them, because their articles are large. It is emptied when it holds maxRich of them.
type richness struct {
	mu   sync.Mutex
	next map[richKey]int
}

type richKey struct {
	store.StoryKey
	created time.Time
}

const maxRich = 10_000

func (r *richness) get(s *store.Story) (next int, ok bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	next, ok = r.next[richKey{s.StoryKey, s.Created}]
	return next, ok
}

func (r *richness) put(s *store.Story, next int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.next == nil || len(r.next) >= maxRich {
		r.next = make(map[richKey]int)
	}
	r.next[richKey{s.StoryKey, s.Created}] = next
}
