package sim

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Article is a page of the simulated Wikipedia.
type Article struct {
	PageID         int64
	Language       string
	Title          string
	Lat, Lon       float64
	Type           string // "" = unknown
	Dim            int    // metres; 0 = unknown
	QID            string
	Description    string
	Extract        string // the intro
	Body           string // the sections behind the intro, with headings ("== History =="); "" = the intro is all there is
	Length         int    // bytes of the whole article's wikitext
	Revision       int64
	Edited         time.Time         // of the revision
	Labels         map[string]string // the item's names by language; of all editions of an item the first one with labels counts
	Descriptions   map[string]string // the item's descriptions in other languages than English, as Labels
	English        string            // the item's English description; "" = Description if the article is in English
	Picture        string            // file name; "" = none
	Globe          string            // "" = earth
	Disambiguation bool
}

// WikipediaConfig holds the settings of a simulated Wikipedia.
type WikipediaConfig struct {
	Articles []Article
	Latency  time.Duration
	Extracts int // most extracts in one reply before it continues, default 20; a real server returns fewer when it runs out of time
	// Fault makes the n-th request (from 1) fail: "429", "503", "html", "ratelimited", "maxlag", "hang", "cut"; "warnings" adds a warning to a good
	// answer; "" = no fault.
	Fault func(n int) string
	// PerMinute is how many requests of one User-Agent are answered in a minute, the others get a 429; 0 = all.
	PerMinute int
	Author    string // of all pictures, default "Picture taker"
	// RetryAfter is sent with 429, 503 and maxlag, in seconds; default 5.
	RetryAfter int
}

// Wikipedia is the Action API at /w/api.php, of all editions, of Wikidata and of Commons. The language is the first label of the request's
// host, or the query parameter "lang". It answers list=geosearch, queries with prop= by page id or title, wbgetentities and imageinfo, and
// refuses clients with the default User-Agent.
type Wikipedia struct {
	cfg   WikipediaConfig
	pages map[string]map[int64]*Article // by language and page id

	titles map[string]map[string]*Article // by language and title
	items  map[string][]*Article          // by Q-id
	files  map[string]bool                // pictures that articles show

	mu      sync.Mutex
	running int
	stats   WikipediaStats
	minute  time.Time // when the current minute of PerMinute began
	asked   int       // in it
}

// NewWikipedia returns a server. It starts nothing.
func NewWikipedia(cfg WikipediaConfig) *Wikipedia {
	if cfg.RetryAfter == 0 {
		cfg.RetryAfter = 5
	}
	if cfg.Author == "" {
		cfg.Author = "Picture taker"
	}
	if cfg.Extracts <= 0 {
		cfg.Extracts = extractLimit
	}
	s := &Wikipedia{
		cfg: cfg, pages: map[string]map[int64]*Article{}, titles: map[string]map[string]*Article{},
		items: map[string][]*Article{}, files: map[string]bool{},
	}
	for _, a := range cfg.Articles {
		if s.pages[a.Language] == nil {
			s.pages[a.Language], s.titles[a.Language] = map[int64]*Article{}, map[string]*Article{}
		}
		s.pages[a.Language][a.PageID], s.titles[a.Language][a.Title] = &a, &a
		if a.QID != "" {
			s.items[a.QID] = append(s.items[a.QID], &a)
		}
		if a.Picture != "" {
			s.files[a.Picture] = true
		}
	}
	return s
}

// WikipediaStats counts requests.
type WikipediaStats struct {
	Requests, Peak                               int
	Searches, Details, Articles, Items, Pictures int            // by kind; Articles are whole ones
	Editions                                     map[string]int // searches by edition
}

// Stats returns the counters.
func (s *Wikipedia) Stats() WikipediaStats {
	s.mu.Lock()
	defer s.mu.Unlock()
	stats := s.stats
	stats.Editions = maps.Clone(stats.Editions)
	return stats
}

// ServeHTTP serves the API.
func (s *Wikipedia) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	n := s.begin()
	defer s.end()
	if !pause(r, s.cfg.Latency) {
		return
	}
	var fault string
	if s.cfg.Fault != nil {
		fault = s.cfg.Fault(n)
	}
	if fault == "" && s.tooMany(time.Now()) {
		fault = "429"
	}
	if s.fail(w, r, fault) {
		return
	}
	if r.URL.Path != "/w/api.php" {
		http.NotFound(w, r)
		return
	}
	if agent := r.UserAgent(); agent == "" || strings.HasPrefix(agent, "Go-http-client") {
		http.Error(w, "Please set a user-agent and respect our robot policy", http.StatusForbidden)
		return
	}
	query := r.URL.Query()
	language := query.Get("lang")
	if language == "" {
		language, _, _ = strings.Cut(r.Host, ".")
	}
	reply := s.answer(language, query)
	if fault == "warnings" {
		reply["warnings"] = map[string]any{"main": map[string]string{"warnings": "Subscribe to the mediawiki-api-announce mailing list"}}
	}
	body, err := json.Marshal(reply)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	wikiSend(w, r, body, fault == "cut")
}

// answer returns the reply to a query.
func (s *Wikipedia) answer(language string, query url.Values) map[string]any {
	switch {
	case query.Get("action") == "wbgetentities" && query.Get("format") == "json":
		s.count(func(st *WikipediaStats) { st.Items++ })
		return s.entities(query)
	case query.Get("action") != "query" || query.Get("format") != "json" || query.Get("formatversion") != "2":
		return wikiError("unknown_action", "sim: only action=query&format=json&formatversion=2")
	case query.Get("list") == "geosearch":
		s.count(func(st *WikipediaStats) {
			st.Searches++
			if st.Editions == nil {
				st.Editions = map[string]int{}
			}
			st.Editions[language]++
		})
		return s.search(language, query)
	case strings.Contains(query.Get("prop"), "imageinfo"):
		s.count(func(st *WikipediaStats) { st.Pictures++ })
		return s.imageInfo(query)
	case query.Get("prop") != "" && (query.Get("pageids") != "" || query.Get("titles") != ""):
		s.count(func(st *WikipediaStats) {
			if strings.Contains(query.Get("prop"), "extracts") && query.Get("exintro") == "" {
				st.Articles++
			} else {
				st.Details++
			}
		})
		return s.details(language, query)
	}
	return map[string]any{"batchcomplete": true}
}

// fail answers with the fault and reports whether there was one.
func (s *Wikipedia) fail(w http.ResponseWriter, r *http.Request, fault string) bool {
	later := func() { w.Header().Set("Retry-After", strconv.Itoa(s.cfg.RetryAfter)) }
	switch fault {
	case "429":
		later()
		http.Error(w, "You are making too many requests.", http.StatusTooManyRequests)
	case "503":
		later()
		http.Error(w, "<!DOCTYPE html><title>Wikimedia Error</title>", http.StatusServiceUnavailable)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!DOCTYPE html><html><body>Sign in to the network to go on</body></html>")
	case "ratelimited":
		wikiSendJSON(w, r, wikiError("ratelimited", "You've exceeded your rate limit. Please wait some time and try again."))
	case "maxlag":
		later()
		w.Header().Set("X-Database-Lag", "7")
		wikiSendJSON(w, r, wikiError("maxlag", "Waiting for a database server: 7 seconds lagged."))
	case "hang":
		<-r.Context().Done()
	default:
		return false
	}
	return true
}

func (s *Wikipedia) begin() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running++
	s.stats.Requests++
	s.stats.Peak = max(s.stats.Peak, s.running)
	return s.stats.Requests
}

// tooMany counts a request and reports whether the minute has had enough of them.
func (s *Wikipedia) tooMany(now time.Time) bool {
	if s.cfg.PerMinute <= 0 {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if now.Sub(s.minute) >= time.Minute {
		s.minute, s.asked = now, 0
	}
	s.asked++
	return s.asked > s.cfg.PerMinute
}

func (s *Wikipedia) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running--
}

func (s *Wikipedia) count(fn func(*WikipediaStats)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fn(&s.stats)
}

func wikiError(code, info string) map[string]any {
	return map[string]any{"error": map[string]string{"code": code, "info": info}, "servedby": "sim"}
}

func wikiSendJSON(w http.ResponseWriter, r *http.Request, reply any) {
	body, err := json.Marshal(reply)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	wikiSend(w, r, body, false)
}

// wikiSend writes a JSON body, compressed if the client accepts that; cut breaks the connection half-way.
func wikiSend(w http.ResponseWriter, r *http.Request, body []byte, cut bool) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if cut {
		_, _ = w.Write(body[:len(body)/2])
		panic(http.ErrAbortHandler)
	}
	if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		_, _ = w.Write(body)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	zip := gzip.NewWriter(w)
	_, _ = zip.Write(body)
	_ = zip.Close()
}
