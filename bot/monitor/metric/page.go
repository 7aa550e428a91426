package metric

import (
	"bytes"
	"cmp"
	"maps"
	"slices"
	"strings"
)

// ContentType is that of a Page.
const ContentType = "text/plain; version=0.0.4; charset=utf-8"

// Desc describes a family whose numbers are read for each Page.
type Desc struct {
	name, help string
	labels     []string
}

// NewDesc returns the description of a family.
func NewDesc(name, help string, labels ...string) *Desc {
	return &Desc{name: name, help: help, labels: labels}
}

// Page collects families for one answer.
type Page struct{ families map[string]*written }

// written is a family on its way to the page.
type written struct {
	help, kind string
	lines      []string
}

// Gauge adds a number that goes up and down.
func (p *Page) Gauge(d *Desc, v float64, values ...string) { p.add(d, gauge, v, values) }

// Counter adds a number that only grows.
func (p *Page) Counter(d *Desc, v float64, values ...string) { p.add(d, counter, v, values) }

func (p *Page) add(d *Desc, kind string, v float64, values []string) {
	p.line(d.name, d.help, kind, d.name, pairs(d.labels, values), number(v))
}

// Add adds the series of a family.
func (p *Page) Add(f *Family) {
	f.mu.RLock()
	all := maps.Clone(f.series)
	f.mu.RUnlock()
	for _, labels := range slices.Sorted(maps.Keys(all)) {
		s := all[labels]
		if f.kind != histogram {
			p.line(f.name, f.help, f.kind, f.name, labels, number(s.total()))
			continue
		}
		// The sum is read first: values that come meanwhile are in the buckets alone, and no quantile is above what was counted.
		sum, n := s.total(), uint64(0)
		for i := range s.buckets {
			bound := "+Inf"
			if i < len(s.bounds) {
				bound = number(s.bounds[i])
			}
			n += s.buckets[i].Load()
			p.line(f.name, f.help, f.kind, f.name+"_bucket", strings.TrimPrefix(labels+`,le="`+bound+`"`, ","), number(float64(n)))
		}
		p.line(f.name, f.help, f.kind, f.name+"_sum", labels, number(sum))
		p.line(f.name, f.help, f.kind, f.name+"_count", labels, number(float64(n)))
	}
}

func (p *Page) line(family, help, kind, name, labels, value string) {
	if p.families == nil {
		p.families = map[string]*written{}
	}
	w := p.families[family]
	if w == nil {
		w = &written{help: help, kind: kind}
		p.families[family] = w
	}
	if labels != "" {
		labels = "{" + labels + "}"
	}
	w.lines = append(w.lines, name+labels+" "+value+"\n")
}

// Names returns the names of the families, ordered.
func (p *Page) Names() []string { return slices.SortedFunc(maps.Keys(p.families), cmp.Compare) }

// Bytes returns the page, its families ordered by name.
func (p *Page) Bytes() []byte {
	var b bytes.Buffer
	for _, name := range p.Names() {
		w := p.families[name]
		b.WriteString("# HELP " + name + " " + helpful.Replace(w.help) + "\n# TYPE " + name + " " + w.kind + "\n")
		for _, line := range w.lines {
			b.WriteString(line)
		}
	}
	return b.Bytes()
}

// helpful makes a text fit for a line of help.
var helpful = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
