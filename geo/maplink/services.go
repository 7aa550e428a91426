package maplink

import (
	"slices"
	"strings"
)

// service is a map service: which links are its own, and where they carry the place. The readers are asked in order: ends of routes and markers come
// before words, and those before the centre of a map. A link of a service in which no reader finds a place hides it.
type service struct {
	name    string
	hosts   []string // "google.*" matches google.com and google.com.br, "*.here.com" any host in here.com
	paths   []string // beginnings of the path; none = every path
	schemes []string // of apps, for example "yandexmaps"
	nested  []string // parameters that hold another link
	read    []reader

	redirects bool // it only leads to other links
}

// services is the table of map services. The first row that serves a link decides.
var services = []service{
	{
		name: "Google", hosts: []string{"maps.google.*", "maps.app.goo.gl", "share.google", "g.page", "earth.google.com", "consent.google.*"},
		schemes: []string{"comgooglemaps", "comgooglemapsurl", "googlemaps", "google.navigation", "google.streetview"},
		nested:  []string{"link", "continue", "url"}, read: google,
	},
	{name: "Google", hosts: []string{"google.*"}, paths: []string{"maps"}, read: google},
	{name: "Google", hosts: []string{"google.*"}, paths: []string{"url"}, nested: []string{"q", "url"}, redirects: true},
	{name: "Google", hosts: []string{"goo.gl"}, paths: []string{"maps"}, read: google},
	{name: "Google", hosts: []string{"g.co"}, paths: []string{"kgs", "maps"}, read: google},
	{
		name: "Yandex", hosts: []string{"maps.yandex.*", "n.maps.yandex.ru", "harita.yandex.*", "static-maps.yandex.ru"},
		schemes: []string{"yandexmaps", "yandexnavi", "yandextaxi"}, nested: []string{"url"}, read: yandex,
	},
	{name: "Yandex", hosts: []string{"yandex.*", "ya.ru"}, paths: []string{"maps", "navi", "harita"}, read: yandex},
	{
		name: "2GIS", hosts: []string{"2gis.*", "*.2gis.ru", "*.2gis.com", "*.2gis.kz"}, schemes: []string{"dgis", "dgismobile", "grym"},
		read: []reader{twoGISRoute, names("search", "firm", "geo", "gallery", "reviews", "inside"), pathPair(longitude, ""), twoGISView},
	},
	{
		name: "Apple", hosts: []string{"maps.apple.com", "maps.apple", "beta.maps.apple.com"}, schemes: []string{"maps", "map", "mapitem"},
		read: []reader{
			end("", "daddr", "destination"), isRoute("saddr", "source"),
			point(latitude, "coordinate", "ll"), typed("q", "address"), names("p", "place"), appleNear, views(latitude, "z", "center"),
		},
	},
	{
		name: "OpenStreetMap", hosts: []string{"openstreetmap.org", "osm.org", "openstreetmap.de", "opentopomap.org"},
		read: []reader{
			fields("mlat", "mlon"), end(";", "route"), end("", "to"), isRoute("from"), point(latitude, "marker"),
			fields("lat", "lon"), typed("query"), names("node", "way", "relation", "search"), hashView, osmShort,
		},
	},
	{
		name: "Waze", hosts: []string{"waze.com", "ul.waze.com", "embed.waze.com", "waze.to"}, schemes: []string{"waze"},
		read: []reader{wazeRoute, point(latitude, "ll", "latlng"), fields("lat", "lon"), typed("q"), wazeHash},
	},
	{
		name: "HERE", hosts: []string{"*.here.com", "her.is"}, schemes: []string{"here-location", "here-route"},
		read: []reader{hereRoute, pathPair(latitude, "l"), herePlace, hereLocation, names("p", "search"), hereView},
	},
	{
		name: "Bing", hosts: []string{"bing.com"}, paths: []string{"maps"}, schemes: []string{"bingmaps"},
		read: []reader{bingRoute, bingPoint("sp", "collection"), typed("where1", "q", "where"), bingView},
	},
	{
		name: "Organic Maps", hosts: []string{"omaps.app", "ge0.me", "comaps.at", "organicmaps.app"}, schemes: []string{"om", "ge0", "cm", "mapsme", "mapswithme"},
		read: []reader{end("", "dll"), isRoute("sll"), point(latitude, "ll"), pathPair(latitude, ""), hostPair, ge0, views(latitude, "", "cll")},
	},
	{
		name: "OsmAnd", hosts: []string{"osmand.net", "*.osmand.net"}, schemes: []string{"osmand.api", "osmand.navigation"},
		read: []reader{
			end("", "end", "finish"), fields("dest_lat", "dest_lon"), isRoute("start"), point(latitude, "pin"), fields("lat", "lon"),
			typed("q"), hashView,
		},
	},
	{name: "Mapy", hosts: []string{"mapy.*", "*.mapy.cz", "*.mapy.com"}, read: []reader{point(longitude, "id"), viewFields("y", "x", "z")}},
	{name: "Komoot", hosts: []string{"komoot.*"}, read: []reader{googleView}},
	{name: "GeoHack", hosts: []string{"geohack.toolforge.org"}, read: []reader{geoHack}},
	{name: "GeoHack", hosts: []string{"tools.wmflabs.org", "toolserver.org"}, paths: []string{"geohack", "~geohack"}, read: []reader{geoHack}},
	{name: "Wikipedia", hosts: []string{"*.wikipedia.org", "*.wikivoyage.org"}, paths: []string{"wiki/Special:Map/"}, read: []reader{wikiMap}},
	{name: "Wikimapia", hosts: []string{"wikimapia.org"}, read: []reader{wikimapia}},
	{name: "Plus codes", hosts: []string{"plus.codes"}, read: []reader{plusCodePath}},
	{name: "what3words", hosts: []string{"what3words.com", "w3w.co"}},
	{name: "geo", schemes: []string{"geo"}, read: []reader{geoURI}},
}

// serves reports whether the link belongs to the service.
func (s *service) serves(l *link) bool {
	if l.scheme != "http" && l.scheme != "https" {
		return slices.Contains(s.schemes, l.scheme)
	}
	return slices.ContainsFunc(s.hosts, func(pattern string) bool { return matchHost(pattern, l.host) }) && s.hasPath(l.path)
}

func (s *service) hasPath(path string) bool {
	return len(s.paths) == 0 || slices.ContainsFunc(s.paths, func(p string) bool {
		rest, ok := strings.CutPrefix(path, p)
		return ok && (rest == "" || strings.HasSuffix(p, "/") || rest[0] == '/' || rest[0] == '@')
	})
}

// inner returns the link inside a link, "" if there is none.
func (s *service) inner(l *link) string {
	for _, name := range s.nested {
		if value := l.query.Get(name); strings.Contains(value, "://") {
			return value
		}
	}
	return ""
}

// matchHost reports whether a host matches a pattern of the table. A star at the end stands for a top-level domain of one or two parts.
func matchHost(pattern, host string) bool {
	if name, ok := strings.CutSuffix(pattern, "*"); ok {
		domain, ok := strings.CutPrefix(host, name)
		return ok && domain != "" && strings.Count(domain, ".") <= 1 && len(domain) <= len("com.br")
	}
	if domain, ok := strings.CutPrefix(pattern, "*"); ok {
		return strings.HasSuffix(host, domain) || host == domain[1:]
	}
	return host == pattern
}
