package loadtest

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strings"
	"time"

	"excursobot/bot/monitor"
	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/limiter"
)

// Walks that tell what the walker passes go along the streets of a town whose sights stand on a grid, 35 m beside the streets.
const (
	gridSide    = 14
	gridSpacing = 120.0 // metres
	streetAside = 35.0  // metres from the sights
	passReach   = 60.0  // metres within which a walker passes a sight
	passGap     = 2 * time.Minute
	passWide    = 120.0 // metres to the side of the way within which a sight is ahead
	passAhead   = 600.0 // metres along the way within which it is
	passSpeed   = 1.4   // metres per second
)

// town is the middle of the grid, far from the places of the pack.
var town = geo.Point{Lat: 56.52, Lon: 39.03}

// grid returns the articles of the town.
func grid(seed uint64) []sim.Article {
	return sim.Grid(seed, town.Lat, town.Lon, gridSide, gridSpacing, "ru", "en", "fr")
}

// spot is a position of a walker as the bot was told of it.
type spot struct {
	time   time.Time
	point  geo.Point
	course float64
}

// stroll walks along the streets until ctx ends, and turns at random at the crossings. It returns the way.
func (p *person) stroll(ctx context.Context, rec *recorder, step, delay time.Duration) (way []spot) {
	if limiter.Sleep(ctx, delay) != nil {
		return nil
	}
	const reach = gridSpacing * (gridSide/2 - 1)
	block := func() float64 { return gridSpacing * float64(p.rng.IntN(gridSide-3)-(gridSide-4)/2) }
	p.at = geo.Offset(geo.Offset(town, 0, block()+streetAside-gridSpacing/2), 90, block()+streetAside-gridSpacing/2)
	p.heading = float64(p.rng.IntN(4)) * 90
	rec.follow(p.id, passGap)
	_, p.share = p.Share(p.at.Lat, p.at.Lon, 8*3600)
	way = append(way, spot{time.Now(), p.at, p.heading})
	left := gridSpacing
	steps := time.NewTicker(step)
	defer steps.Stop()
	for {
		select {
		case <-ctx.Done():
			return way
		case <-steps.C:
			metres := passSpeed * step.Seconds()
			if left -= metres; left <= 0 {
				p.at = geo.Offset(p.at, p.heading, metres+left) // to the crossing
				metres, left = -left, left+gridSpacing
				turns := []float64{0, 0, 90, -90}
				p.heading += turns[p.rng.IntN(len(turns))]
				for range 4 {
					if geo.Distance(town, geo.Offset(p.at, p.heading, gridSpacing)) < reach {
						break
					}
					p.heading += 90
				}
			}
			p.at = geo.Offset(p.at, p.heading, metres)
			way = append(way, spot{time.Now(), p.at, p.heading})
			p.Move(p.share, p.at.Lat, p.at.Lon, inTelegram(p.heading))
			rec.moves.Add(1)
		}
	}
}

// inTelegram returns a direction as Telegram sends it: 1 to 360, because 0 is unknown.
func inTelegram(degrees float64) int { return (int(degrees)%360+719)%360 + 1 }

// passFigures are the figures of walks that tell what the walkers pass.
type passFigures struct {
	Lateness monitor.Latency // from the position within reach of a sight to its story, seconds
	Behind   int             // stories of sights behind the walker while another one was ahead
	Passed   int             // sights that came within reach untold, when the gap was over
	Told     int             // of these
	Metres   float64
	Stories  int
	cases    []string // of Behind, in words
}

// figures compares the stories of a walk with its way.
func (f *passFigures) add(way []spot, stories []story, sights []geo.Point) (late []time.Duration) {
	told := map[int]time.Time{}
	var times []time.Time
	for _, s := range stories {
		i := sightOf(s.place, sights)
		if i < 0 {
			continue
		}
		told[i] = s.at
		times = append(times, s.at)
		f.Stories++
		if k := positionAt(way, s.at); !s.first && k > 0 && behindWhileAhead(way[k], i, sights, told) {
			f.Behind++
			f.cases = append(f.cases, caseOf(way[:k+1], s, sights[i]))
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	for i := range way[1:] {
		f.Metres += geo.Distance(way[i].point, way[i+1].point)
	}
	for i, sight := range sights {
		for k := 1; k < len(way); k++ {
			if geo.Distance(way[k].point, sight) > passReach || geo.Distance(way[k-1].point, sight) <= passReach {
				continue
			}
			entered := way[k].time
			if at, heard := told[i]; heard && at.Before(entered) || !gapOver(times, entered) {
				continue // heard before, or the gap is not over
			}
			left := entered
			for n := k; n < len(way) && geo.Distance(way[n].point, sight) <= passReach; n++ {
				left = way[n].time
			}
			if left.Equal(way[len(way)-1].time) {
				continue // the walk ended there
			}
			at, heard := told[i]
			switch {
			case heard && at.Before(left.Add(5*time.Second)):
				f.Told++
				f.Passed++
				late = append(late, at.Sub(entered))
			case slices.ContainsFunc(times, func(t time.Time) bool { return !t.Before(entered) && t.Before(left.Add(5*time.Second)) }):
				// another one was told there, and then the gap was not over
			default:
				f.Passed++
			}
		}
	}
	return late
}

// gapOver reports whether no story came within the gap before t.
func gapOver(times []time.Time, t time.Time) bool {
	for _, told := range times {
		if told.Before(t) && t.Sub(told) < passGap {
			return false
		}
	}
	return len(times) > 0 && times[0].Before(t)
}

// positionAt returns the index of the position that was sent last before t.
func positionAt(way []spot, t time.Time) int {
	k, found := slices.BinarySearchFunc(way, t, func(a spot, t time.Time) int { return a.time.Compare(t) })
	if !found {
		k--
	}
	return k
}

// caseOf describes a story of a sight behind the walker, whose way so far is given.
func caseOf(way []spot, s story, sight geo.Point) string {
	here := len(way) - 1
	corner := here
	for corner > 0 && way[corner-1].course == way[here].course {
		corner--
	}
	along, aside := way[here].split(sight)
	return fmt.Sprintf("story %d told of a sight %.0f m behind and %.0f m aside, %d positions and %.1f s after a corner of %.0f°",
		s.number, -along, aside, here-corner, s.at.Sub(way[corner].time).Seconds(), geo.Turn(way[here].course, way[max(corner-1, 0)].course))
}

// split returns how far a point lies ahead of the walker and to the side, in metres. Behind is negative.
func (w spot) split(p geo.Point) (along, aside float64) {
	sin, cos := math.Sincos(geo.Turn(geo.Bearing(w.point, p), w.course) * math.Pi / 180)
	d := geo.Distance(w.point, p)
	return d * cos, math.Abs(d * sin)
}

// behindWhileAhead reports whether the told sight lies behind the walker while an untold one lies ahead. A sight beside the walker is not behind.
func behindWhileAhead(walker spot, sight int, sights []geo.Point, told map[int]time.Time) bool {
	const beside = 15 // metres: two steps
	if along, _ := walker.split(sights[sight]); along > -beside {
		return false
	}
	for i, p := range sights {
		if _, heard := told[i]; heard {
			continue
		}
		if along, aside := walker.split(p); along > 0 && along <= passAhead && aside <= passWide {
			return true
		}
	}
	return false
}

// sightOf returns the sight that a story's link shows, -1 = none.
func sightOf(link string, sights []geo.Point) int {
	u, err := url.Parse(link)
	if err != nil {
		return -1
	}
	var p geo.Point
	if n, err := fmt.Sscanf(strings.ReplaceAll(u.Query().Get("query"), ",", " "), "%g %g", &p.Lat, &p.Lon); err != nil || n != 2 {
		return -1
	}
	for i, s := range sights {
		if geo.Distance(s, p) < 5 {
			return i
		}
	}
	return -1
}

// sightsOf returns the points of the articles, each once.
func sightsOf(articles []sim.Article) (sights []geo.Point) {
	seen := map[string]bool{}
	for _, a := range articles {
		if !seen[a.QID] {
			seen[a.QID] = true
			sights = append(sights, geo.Point{Lat: a.Lat, Lon: a.Lon})
		}
	}
	return sights
}

// passFigures returns the figures of all walks, whose ways are by chat.
func (r *recorder) passFigures(ways map[int64][]spot, sights []geo.Point) passFigures {
	r.mu.Lock()
	defer r.mu.Unlock()
	var f passFigures
	var late []time.Duration
	for chat, w := range r.walks {
		if way := ways[chat]; len(way) > 1 {
			slices.SortFunc(w.stories, func(a, b story) int { return cmp.Compare(a.number, b.number) })
			late = append(late, f.add(way, w.stories, sights)...)
		}
	}
	f.Lateness = monitor.LatencyOf(late)
	return f
}

func (f passFigures) rows() [][2]string {
	share := 0.0
	if f.Passed > 0 {
		share = 100 * float64(f.Told) / float64(f.Passed)
	}
	return [][2]string{
		{"from the position within 60 m to the story p50 / p95 / p99, s", f.Lateness.String()},
		{"stories; per km", fmt.Sprintf("%d; %.1f", f.Stories, 1000*float64(f.Stories)/max(f.Metres, 1))},
		{"of untold sights passed when the gap was over, told", fmt.Sprintf("%d of %d, %.0f %%", f.Told, f.Passed, share)},
		{"told behind the walker while something was ahead", fmt.Sprint(f.Behind)},
	}
}
