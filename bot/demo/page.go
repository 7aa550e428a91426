package demo

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"sync"

	"excursobot/bot/app"
	"excursobot/bot/sim"
	"excursobot/bot/web"
	"excursobot/geo/places"
)

//go:embed page
var pageFiles embed.FS

// Bounds of the demo's page.
const (
	maxPeople  = 1000    // the simulated Telegram never forgets a chat
	maxBody    = 8 << 10 // bytes of a request
	maxText    = 2000    // bytes of one message typed
	livePeriod = 3600    // seconds for which a live location is shared
)

// languages are those that the page speaks.
var languages = []string{"en", "ru"}

// pageServer serves the page and plays people in the simulated Telegram on its behalf.
type pageServer struct {
	stage   *demoWorld
	cities  []places.City
	numbers func() botNumbers

	mu       sync.Mutex
	people   map[int64]*sim.Person
	watchers map[int64][]chan sim.Event // by chat
}

func newPageServer(s *demoWorld, pack *places.Pack, numbers func() botNumbers) *pageServer {
	d := &pageServer{
		stage: s, cities: pack.Cities(), numbers: numbers,
		people: map[int64]*sim.Person{}, watchers: map[int64][]chan sim.Event{},
	}
	s.telegram.Subscribe(d.tell) // for as long as the process lives
	return d
}

// routes adds the page to the mux. Requests must name a loopback host and come from the page itself, so that no
// web site that is open in the same browser can play along.
func (d *pageServer) routes(mux *http.ServeMux) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the path is a constant
	}
	inner := http.NewServeMux()
	inner.Handle("GET /{$}", http.FileServerFS(files))
	inner.Handle("GET /{file}", http.FileServerFS(files))
	inner.HandleFunc("GET /demo/stage", d.serveStage)
	inner.HandleFunc("GET /demo/menu", d.serveMenu)
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
func (d *pageServer) serveStage(w http.ResponseWriter, _ *http.Request) {
	type spot struct {
		Names map[string]string `json:"names"`
		Lat   float64           `json:"lat"`
		Lon   float64           `json:"lon"`
	}
	type city struct {
		ID    string            `json:"id"`
		Names map[string]string `json:"names"`
		Spots []spot            `json:"spots"`
	}
	var cities []city
	for _, c := range d.cities {
		out := city{ID: c.ID, Names: c.Names}
		for _, p := range c.Places {
			out.Spots = append(out.Spots, spot{p.Names, p.Point.Lat, p.Point.Lon})
		}
		cities = append(cities, out)
	}
	web.WriteJSON(w, http.StatusOK, map[string]any{
		"cities": cities, "realModel": d.stage.realModel, "realWikipedia": d.stage.realWikipedia,
		"shared": livePeriod, "version": app.Version(),
	})
}

// serveMenu returns the commands that the bot gave to Telegram. It gives them some seconds after its start.
func (d *pageServer) serveMenu(w http.ResponseWriter, r *http.Request) {
	web.WriteJSON(w, http.StatusOK, d.stage.telegram.Menu(r.URL.Query().Get("language")))
}

// serveJoin makes a person who has never spoken to the bot, or gives one who is known another phone's language.
func (d *pageServer) serveJoin(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Language string `json:"language"`
		Person   int64  `json:"person"` // who joined before; one who is not known, because the demo began anew, joins as somebody new
	}
	if !readAsk(w, r, &ask) {
		return
	}
	if !slices.Contains(languages, ask.Language) {
		http.Error(w, "language must be ru or en", http.StatusBadRequest)
		return
	}
	id, ok := d.join(ask.Person, ask.Language)
	if !ok {
		http.Error(w, "the demo has no room for more people; start it again", http.StatusServiceUnavailable)
		return
	}
	web.WriteJSON(w, http.StatusOK, map[string]int64{"person": id})
}

// join returns the id of the person, or of a new one if there is none with that; false if there is no room.
func (d *pageServer) join(id int64, language string) (int64, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.people[id] == nil {
		if len(d.people) >= maxPeople {
			return 0, false
		}
		id = 100_001 + int64(len(d.people)) // looks like an id
	}
	d.people[id] = d.stage.telegram.Person(sim.Profile{ID: id, FirstName: "Demo", LanguageCode: language})
	return id, true
}

func (d *pageServer) person(id int64) *sim.Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[id]
}

// readAsk reads a JSON body, or answers why it can't.
func readAsk(w http.ResponseWriter, r *http.Request, ask any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(ask); err != nil {
		http.Error(w, "not JSON, or too long", http.StatusBadRequest)
		return false
	}
	return true
}
