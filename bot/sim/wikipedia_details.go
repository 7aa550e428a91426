package sim

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// extractLimit is the most extracts in one reply, with exintro.
const extractLimit = 20

// details answers prop=extracts|pageprops|... for up to 50 pageids, in no particular order. The first reply holds everything except the extracts above
// the limit of a reply. The replies after "continue" hold only those extracts.
func (s *Wikipedia) details(language string, query url.Values) map[string]any {
	ids := strings.Split(query.Get("pageids"), "|")
	if len(ids) > 50 {
		return wikiError("toomanyvalues", `Too many values supplied for parameter "pageids". The limit is 50.`)
	}
	from, _ := strconv.Atoi(query.Get("excontinue"))
	perReply := s.cfg.Extracts
	if query.Get("exintro") == "" {
		perReply = 1
	}
	props := strings.Split(query.Get("prop"), "|")
	var pages []map[string]any
	more, seen := false, 0
	for _, text := range ids {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return wikiError("badinteger", `Invalid value "`+text+`" for integer parameter "pageids".`)
		}
		a := s.pages[language][id]
		if a == nil {
			pages = append(pages, map[string]any{"pageid": id, "missing": true})
			continue
		}
		page := map[string]any{"pageid": a.PageID, "ns": 0, "title": a.Title}
		for _, prop := range props {
			if prop == "extracts" {
				if more = more || seen >= from+perReply; seen >= from && seen < from+perReply {
					page["extract"] = shorten(a.Extract, query.Get("exchars"))
				}
				seen++
			} else if from == 0 {
				a.describe(page, prop)
			}
		}
		pages = append(pages, page)
	}
	slices.SortFunc(pages, func(a, b map[string]any) int { return cmp.Compare(scramble(a), scramble(b)) })
	reply := map[string]any{"query": map[string]any{"pages": pages}}
	if more {
		reply["continue"] = map[string]any{"excontinue": from + perReply, "continue": "||coordinates|description|info|pageimages|pageprops"}
	} else {
		reply["batchcomplete"] = true
	}
	return reply
}

// describe adds the properties of the article that prop asks for, without missing ones.
func (a *Article) describe(page map[string]any, prop string) {
	switch prop {
	case "pageprops":
		props := map[string]string{}
		if a.QID != "" {
			props["wikibase_item"] = a.QID
		}
		if a.Disambiguation {
			props["disambiguation"] = ""
		}
		if len(props) > 0 {
			page["pageprops"] = props
		}
	case "description":
		if a.Description != "" {
			page["description"] = a.Description
			page["descriptionsource"] = "central"
		}
	case "info":
		page["length"] = a.Length
		page["fullurl"] = "https://" + a.Language + ".wikipedia.org/wiki/" + url.PathEscape(strings.ReplaceAll(a.Title, " ", "_"))
	case "pageimages":
		if a.Picture != "" {
			page["thumbnail"] = map[string]any{
				"source": "https://upload.wikimedia.org/wikipedia/commons/thumb/0/00/" + url.PathEscape(a.Picture) + "/1280px-" + url.PathEscape(a.Picture),
				"width":  1280, "height": 960,
			}
			page["pageimage"] = a.Picture
		}
	case "coordinates":
		at := map[string]any{"lat": a.Lat, "lon": a.Lon, "primary": true, "globe": cmp.Or(a.Globe, "earth"), "type": orNull(a.Type), "dim": nil}
		if a.Dim > 0 {
			at["dim"] = strconv.Itoa(a.Dim) // a string here, a number in geosearch
		}
		page["coordinates"] = []any{at}
	}
}

// shorten cuts text as exchars does: after the word that reaches the limit, with an ellipsis.
func shorten(text, exchars string) string {
	limit, err := strconv.Atoi(exchars)
	if err != nil || utf8.RuneCountInString(text) <= limit {
		return text
	}
	cut := string([]rune(text)[:limit])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return cut + "..."
}

// scramble returns a sort key that is unrelated to the id of a page.
func scramble(page map[string]any) uint64 {
	id, _ := page["pageid"].(int64)
	return uint64(id) * 0x9E3779B97F4A7C15
}
