package maplink

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"excursobot/geo"
)

// verdictKind tells what a link carries.
type verdictKind uint8

const (
	nothing verdictKind = iota // it is not a link of a map service, or this reader found nothing
	hidden                     // it does not carry its place
	view                       // the centre of a part of a map
	exact                      // places
)

// verdict is what a link, or a part of it, carries.
type verdict struct {
	kind   verdictKind
	places []place // of an exact one or a view, which has one place; an exact one may carry several
}

func exactly(places ...place) verdict { return verdict{exact, places} }

// link is a parsed address. All parts are decoded.
type link struct {
	scheme   string
	host     string   // in lower case, without port, user, "www." and "m."; empty if the scheme has none
	opaque   string   // the host as it is written: schemes of apps put places there
	path     string   // without the slash at its beginning
	parts    []string // of the path; they may be empty
	query    url.Values
	fragment string
	raw      string // everything behind the host, not decoded

	named bool // it names a place or words to search for, so a view is only near it
	route bool // it is a route, whose view says nothing
}

// maxNested bounds links inside links.
const maxNested = 2

// parseLink returns the places that an address carries. Nothing is fetched.
func parseLink(address string) verdict { return parseNested(address, 0) }

func parseNested(address string, depth int) verdict {
	l, ok := splitLink(address)
	if !ok || depth > maxNested {
		return verdict{}
	}
	for i := range services {
		s := &services[i]
		if !s.serves(l) {
			continue
		}
		if inner := s.inner(l); inner != "" {
			if v := parseNested(inner, depth+1); v.kind != nothing {
				return v
			}
		}
		if s.redirects {
			return verdict{}
		}
		return s.readLink(l)
	}
	return verdict{}
}

// readLink asks the readers of a service in order. A place at 0,0 is what apps write if they have no place.
func (s *service) readLink(l *link) verdict {
	for _, read := range s.read {
		v := read(l)
		if v.kind == view && l.route {
			continue
		}
		if v.kind == exact || v.kind == view {
			v.places = withoutZero(v.places)
			if len(v.places) == 0 {
				continue
			}
		}
		if v.kind != nothing {
			return v
		}
	}
	return verdict{kind: hidden}
}

func withoutZero(places []place) []place {
	var out []place
	for _, p := range places {
		if p[0].point != (geo.Point{}) {
			out = append(out, p)
		}
	}
	return out
}

// splitLink splits an address without refusing what people paste: spaces, quotation marks and stray percent signs.
func splitLink(address string) (*link, bool) {
	scheme, rest, ok := strings.Cut(address, ":")
	if !ok || strings.Contains(scheme, ".") && !strings.HasPrefix(strings.ToLower(scheme), "google.") && !strings.HasPrefix(strings.ToLower(scheme), "osmand.") {
		return nil, false
	}
	l := &link{scheme: strings.ToLower(scheme)}
	slashes := strings.HasPrefix(rest, "//")
	rest = strings.TrimPrefix(rest, "//")
	rest, l.fragment, _ = strings.Cut(rest, "#")
	l.fragment = unescapePath(l.fragment)
	if slashes {
		end := strings.IndexAny(rest, "/?")
		if end < 0 {
			end = len(rest)
		}
		l.host, l.opaque = hostOf(rest[:end]), unescapePath(rest[:end])
		rest = rest[end:]
	}
	l.raw = rest
	path, query, hasQuery := strings.Cut(rest, "?")
	if !hasQuery && strings.HasPrefix(l.scheme, "google.") { // google.navigation:q=1,2
		path, query = "", rest
	}
	l.query = parseQuery(query)
	path = strings.TrimPrefix(path, "/")
	l.path = unescapePath(path)
	for part := range strings.SplitSeq(path, "/") {
		l.parts = append(l.parts, unescapePath(part))
	}
	return l, true
}

func hostOf(authority string) string {
	host := strings.ToLower(authority)
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host, _, _ = strings.Cut(host, ":")
	host = strings.TrimSuffix(host, ".")
	return strings.TrimPrefix(strings.TrimPrefix(host, "www."), "m.")
}

func unescapePath(s string) string {
	if decoded, err := url.PathUnescape(s); err == nil {
		return decoded
	}
	return s
}

// parseQuery parses parameters. Those that cannot be decoded stay as they are. A semicolon separates nothing, since routes contain it.
func parseQuery(query string) url.Values {
	values := url.Values{}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if decoded, err := url.QueryUnescape(name); err == nil {
			name = decoded
		}
		if decoded, err := url.QueryUnescape(value); err == nil {
			value = decoded
		}
		name = strings.TrimPrefix(name, "amp;") // an address that was copied from HTML
		values[name] = append(values[name], value)
	}
	return values
}

var twoNumbers = regexp.MustCompile(`^\s*([+-]?\d{1,3}(?:\.\d{1,20})?)\s*,\s*([+-]?\d{1,3}(?:\.\d{1,20})?)(?:$|\s|[(,;@/?&|_~])`)

// decimalCommas is a pair that a program wrote with the comma of its language: 48,87,2,33.
var decimalCommas = regexp.MustCompile(`^\s*([+-]?\d{1,3}),(\d{1,20}),\s*([+-]?\d{1,3}),(\d{1,20})$`)

// parsePair parses "a,b" with anything behind it except more words for sides ("37.61,55.75,pm2rdm", "55.75,37.61(Kremlin)"). first is the axis of a.
func parsePair(s string, first axis) (place, bool) {
	if m := decimalCommas.FindStringSubmatch(s); m != nil {
		return pairOf(m[1]+"."+m[2], m[3]+"."+m[4], first)
	}
	m := twoNumbers.FindStringSubmatchIndex(s)
	if m == nil {
		return nil, false
	}
	if behind := tokens(normalise(s[m[5]:])); len(behind) > 0 && behind[0].kind == sideWord && behind[0].letter {
		return nil, false
	}
	return pairOf(s[m[2]:m[3]], s[m[4]:m[5]], first)
}

func pairOf(a, b string, first axis) (place, bool) {
	if first == longitude {
		a, b = b, a
	}
	p, ok := parsePoint(a, b)
	return at(p), ok
}

// parsePoint parses a latitude and a longitude in degrees. It refuses NaN and infinities, but not values off the globe.
func parsePoint(lat, lon string) (p geo.Point, ok bool) {
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(strings.TrimSpace(lat), 64)
	p.Lon, err2 = strconv.ParseFloat(strings.TrimSpace(lon), 64)
	finite := p.Lat-p.Lat == 0 && p.Lon-p.Lon == 0
	return p, err1 == nil && err2 == nil && finite
}
