package sim

import (
	"net/url"
	"slices"
	"strings"
)

// entities answers action=wbgetentities for up to 50 Q-ids: labels and descriptions in the languages asked for, with English as the
// fallback where languagefallback is set, and the articles of the editions in sitefilter.
func (s *Wikipedia) entities(query url.Values) map[string]any {
	ids := strings.Split(query.Get("ids"), "|")
	if len(ids) > 50 {
		return wikiError("toomanyvalues", `Too many values supplied for parameter "ids". The limit is 50.`)
	}
	props := strings.Split(query.Get("props"), "|")
	languages := strings.Split(query.Get("languages"), "|")
	var sites []string
	if filter := query.Get("sitefilter"); filter != "" {
		sites = strings.Split(filter, "|")
	}
	found := map[string]any{}
	for _, id := range ids {
		articles := s.items[id]
		if len(articles) == 0 {
			found[id] = map[string]any{"id": id, "missing": ""}
			continue
		}
		item := map[string]any{"type": "item", "id": id}
		labels, descriptions := namesOf(articles)
		for _, prop := range props {
			switch prop {
			case "labels":
				item[prop] = inLanguages(labels, languages, query.Has("languagefallback"))
			case "descriptions":
				item[prop] = inLanguages(descriptions, languages, query.Has("languagefallback"))
			case "sitelinks":
				links := map[string]any{}
				for _, a := range articles {
					site := strings.ReplaceAll(a.Language, "-", "_") + "wiki"
					if sites == nil || slices.Contains(sites, site) {
						links[site] = map[string]any{"site": site, "title": a.Title, "badges": []string{}}
					}
				}
				item[prop] = links
			}
		}
		found[id] = item
	}
	return map[string]any{"entities": found, "success": 1}
}

// namesOf returns an item's names and descriptions by language.
func namesOf(articles []*Article) (labels, descriptions map[string]string) {
	labels, descriptions = map[string]string{}, map[string]string{}
	english := ""
	for _, a := range articles {
		labels[a.Language] = a.Title
		if english == "" {
			english = a.English
		}
		if english == "" && a.Language == "en" {
			english = a.Description
		}
	}
	for _, a := range articles {
		for language, name := range a.Labels {
			if labels[language] == "" {
				labels[language] = name
			}
		}
	}
	for _, a := range articles {
		for language, text := range a.Descriptions {
			if descriptions[language] == "" {
				descriptions[language] = text
			}
		}
	}
	if english != "" {
		descriptions["en"] = english
	}
	return labels, descriptions
}

// inLanguages returns texts in the form of Wikidata. A text that stands in for a missing one names the language it stands for.
func inLanguages(texts map[string]string, languages []string, fallback bool) map[string]any {
	out := map[string]any{}
	for _, language := range languages {
		switch text, other := texts[language], texts["en"]; {
		case text != "":
			out[language] = map[string]any{"language": language, "value": text}
		case fallback && other != "":
			out[language] = map[string]any{"language": "en", "value": other, "for-language": language}
		}
	}
	return out
}

// imageInfo answers prop=imageinfo for up to 50 files of Commons. A file that no article shows is missing; every tenth one has no author and
// no licence, as old uploads do.
func (s *Wikipedia) imageInfo(query url.Values) map[string]any {
	titles := strings.Split(query.Get("titles"), "|")
	if len(titles) > 50 {
		return wikiError("toomanyvalues", `Too many values supplied for parameter "titles". The limit is 50.`)
	}
	var pages []map[string]any
	for i, title := range titles {
		file := strings.ReplaceAll(strings.TrimPrefix(title, "File:"), " ", "_")
		if !s.files[file] {
			pages = append(pages, map[string]any{"ns": 6, "title": title, "missing": true})
			continue
		}
		address := "https://commons.wikimedia.org/wiki/File:" + url.PathEscape(file)
		metadata := map[string]any{}
		if file[len(file)-5] != '0' {
			metadata = map[string]any{
				"Artist":              map[string]any{"value": `<a href="//commons.wikimedia.org/wiki/User:Picture_taker" title="User:Picture taker">` + s.cfg.Author + `</a>`, "source": "commons-desc-page"},
				"LicenseShortName":    map[string]any{"value": "CC BY-SA 4.0", "source": "commons-desc-page", "hidden": ""},
				"LicenseUrl":          map[string]any{"value": "https://creativecommons.org/licenses/by-sa/4.0", "source": "commons-desc-page", "hidden": ""},
				"AttributionRequired": map[string]any{"value": "true", "source": "commons-desc-page", "hidden": ""},
			}
		}
		thumb := "https://upload.wikimedia.org/wikipedia/commons/thumb/0/00/" + url.PathEscape(file)
		pages = append(pages, map[string]any{
			"pageid": 900_000 + i, "ns": 6, "title": "File:" + strings.ReplaceAll(file, "_", " "), "imagerepository": "local",
			"imageinfo": []any{map[string]any{
				"thumburl": thumb + "/1280px-" + url.PathEscape(file), "thumbwidth": 1280, "thumbheight": 960,
				"url": strings.Replace(thumb, "/thumb", "", 1), "descriptionurl": address, "extmetadata": metadata,
			}},
		})
	}
	return map[string]any{"batchcomplete": true, "query": map[string]any{"pages": pages}}
}
