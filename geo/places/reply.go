package places

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// reply is a reply of the Action API in formatversion 2. Missing fields are zero.
type reply struct {
	BatchComplete bool            `json:"batchcomplete"`
	Error         *apiError       `json:"error"`
	Continue      map[string]text `json:"continue"`
	Query         *struct {
		Found []foundPage `json:"geosearch"`
		Pages []page      `json:"pages"`
	} `json:"query"`
	Entities dict[entity] `json:"entities"` // of wbgetentities
}

// foundPage is a hit of list=geosearch. Type and dim are null if the article does not give them.
type foundPage struct {
	PageID int64   `json:"pageid"`
	Title  string  `json:"title"`
	Lat    float64 `json:"lat"`
	Lon    float64 `json:"lon"`
	Type   string  `json:"type"`
	Dim    text    `json:"dim"`
}

// page is a page of prop=extracts|pageprops|pageimages|description|info|coordinates.
type page struct {
	PageID      int64   `json:"pageid"`
	Missing     bool    `json:"missing"`
	Title       string  `json:"title"`
	Length      int     `json:"length"`
	Description string  `json:"description"`
	Extract     *string `json:"extract"` // nil = not in this reply
	URL         string  `json:"fullurl"`
	Revision    int64   `json:"lastrevid"`
	Touched     moment  `json:"touched"` // the last edit, or a later change of a template
	Picture     string  `json:"pageimage"`
	Props       *struct {
		QID            string  `json:"wikibase_item"`
		Disambiguation *string `json:"disambiguation"` // present and empty on such a page
	} `json:"pageprops"`
	Thumbnail *struct {
		Source string `json:"source"`
	} `json:"thumbnail"`
	Coordinates []struct {
		Lat   float64 `json:"lat"`
		Lon   float64 `json:"lon"`
		Globe string  `json:"globe"`
		Type  string  `json:"type"`
		Dim   text    `json:"dim"`
	} `json:"coordinates"`
	Images []struct {
		Page string `json:"descriptionurl"`
		Meta dict[struct {
			Value loose `json:"value"`
		}] `json:"extmetadata"`
	} `json:"imageinfo"`
}

// dict is an object whose empty form may be an array, as PHP writes it.
type dict[T any] map[string]T

// UnmarshalJSON accepts an object, or an array, which counts as empty.
func (d *dict[T]) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '[' {
		return nil
	}
	return json.Unmarshal(b, (*map[string]T)(d))
}

// moment is a time that may be missing or unreadable, which is zero.
type moment struct{ time.Time }

// UnmarshalJSON never fails: no answer is worth less because of it.
func (m *moment) UnmarshalJSON(b []byte) error {
	if t, err := time.Parse(`"`+time.RFC3339+`"`, string(b)); err == nil {
		m.Time = t
	}
	return nil
}

// text is a string or a number in its decimal form: the API sends dim as 100 or as "100".
type text string

// UnmarshalJSON accepts strings, numbers and null.
func (t *text) UnmarshalJSON(b []byte) error {
	switch {
	case string(b) == "null":
		return nil
	case b[0] == '"':
		return json.Unmarshal(b, (*string)(t))
	case b[0] == '{' || b[0] == '[':
		return errors.New("a string or number expected")
	}
	*t = text(b)
	return nil
}

// loose is a string or a number, or "" for anything else.
type loose string

// UnmarshalJSON never fails: no answer is worth less because of a value that nobody needs.
func (l *loose) UnmarshalJSON(b []byte) error {
	var t text
	if t.UnmarshalJSON(b) == nil {
		*l = loose(t)
	}
	return nil
}

// metres returns the number, or 0 if it is not a positive number of a possible size.
func (t text) metres() int {
	v, err := strconv.ParseFloat(string(t), 64)
	if err != nil || !(v > 0 && v < 1e9) {
		return 0
	}
	return int(v)
}

// apiError comes with HTTP 200.
type apiError struct {
	Code string `json:"code"`
	Info string `json:"info"`
}

func (e *apiError) Error() string {
	return fmt.Sprintf("%s: %s", clean(e.Code, 60), clean(e.Info, 200))
}

// overload reports whether Wikipedia asks for fewer requests.
func (e *apiError) overload() bool { return e.Code == "ratelimited" }

// transient reports whether the error is on Wikipedia's side and may not happen again.
func (e *apiError) transient() bool {
	return strings.HasPrefix(e.Code, "internal_api_error") || e.Code == "readonly" || e.Code == "unknownerror"
}

// decode parses a reply. It refuses a body with neither an answer nor an error, or a proxy's `{}` would be stored as an empty tile.
func decode(body []byte) (*reply, error) {
	var r reply
	if err := json.Unmarshal(body, &r); err != nil {
		if trimmed := strings.TrimSpace(string(body[:min(len(body), 100)])); strings.HasPrefix(trimmed, "<") {
			return nil, errors.New("HTML instead of JSON")
		}
		return nil, fmt.Errorf("decode reply: %w", err)
	}
	if r.Error != nil {
		return nil, r.Error
	}
	if r.Query == nil && !r.BatchComplete && r.Entities == nil {
		return nil, errors.New("reply without an answer")
	}
	return &r, nil
}

// found returns the hits of a search.
func (r *reply) found() []foundPage {
	if r.Query == nil {
		return nil
	}
	return r.Query.Found
}

// mergePages adds the fields of the reply to the pages read so far: a continued reply brings one part at a time.
func (r *reply) mergePages(into map[int64]*page) {
	if r.Query == nil {
		return
	}
	for _, p := range r.Query.Pages {
		known := into[p.PageID]
		if known == nil {
			into[p.PageID] = &p
			continue
		}
		known.Missing = known.Missing || p.Missing
		known.Title = cmp.Or(known.Title, p.Title)
		known.Length = cmp.Or(known.Length, p.Length)
		known.Description = cmp.Or(known.Description, p.Description)
		known.Extract = cmp.Or(known.Extract, p.Extract)
		known.URL = cmp.Or(known.URL, p.URL)
		known.Props = cmp.Or(known.Props, p.Props)
		known.Revision = cmp.Or(known.Revision, p.Revision)
		known.Touched = cmp.Or(known.Touched, p.Touched)
		known.Picture = cmp.Or(known.Picture, p.Picture)
		known.Thumbnail = cmp.Or(known.Thumbnail, p.Thumbnail)
		if len(known.Coordinates) == 0 {
			known.Coordinates = p.Coordinates
		}
	}
}

// clean returns text from outside without control characters other than new lines and without invisible ones, cut to limit characters.
func clean(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r == utf8.RuneError || r >= utf8.RuneSelf && steers(r) {
			return -1
		}
		return r
	}, s)
	if utf8.RuneCountInString(s) > limit {
		s = string([]rune(s)[:limit])
	}
	return strings.TrimSpace(s)
}
