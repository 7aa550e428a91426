package app

import (
	"embed"
	"encoding/json"
	"io/fs"
	"math"
	"net"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"

	"excursobot/bot/sim"
	"excursobot/geo"
	"excursobot/geo/places"
)

//go:embed demo
var demoFiles embed.FS

// Bounds of the demo's page.
const (
	demoPeople = 1000    // the simulated Telegram never forgets a chat
	demoBody   = 8 << 10 // bytes of a request
	demoText   = 2000    // bytes of one message typed
	demoWalk   = 3600    // seconds for which a live location is shared
)

// demoPage serves the page and plays people in the simulated Telegram on its behalf.
type demoPage struct {
	stage  *stage
	cities []places.City
	joined atomic.Int64 // people so far

	mu       sync.Mutex
	people   map[int64]*sim.Person
	watchers map[int64][]chan sim.Event // by chat
}

func newDemoPage(s *stage, pack *places.Pack) *demoPage {
	d := &demoPage{stage: s, cities: pack.Cities(), people: map[int64]*sim.Person{}, watchers: map[int64][]chan sim.Event{}}
	s.telegram.Subscribe(d.tell) // for as long as the process lives
	return d
}

// routes adds the page to the mux. Requests must name a loopback host and come from the page itself, so that no
// web site that is open in the same browser can play along.
func (d *demoPage) routes(mux *http.ServeMux) {
	files, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		panic(err) // the path is a constant
	}
	inner := http.NewServeMux()
	inner.Handle("GET /{$}", http.FileServerFS(files))
	inner.Handle("GET /demo.css", http.FileServerFS(files))
	inner.Handle("GET /demo.js", http.FileServerFS(files))
	inner.Handle("GET /demo.svg", http.FileServerFS(files))
	inner.HandleFunc("GET /demo/stage", d.serveStage)
	inner.HandleFunc("GET /demo/events", d.serveEvents)
	inner.HandleFunc("GET /demo/file", d.serveFile)
	inner.HandleFunc("POST /demo/join", d.serveJoin)
	inner.HandleFunc("POST /demo/act", d.serveAct)
	mux.Handle("/", http.NewCrossOriginProtection().Handler(guarded(inner)))
}

// guarded lets the page load nothing from elsewhere and keeps names that only resolve to this machine out.
func guarded(next http.Handler) http.Handler {
	const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if host != "localhost" && host != "127.0.0.1" {
			http.Error(w, "the demo answers at 127.0.0.1 and localhost only", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// serveStage says where one can stand and what is simulated.
func (d *demoPage) serveStage(w http.ResponseWriter, _ *http.Request) {
	type spot struct {
		Names    map[string]string `json:"names"`
		Lat, Lon float64
	}
	type city struct {
		Names map[string]string `json:"names"`
		Spots []spot            `json:"spots"`
	}
	var cities []city
	for _, c := range d.cities {
		out := city{Names: c.Names}
		for _, p := range c.Places {
			out.Spots = append(out.Spots, spot{p.Names, p.Point.Lat, p.Point.Lon})
		}
		cities = append(cities, out)
	}
	writeJSON(w, http.StatusOK, map[string]any{
		"cities": cities, "realModel": d.stage.realModel, "realWikipedia": d.stage.realWikipedia, "version": version(),
	})
}

// serveJoin makes a person who has never spoken to the bot.
func (d *demoPage) serveJoin(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Language string `json:"language"`
	}
	if !readAsk(w, r, &ask) {
		return
	}
	if !slices.Contains([]string{"ru", "en"}, ask.Language) {
		http.Error(w, "language must be ru or en", http.StatusBadRequest)
		return
	}
	id := d.joined.Add(1)
	if id > demoPeople {
		http.Error(w, "the demo has no room for more people; start it again", http.StatusServiceUnavailable)
		return
	}
	id += 100_000 // looks like an id
	person := d.stage.telegram.Person(sim.Profile{ID: id, FirstName: "Demo", LanguageCode: ask.Language})
	d.mu.Lock()
	d.people[id] = person
	d.mu.Unlock()
	writeJSON(w, http.StatusOK, map[string]int64{"person": id})
}

// serveAct does what a person can do in a chat: send a location or a text, share a location and walk, or press a button.
func (d *demoPage) serveAct(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Person  int64    `json:"person"`
		Lat     *float64 `json:"lat"`
		Lon     *float64 `json:"lon"`
		Text    string   `json:"text"`
		Message int      `json:"message"`
		Data    string   `json:"data"`
		Share   bool     `json:"share"` // begin to share a live location
		Walk    int      `json:"walk"`  // the message of one: without a point the sharing ends
	}
	if !readAsk(w, r, &ask) {
		return
	}
	person := d.person(ask.Person)
	if person == nil {
		http.Error(w, "unknown person; reload the page", http.StatusNotFound)
		return
	}
	switch {
	case ask.Lat != nil && ask.Lon != nil:
		p := geo.Point{Lat: *ask.Lat, Lon: *ask.Lon}
		if !p.Valid() || math.IsNaN(p.Lat) || math.IsNaN(p.Lon) {
			http.Error(w, "latitude is -90 to 90, longitude -180 to 180", http.StatusBadRequest)
			return
		}
		if ask.Share {
			_, message := person.Share(p.Lat, p.Lon, demoWalk)
			writeJSON(w, http.StatusOK, map[string]int{"walk": message})
			return
		}
		if ask.Walk == 0 {
			person.Locate(p.Lat, p.Lon)
		} else if person.Move(ask.Walk, p.Lat, p.Lon, 0) == 0 {
			http.Error(w, "that location is not shared any more", http.StatusNotFound)
			return
		}
	case ask.Walk != 0:
		person.StopSharing(ask.Walk)
	case ask.Message != 0 && ask.Data != "":
		if person.Press(ask.Message, ask.Data) == 0 {
			http.Error(w, "that message has no such button any more", http.StatusNotFound)
			return
		}
	case ask.Text != "" && len(ask.Text) <= demoText:
		person.Say(ask.Text)
	default:
		http.Error(w, "send a location, a text of up to 2000 bytes or a button", http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (d *demoPage) person(id int64) *sim.Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[id]
}

// readAsk reads a JSON body, or answers why it can't.
func readAsk(w http.ResponseWriter, r *http.Request, ask any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, demoBody)).Decode(ask); err != nil {
		http.Error(w, "not JSON, or too long", http.StatusBadRequest)
		return false
	}
	return true
}
