package maplink

import (
	"encoding/base64"
	"encoding/json"
	"regexp"
	"strings"

	"excursobot/geo"
)

// appleNear notes a search near a place, which is not the place.
func appleNear(l *link) verdict {
	if l.query.Get("near") != "" {
		l.named = true
	}
	if l.named {
		return verdict{}
	}
	return views(latitude, "z", "sll")(l)
}

// wazeRoute reads "to=ll.48.87,2.33".
func wazeRoute(l *link) verdict {
	to := l.query.Get("to")
	l.route = l.route || to != "" || l.query.Get("from") != ""
	if to == "" {
		return verdict{}
	}
	return endAt(strings.TrimPrefix(to, "ll."), latitude)
}

// wazeHash reads a geohash: "/ul/hu09tvw1kx", "?h=u09tvw1kx".
func wazeHash(l *link) verdict {
	hash := l.query.Get("h")
	if len(l.parts) >= 2 && (l.parts[0] == "ul" || l.parts[0] == "lr") {
		hash = strings.TrimPrefix(l.parts[1], "h")
	}
	p, ok := decodeGeohash(hash)
	if !ok {
		return verdict{}
	}
	return exactly(at(p))
}

// hereRoute reads "/r/48.1,2.1/48.87,2.33,Opera" and "/directions/mix/A:48.1,2.1/B:48.87,2.33".
func hereRoute(l *link) verdict {
	if l.parts[0] != "r" && l.parts[0] != "directions" && l.scheme != "here-route" {
		return verdict{}
	}
	l.route = true
	last := ""
	for _, part := range l.parts {
		if part != "" {
			last = part
		}
	}
	if i := strings.LastIndexByte(last, ':'); i >= 0 {
		last = last[i+1:]
	}
	return endAt(last, latitude)
}

// hereLocation reads "here-location://48.87,2.33/Opera".
func hereLocation(l *link) verdict {
	if l.scheme != "here-location" {
		return verdict{}
	}
	return hostPair(l)
}

// hostPair reads a pair in the place of a host, where apps put it.
func hostPair(l *link) verdict {
	if p, ok := parsePair(l.opaque, latitude); ok {
		return exactly(p)
	}
	return verdict{}
}

// herePlace reads the encoded place of "/p/s-..." ("...;lat=48.87;lon=2.33;...") and "/p/e-..." (JSON with latitude and longitude).
func herePlace(l *link) verdict {
	if len(l.parts) < 2 || l.parts[0] != "p" || len(l.parts[1]) < 2 {
		return verdict{}
	}
	code := strings.TrimRight(strings.NewReplacer("+", "-", "/", "_").Replace(l.parts[1][2:]), "=")
	data, err := base64.RawURLEncoding.DecodeString(code)
	if err != nil {
		return verdict{}
	}
	switch l.parts[1][:2] {
	case "e-":
		var p struct{ Latitude, Longitude *float64 }
		if json.Unmarshal(data, &p) == nil && p.Latitude != nil && p.Longitude != nil {
			return exactly(at(geo.Point{Lat: *p.Latitude, Lon: *p.Longitude}))
		}
	case "s-":
		values := parseQuery(strings.ReplaceAll(string(data), ";", "&"))
		if p, ok := parsePoint(values.Get("lat"), values.Get("lon")); ok {
			return exactly(at(p))
		}
	}
	return verdict{}
}

// hereView reads the centre of the map: "map=48.87,2.33,16,normal".
func hereView(l *link) verdict {
	fields := strings.Split(l.query.Get("map"), ",")
	if len(fields) < 2 {
		return verdict{}
	}
	p, ok := pairOf(fields[0], fields[1], latitude)
	if !ok {
		return verdict{}
	}
	zoom := l.query.Get("z")
	if len(fields) > 2 {
		zoom = fields[2]
	}
	return l.viewAt(p, zoom)
}

var bingPair = regexp.MustCompile(`^(-?\d{1,3}(?:\.\d{1,20})?)_(-?\d{1,3}(?:\.\d{1,20})?)(?:_|$)`)

// bingRoute reads "rtp=pos.48.1_2.1_A~pos.48.87_2.33_B".
func bingRoute(l *link) verdict {
	stops := strings.Trim(l.query.Get("rtp"), "~")
	if stops == "" {
		return verdict{}
	}
	l.route = true
	last := stops[strings.LastIndexByte(stops, '~')+1:]
	if at, ok := strings.CutPrefix(last, "pos."); ok {
		if m := bingPair.FindStringSubmatch(at); m != nil {
			return endAt(m[1]+","+m[2], latitude)
		}
	}
	return verdict{kind: hidden}
}

// bingPoint reads "sp=point.48.87_2.33_Opera", several with ~ between them.
func bingPoint(names ...string) reader {
	return func(l *link) verdict {
		var places []place
		for _, name := range names {
			for item := range strings.SplitSeq(l.query.Get(name), "~") {
				at, ok := strings.CutPrefix(item, "point.")
				m := bingPair.FindStringSubmatch(at)
				if !ok || m == nil || len(places) == maxPlaces {
					continue
				}
				if p, ok := pairOf(m[1], m[2], latitude); ok {
					places = append(places, p)
				}
			}
		}
		if len(places) == 0 {
			return verdict{}
		}
		return exactly(places...)
	}
}

// bingView reads the centre of the map: "cp=48.87~2.33&lvl=16".
func bingView(l *link) verdict {
	lat, lon, _ := strings.Cut(l.query.Get("cp"), "~")
	p, ok := pairOf(lat, lon, latitude)
	if !ok {
		return verdict{}
	}
	return l.viewAt(p, l.query.Get("lvl"))
}

// osmShort reads "/go/0EEQjE--".
func osmShort(l *link) verdict {
	if len(l.parts) < 2 || l.parts[0] != "go" {
		return verdict{}
	}
	p, ok := decodeOSM(l.parts[1])
	if !ok {
		return verdict{}
	}
	return exactly(at(p))
}

// ge0 reads the code of Organic Maps: "omaps.app/B4srhdHVVt/Opera", "om://B4srhdHVVt/Opera".
func ge0(l *link) verdict {
	code := l.parts[0]
	if l.scheme != "http" && l.scheme != "https" {
		code = l.opaque
	}
	p, ok := decodeGe0(code)
	if !ok {
		return verdict{}
	}
	return exactly(at(p))
}

// geoHack reads "params=48_52_19.6_N_2_19_55.9_E_type:landmark".
func geoHack(l *link) verdict {
	var line []string
	for part := range strings.SplitSeq(l.query.Get("params"), "_") {
		if strings.Contains(part, ":") {
			break
		}
		line = append(line, part)
		if side := strings.ToUpper(part); side == "E" || side == "W" || side == "O" {
			break
		}
	}
	p, ok := parseTyped(strings.Join(line, " "))
	if !ok {
		return verdict{}
	}
	return exactly(p)
}

// wikiMap reads "/wiki/Special:Map/16/48.87/2.33".
func wikiMap(l *link) verdict {
	if len(l.parts) < 5 {
		return verdict{}
	}
	p, ok := pairOf(l.parts[3], l.parts[4], latitude)
	if !ok {
		return verdict{}
	}
	return l.viewAt(p, l.parts[2])
}

// wikimapia reads "#lang=ru&lat=48.87&lon=2.33&z=16".
func wikimapia(l *link) verdict {
	values := parseQuery(l.fragment)
	p, ok := parsePoint(values.Get("lat"), values.Get("lon"))
	if !ok {
		return verdict{}
	}
	return l.viewAt(at(p), values.Get("z"))
}

// plusCodePath reads "plus.codes/8FW4V8CJ+R4".
func plusCodePath(l *link) verdict {
	if full, _ := plusCodes(l.path); len(full) == 1 {
		return exactly(full[0])
	}
	return verdict{}
}

// geoURI reads "geo:48.87,2.33", "geo:0,0?q=48.87,2.33(Opera)" and "geo://point/?lat=48.87&lon=2.33". The words searched for come before the point, which
// is only where to search.
func geoURI(l *link) verdict {
	if v := typed("q")(l); v.kind == exact {
		return v
	}
	if v := fields("lat", "lon")(l); v.kind == exact {
		return v
	}
	where, options, _ := strings.Cut(l.path, ";")
	if i := strings.Index(strings.ToLower(options), "crs="); i >= 0 && !strings.HasPrefix(strings.ToLower(options[i:]), "crs=wgs84") {
		return verdict{kind: hidden}
	}
	if p, ok := parsePair(where, latitude); ok {
		return exactly(p)
	}
	if p, ok := parseTyped(where); ok {
		return exactly(p)
	}
	return verdict{}
}
