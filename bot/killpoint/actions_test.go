//go:build chaos

package killpoint

import (
	"strings"
	"time"

	"excursobot/bot/sim"
)

// act lets people do n things within half a second.
func (r *crashRun) act(n int) {
	for range n {
		switch i := r.rng.IntN(len(r.people) + donorCount + len(r.strollers)); {
		case i >= len(r.people)+donorCount:
			r.strollOn(r.strollers[i-len(r.people)-donorCount], r.rng.IntN(100))
		case i >= len(r.people):
			r.donate(r.donors[900+int64(i-len(r.people))])
		case i >= askerCount:
			r.walkOn(r.people[i], r.rng.IntN(100))
		default:
			r.askSomething(r.people[i], r.rng.IntN(100))
		}
		time.Sleep(time.Duration(r.rng.IntN(10)) * time.Millisecond)
	}
}

// randomPoint returns a point in the city.
func (r *crashRun) randomPoint() (lat, lon float64) {
	return cityLat + (r.rng.Float64()-0.5)/200, cityLon + (r.rng.Float64()-0.5)/200
}

// walkOn lets a person share a live location, move, or ask for the next story now.
func (r *crashRun) walkOn(p *sim.Person, dice int) {
	lat, lon := r.randomPoint()
	message, walks := r.walkers[p]
	if !walks {
		update, message := p.Share(lat, lon, 3600)
		r.walkers[p] = message
		r.updates = append(r.updates, update)
		return
	}
	if m, data := buttonOf(p, "next:"); dice < 10 && data != "" {
		r.updates = append(r.updates, p.Press(m, data))
		return
	}
	p.Move(message, lat, lon, 90)
}

// askSomething lets a person send a command, press a button or send a location.
func (r *crashRun) askSomething(p *sim.Person, dice int) {
	lat, lon := r.randomPoint()
	w := r.expected[p]
	m, data := buttonOf(p, "more:")
	var update int64
	switch {
	case dice < 10:
		update = p.Say("/help")
		w.helps++
	case dice < 30 && data != "":
		update = p.Press(m, data)
		w.stories++
	default:
		update = p.Locate(lat, lon)
		w.stories++
	}
	r.expected[p] = w
	r.updates = append(r.updates, update)
}

// buttonOf returns the person's newest button whose data has the prefix.
func buttonOf(p *sim.Person, prefix string) (message int, data string) {
	for _, m := range p.Messages() {
		for _, row := range m.Buttons {
			for _, b := range row {
				if strings.HasPrefix(b.Data, prefix) {
					message, data = m.ID, b.Data
				}
			}
		}
	}
	return message, data
}
