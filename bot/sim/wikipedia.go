package sim

import (
	"net/http"
	"time"
)

// Article is one page of the simulated Wikipedia.
type Article struct {
	PageID         int64
	Language       string
	Title          string
	Lat, Lon       float64
	Type           string
	Dim            int
	QID            string
	Description    string
	Extract        string
	Length         int
	Picture        string
	Disambiguation bool
}

// WikipediaConfig sets a simulated Wikipedia.
type WikipediaConfig struct {
	Articles []Article
	Latency  time.Duration
	// Fault makes the n-th request fail: "429", "503", "html", "ratelimited", "maxlag", "hang", "cut"; "" = none.
	Fault func(n int) string
}

// Wikipedia is the Action API at /w/api.php; the language is the first label of the request's host, or the query parameter "lang".
type Wikipedia struct{ _ int }

// NewWikipedia returns a server. It starts nothing.
func NewWikipedia(cfg WikipediaConfig) *Wikipedia { panic("contract") }

// ServeHTTP is the API.
func (s *Wikipedia) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("contract") }

// WikipediaStats counts requests.
type WikipediaStats struct{ Requests, Searches, Details, Peak int }

// Stats returns the counters.
func (s *Wikipedia) Stats() WikipediaStats { panic("contract") }

// City returns seeded articles clustered round a point: n places in every language given, with the same Q-ids.
func City(seed uint64, lat, lon float64, n int, languages ...string) []Article { panic("contract") }
