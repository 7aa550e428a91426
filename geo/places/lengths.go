package places

import (
	"context"
	"net/url"
	"slices"
	"strings"

	"excursobot/geo/editions"
	"excursobot/store"
)

// lengthLimit is the number of titles in one request.
const lengthLimit = 50

// Characters returns about how many characters of text an article of the given size in bytes has, so that articles in different scripts compare: Cyrillic
// and Greek take two bytes a letter, and a character of Chinese, Japanese or Korean says as much as two letters.
func Characters(edition string, bytes int) float64 {
	switch base(edition) {
	case "ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn", "tg", "tt", "ba", "cv", "os", "ab", "el", "hy", "he", "ar", "fa", "ur":
		return float64(bytes) / 1.8
	case "zh", "ja", "ko":
		return float64(bytes) / 2.5 * 2
	case "hi", "bn", "mr", "ne", "ta", "te", "kn", "ml", "gu", "pa", "th", "ka", "my", "km", "lo", "am":
		return float64(bytes) / 2.5
	}
	return float64(bytes)
}

// Largest returns the characters of the largest article about the place.
func Largest(p Place) float64 {
	most := Characters(p.Language, p.Length)
	for _, l := range p.Sitelinks {
		most = max(most, Characters(l.Edition, l.Length))
	}
	return most
}

// Lengths adds to the places the lengths of their articles in the editions, and stores them. One request asks for 50 articles of one edition.
// A length that is not known stays 0.
func (f *Finder) Lengths(ctx context.Context, list []Place, editions []string) ([]Place, error) {
	list = slices.Clone(list)
	changed := false
	var failed error
	for _, edition := range editions {
		titles := map[string][]int{} // places by title
		for i, p := range list {
			for _, l := range p.Sitelinks {
				if l.Edition == edition && l.Length == 0 && len(titles) < lengthLimit {
					titles[l.Title] = append(titles[l.Title], i)
				}
			}
		}
		if len(titles) == 0 {
			continue
		}
		pages, err := f.askLengths(ctx, edition, titles)
		if err != nil {
			failed = err
			continue
		}
		for title, found := range pages {
			for _, i := range titles[title] {
				list[i] = withLength(list[i], edition, found)
				changed = true
			}
		}
	}
	if !changed {
		return list, failed
	}
	if err := f.putPlaces(ctx, list); err != nil { // the lengths are good nevertheless
		f.log.Error("places_unsaved", "error", err)
	}
	return list, failed
}

// askLengths returns the pages of the edition by the title that was asked for.
func (f *Finder) askLengths(ctx context.Context, edition string, titles map[string][]int) (map[string]page, error) {
	names := make([]string, 0, len(titles))
	for title := range titles {
		names = append(names, title)
	}
	slices.Sort(names)
	r, err := f.client.get(ctx, KindLengths, edition, url.Values{"titles": {strings.Join(names, "|")}, "prop": {"info"}})
	if err != nil {
		return nil, err
	}
	found := map[string]page{}
	if r.Query == nil {
		return found, nil
	}
	for _, p := range r.Query.Pages {
		found[p.Title] = p
	}
	return found, nil
}

func withLength(p Place, edition string, found page) Place {
	p.Sitelinks = slices.Clone(p.Sitelinks)
	for i, l := range p.Sitelinks {
		if l.Edition == edition {
			p.Sitelinks[i].Page, p.Sitelinks[i].Length = found.PageID, max(found.Length, 1) // 1: asked, and nothing worth reading
		}
	}
	return p
}

// ArticleOf returns which article about the place is the one to read for people who read the language: the longest in that language, the first
// local language or English. Their own wins if it has at least 60 % of the longest. The article's title is empty if there is none.
func ArticleOf(p Place, language string, order []string) store.Sitelink {
	links := slices.Clone(p.Sitelinks)
	if i := slices.IndexFunc(links, func(l store.Sitelink) bool { return l.Edition == p.Language }); i < 0 {
		links = append(links, store.Sitelink{Edition: p.Language, Title: p.Title, Page: p.PageID, Length: p.Length})
	} else if links[i].Page == 0 || links[i].Length == 0 {
		links[i].Page, links[i].Length = p.PageID, p.Length
	}
	var best, own store.Sitelink
	size := func(l store.Sitelink) float64 { return Characters(l.Edition, l.Length) }
	for _, edition := range readable(language, order) {
		for _, l := range links {
			if l.Edition != edition || l.Length < editions.MinBytes(edition) {
				continue
			}
			if edition == base(language) {
				own = l
			}
			if best.Title == "" || size(l) > size(best) {
				best = l
			}
		}
	}
	if own.Title != "" && size(own) >= 0.6*size(best) {
		return own
	}
	if best.Title == "" && p.PageID != 0 { // described in another edition, such as the second local one
		return store.Sitelink{Edition: p.Language, Title: p.Title, Page: p.PageID, Length: p.Length}
	}
	return best
}

// readable returns the editions whose articles a story may be written from: the person's, the first local one and English.
func readable(language string, order []string) []string {
	list := []string{base(language)}
	for _, edition := range order {
		if edition != base(language) && edition != editions.English {
			list = append(list, edition)
			break
		}
	}
	if !slices.Contains(list, editions.English) {
		list = append(list, editions.English)
	}
	return list
}
