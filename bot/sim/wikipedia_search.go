package sim

import (
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// search answers list=geosearch: at most gslimit (500) pages around gscoord or inside gsbbox, nearest first.
func (s *Wikipedia) search(language string, query url.Values) map[string]any {
	limit := 10
	if given := query.Get("gslimit"); given == "max" {
		limit = 500
	} else if n, err := strconv.Atoi(given); err == nil {
		limit = min(n, 500)
	}
	var inside func(a *Article) (float64, bool)
	if box := query.Get("gsbbox"); box != "" {
		edge, ok := coordinates(box, 4) // top, left, bottom, right
		if !ok || edge[0] <= edge[2] {
			return wikiError("invalid-bbox", "Invalid bounding box")
		}
		if edge[0]-edge[2] > 0.2 {
			return wikiError("toobig", "Bounding box is too big")
		}
		inside = func(a *Article) (float64, bool) {
			return metres(a.Lat, a.Lon, (edge[0]+edge[2])/2, (edge[1]+edge[3])/2),
				a.Lat <= edge[0] && a.Lat >= edge[2] && a.Lon >= edge[1] && a.Lon <= edge[3]
		}
	} else {
		at, ok := coordinates(query.Get("gscoord"), 2)
		if !ok || math.Abs(at[0]) > 90 || math.Abs(at[1]) > 180 {
			return wikiError("invalid-coord", "Invalid coordinate provided")
		}
		radius, err := strconv.Atoi(query.Get("gsradius"))
		if err != nil || radius < 10 || radius > 10_000 {
			return wikiError("outofrange", `The value "gsradius" must be between 10 and 10000.`)
		}
		inside = func(a *Article) (float64, bool) {
			dist := metres(a.Lat, a.Lon, at[0], at[1])
			return dist, dist <= float64(radius)
		}
	}

	type hit struct {
		*Article
		dist float64
	}
	var hits []hit
	for _, a := range s.pages[language] {
		if dist, ok := inside(a); ok && (a.Globe == "" || a.Globe == "earth") {
			hits = append(hits, hit{a, dist})
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		if a.dist != b.dist {
			return int(math.Copysign(1, a.dist-b.dist))
		}
		return int(a.PageID - b.PageID)
	})
	wanted := strings.Split(query.Get("gsprop"), "|")
	found := []map[string]any{}
	for _, h := range hits[:min(limit, len(hits))] {
		item := map[string]any{
			"pageid": h.PageID, "ns": 0, "title": h.Title, "lat": h.Lat, "lon": h.Lon,
			"dist": math.Round(h.dist*10) / 10, "primary": true,
		}
		for _, prop := range wanted {
			switch prop {
			case "type":
				item["type"] = orNull(h.Type)
			case "dim":
				item["dim"] = orNull(h.Dim)
			case "country":
				item["country"] = nil
			}
		}
		found = append(found, item)
	}
	return map[string]any{"batchcomplete": true, "query": map[string]any{"geosearch": found}}
}

// orNull returns nil for the zero value, because the API writes null for unknown values.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func coordinates(text string, n int) ([]float64, bool) {
	parts := strings.Split(text, "|")
	if len(parts) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, part := range parts {
		v, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(v) {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// metres returns the great-circle distance.
func metres(lat1, lon1, lat2, lon2 float64) float64 {
	const rad = math.Pi / 180
	sLat, sLon := math.Sin((lat2-lat1)*rad/2), math.Sin((lon2-lon1)*rad/2)
	h := sLat*sLat + math.Cos(lat1*rad)*math.Cos(lat2*rad)*sLon*sLon
	return 2 * 6371008.8 * math.Asin(math.Sqrt(min(1, h)))
}
