package sim

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// extractLimit is the most extracts in one reply, with exintro.
const extractLimit = 20

// details answers prop=extracts|pageprops|... for up to 50 pageids or titles, in no particular order. The first reply holds everything except the extracts above
// the limit of a reply. The replies after "continue" hold only those extracts.
func (s *Wikipedia) details(language string, query url.Values) map[string]any {
	wanted, failure := s.wanted(language, query)
	if failure != nil {
		return failure
	}
	from, _ := strconv.Atoi(query.Get("excontinue"))
	perReply := s.cfg.Extracts
	if query.Get("exintro") == "" {
		perReply = 1
	}
	props := strings.Split(query.Get("prop"), "|")
	var pages []map[string]any
	more, seen := false, 0
	for _, item := range wanted {
		a := item.article
		if a == nil {
			pages = append(pages, item.missing)
			continue
		}
		page := map[string]any{"pageid": a.PageID, "ns": 0, "title": a.Title}
		for _, prop := range props {
			if prop == "extracts" {
				if more = more || seen >= from+perReply; seen >= from && seen < from+perReply {
					page["extract"] = a.extract(query)
				}
				seen++
			} else if from == 0 {
				a.describe(page, prop)
			}
		}
		pages = append(pages, page)
	}
	slices.SortFunc(pages, func(a, b map[string]any) int { return cmp.Compare(scramble(a), scramble(b)) })
	result := map[string]any{"pages": pages}
	reply := map[string]any{"query": result}
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
		page["lastrevid"] = a.Revision
		page["touched"] = a.Edited.UTC().Format(time.RFC3339)
		page["fullurl"] = "https://" + a.Language + ".wikipedia.org/wiki/" + url.PathEscape(strings.ReplaceAll(a.Title, " ", "_"))
	case "revisions":
		page["revisions"] = []any{map[string]any{"revid": a.Revision, "parentid": 0, "timestamp": a.Edited.UTC().Format(time.RFC3339)}}
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

// wantedPage is a page that a query names: an article, or the entry for one that is not there.
type wantedPage struct {
	article *Article
	missing map[string]any
}

// wanted returns the pages that pageids or titles name, or the reply that refuses them.
func (s *Wikipedia) wanted(language string, query url.Values) ([]wantedPage, map[string]any) {
	parameter := "pageids"
	if query.Get(parameter) == "" {
		parameter = "titles"
	}
	names := strings.Split(query.Get(parameter), "|")
	if len(names) > 50 {
		return nil, wikiError("toomanyvalues", `Too many values supplied for parameter "`+parameter+`". The limit is 50.`)
	}
	list := make([]wantedPage, 0, len(names))
	for _, name := range names {
		if parameter == "titles" {
			title := strings.ReplaceAll(name, "_", " ")
			list = append(list, wantedPage{s.titles[language][title], map[string]any{"ns": 0, "title": title, "missing": true}})
			continue
		}
		id, err := strconv.ParseInt(name, 10, 64)
		if err != nil {
			return nil, wikiError("badinteger", `Invalid value "`+name+`" for integer parameter "pageids".`)
		}
		list = append(list, wantedPage{s.pages[language][id], map[string]any{"pageid": id, "missing": true}})
	}
	return list, nil
}

// extract returns the intro, cut as exchars asks, or the whole article with its headings as exsectionformat asks.
func (a *Article) extract(query url.Values) string {
	if query.Get("exintro") != "" || a.Body == "" {
		return shorten(a.Extract, query.Get("exchars"))
	}
	body := a.Body
	if query.Get("exsectionformat") != "wiki" {
		body = strings.ReplaceAll(body, "=", "")
	}
	return shorten(a.Extract+"\n\n\n"+body, query.Get("exchars"))
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
