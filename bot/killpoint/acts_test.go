//go:build chaos

package killpoint

import (
	"strings"
	"time"

	"excursobot/bot/sim"
)

// ask makes people do n things, within half a second.
func (r *rampage) ask(n int) {
	for range n {
		switch i := r.rng.IntN(len(r.people) + givers); {
		case i >= len(r.people):
			r.give(r.givers[900+int64(i-len(r.people))])
		case i >= standing:
			r.walk(r.people[i], r.rng.IntN(100))
		default:
			r.stand(r.people[i], r.rng.IntN(100))
		}
		time.Sleep(time.Duration(r.rng.IntN(10)) * time.Millisecond)
	}
}

// somewhere is a point in the city.
func (r *rampage) somewhere() (lat, lon float64) {
	return chaosLat + (r.rng.Float64()-0.5)/200, chaosLon + (r.rng.Float64()-0.5)/200
}

// walk makes a person share a live location, move, or want the next story now.
func (r *rampage) walk(p *sim.Person, dice int) {
	lat, lon := r.somewhere()
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

// stand makes a person ask something.
func (r *rampage) stand(p *sim.Person, dice int) {
	lat, lon := r.somewhere()
	w := r.asked[p]
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
	r.asked[p] = w
	r.updates = append(r.updates, update)
}

// buttonOf returns the person's newest button whose data begins so.
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
