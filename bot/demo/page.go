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
	maxText    = 2000    // bytes of a message
	livePeriod = 3600    // seconds of a live location
)

// languages are the languages of the page.
var languages = []string{"en", "ru"}

// pageServer serves the page and acts for its people in the simulated Telegram.
type pageServer struct {
	world   *demoWorld
	cities  []places.City
	numbers func() botNumbers
	pack    makePack

	mu       sync.Mutex
	people   map[int64]*sim.Person
	watchers map[int64][]chan sim.Event // by chat
}

func newPageServer(s *demoWorld, pack *places.Pack, numbers func() botNumbers) *pageServer {
	d := &pageServer{
		world: s, cities: pack.Cities(), numbers: numbers,
		people: map[int64]*sim.Person{}, watchers: map[int64][]chan sim.Event{},
	}
	s.telegram.Subscribe(d.publish) // until the process ends
	return d
}

// routes adds the page to the mux. Requests must name a loopback host and come from the page itself, so that other web sites in the same browser
// cannot use the demo.
func (d *pageServer) routes(mux *http.ServeMux) {
	files, err := fs.Sub(pageFiles, "page")
	if err != nil {
		panic(err) // the path is a constant
	}
	inner := http.NewServeMux()
	inner.Handle("GET /{$}", http.FileServerFS(files))
	inner.Handle("GET /{file}", http.FileServerFS(files))
	inner.HandleFunc("GET /demo/world", d.serveWorld)
	inner.HandleFunc("GET /demo/menu", d.serveMenu)
	inner.HandleFunc("GET /demo/events", d.serveEvents)
	inner.HandleFunc("GET /demo/file", d.serveFile)
	inner.HandleFunc("GET /demo/pack", d.servePack)
	inner.HandleFunc("GET /demo/picture/{id}", d.servePicture)
	inner.HandleFunc("POST /demo/join", d.serveJoin)
	inner.HandleFunc("POST /demo/act", d.serveAct)
	inner.HandleFunc("POST /demo/elsewhere", d.serveElsewhere)
	mux.Handle("/", http.NewCrossOriginProtection().Handler(guarded(inner)))
}

// guarded forbids the page to load anything from other hosts, and refuses requests under other host names, which may resolve to this machine.
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

// serveWorld returns the cities with their places, and what is simulated.
func (d *pageServer) serveWorld(w http.ResponseWriter, _ *http.Request) {
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
		"cities": cities, "realModel": d.world.realModel, "realWikipedia": d.world.realWikipedia, "realSpeech": d.world.realSpeech,
		"shared": livePeriod, "pictures": d.world.pictures, "bot": d.world.telegram.Username(), "version": app.Version(),
	})
}

// serveMenu returns the commands that the bot has registered at Telegram. It does so some seconds after its start.
func (d *pageServer) serveMenu(w http.ResponseWriter, r *http.Request) {
	web.WriteJSON(w, http.StatusOK, d.world.telegram.Menu(r.URL.Query().Get("language")))
}

// serveJoin creates a person who is new to the bot, or changes the language of a known person's phone.
func (d *pageServer) serveJoin(w http.ResponseWriter, r *http.Request) {
	var ask struct {
		Language string `json:"language"`
		Person   int64  `json:"person"` // who joined before; an unknown id, after a restart of the demo, gives a new person
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

// join returns the id of the person, or of a new person if the id is unknown. It returns false if there are too many people.
func (d *pageServer) join(id int64, language string) (int64, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.people[id] == nil {
		if len(d.people) >= maxPeople {
			return 0, false
		}
		id = 100_001 + int64(len(d.people)) // looks like a real id
	}
	d.people[id] = d.world.telegram.Person(sim.Profile{ID: id, FirstName: "Demo", LanguageCode: language})
	return id, true
}

func (d *pageServer) person(id int64) *sim.Person {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.people[id]
}

// readAsk decodes a JSON body. If it cannot, it answers with the error and returns false.
func readAsk(w http.ResponseWriter, r *http.Request, ask any) bool {
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(ask); err != nil {
		http.Error(w, "not JSON, or too long", http.StatusBadRequest)
		return false
	}
	return true
}
