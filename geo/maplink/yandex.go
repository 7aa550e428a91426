package maplink

import (
	"net/url"
	"strings"
)

// yandex reads the links of Yandex. Its longitude comes first, except in routes and in what people type.
var yandex = []reader{
	end("~", "rtext"), fields("lat_to", "lon_to"), fields("end-lat", "end-lon"), isRoute("lat_from", "start-lat"), yandexMode,
	point(longitude, "panorama[point]"), point(longitude, "whatshere[point]", "poi[point]"), yandexPin, pins(longitude, "pt"), typed("text"),
	fields("lat", "lon"), yandexNamed, views(longitude, "z", "ll"),
}

// yandexMode notes a route whose stops are not in the link.
func yandexMode(l *link) verdict {
	l.route = l.route || l.query.Get("mode") == "routes"
	return verdict{}
}

// yandexPin reads a place that is itself a link: "ymapsbm1://pin?ll=2.33,48.87".
func yandexPin(l *link) verdict {
	for _, name := range []string{"uri", "poi[uri]"} {
		address, query, ok := strings.Cut(l.query.Get(name), "?")
		if !ok || !strings.HasPrefix(address, "ymapsbm1://") {
			continue
		}
		inner, err := url.ParseQuery(query)
		if err != nil {
			continue
		}
		if p, ok := parsePair(inner.Get("ll"), longitude); ok {
			return exactly(p)
		}
	}
	return verdict{}
}

// yandexNamed notes an organisation, a house or another object, near which the centre of the map is.
func yandexNamed(l *link) verdict {
	isNamed("oid", "poi[uri]", "uri")(l)
	return names("org", "house", "geo", "stops", "search", "category", "chain", "routes")(l)
}

// twoGISRoute reads "/directions/points/2.1,48.1;id|2.33,48.87;id" and "/routeSearch/rsType/car/from/2.1,48.1/to/2.33,48.87".
func twoGISRoute(l *link) verdict {
	for i, part := range l.parts {
		switch {
		case part == "directions" || part == "routeSearch":
			l.route = true
		case l.route && i > 0 && l.parts[i-1] == "points":
			stops := strings.Trim(part, "|~")
			return endAt(stops[strings.LastIndexAny(stops, "|~")+1:], longitude)
		case l.route && i > 0 && l.parts[i-1] == "to":
			return endAt(part, longitude)
		}
	}
	if l.route {
		return verdict{kind: hidden}
	}
	return verdict{}
}

// twoGISView reads the centre of the map: "m=2.33,48.87/17".
func twoGISView(l *link) verdict {
	centre, zoom, _ := strings.Cut(l.query.Get("m"), "/")
	p, ok := parsePair(centre, longitude)
	if !ok {
		return verdict{}
	}
	zoom, _, _ = strings.Cut(zoom, "/")
	return l.viewAt(p, zoom)
}
