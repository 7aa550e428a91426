package places

import (
	"context"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"excursobot/store"
)

const (
	creditLimit  = 50 // files in one request to Commons
	authorLength = 60 // characters of an author's name
)

// Credited reports whether it is known who made the picture of the place, and under which licence. Without that it may not be shown.
func Credited(c store.Credit) bool { return c.License != "" && c.Page != "" }

// Credits returns the places with the credits of their pictures, and stores them. A picture without a known credit is taken away. One request asks
// for 50 files. In the small mode it asks for none.
func (f *Finder) Credits(ctx context.Context, list []Place) ([]Place, error) {
	list = slices.Clone(list)
	files := map[string][]int{}
	for i, p := range list {
		if p.Picture != "" && p.Credit.File != "" && !Credited(p.Credit) && len(files) < creditLimit {
			files[p.Credit.File] = append(files[p.Credit.File], i)
		}
	}
	if len(files) == 0 || f.client.small() {
		return list, nil
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	r, err := f.client.ask(ctx, question{kind: KindCredits, site: f.client.commons, params: url.Values{
		"titles": {strings.Join(names, "|")}, "prop": {"imageinfo"}, "iiprop": {"url|extmetadata"},
		"iiextmetadatafilter": {"Artist|Attribution|LicenseShortName|LicenseUrl|AttributionRequired"}, "iiurlwidth": {"1280"},
	}})
	if err != nil {
		return list, err
	}
	credits := map[string]store.Credit{}
	if r.Query != nil {
		for _, p := range r.Query.Pages {
			credits[fileName(p.Title)] = creditOf(p)
		}
	}
	var changed []Place
	for name, places := range files {
		credit := credits[name]
		for _, i := range places {
			if Credited(credit) {
				credit.File = list[i].Credit.File
				list[i].Credit = credit
			} else {
				list[i].Picture, list[i].Credit = "", store.Credit{}
			}
			list[i].Fit()
			changed = append(changed, list[i])
		}
	}
	if err := f.putPlaces(ctx, changed); err != nil { // the credits are good nevertheless
		f.log.Error("places_unsaved", "error", err)
	}
	return list, nil
}

// fileName returns the title of a file in the form in which Commons answers.
func fileName(title string) string { return strings.ReplaceAll(title, "_", " ") }

// creditOf returns the credit of a file, zero if its licence is not known or nobody is named where the licence asks for it.
func creditOf(p page) store.Credit {
	if len(p.Images) == 0 {
		return store.Credit{}
	}
	info := p.Images[0]
	plain := func(name string, limit int) string { return plainText(info.Meta[name].Value, limit) }
	c := store.Credit{
		Author:     plain("Attribution", authorLength),
		License:    plain("LicenseShortName", authorLength),
		LicenseURL: webAddress(string(info.Meta["LicenseUrl"].Value)),
		Page:       webAddress(info.Page),
	}
	if c.Author == "" {
		c.Author = plain("Artist", authorLength)
	}
	if c.Author == "" && !strings.EqualFold(string(info.Meta["AttributionRequired"].Value), "false") {
		return store.Credit{}
	}
	return c
}

var tags = regexp.MustCompile(`(?s)<(?:style|script)\b.*?</(?:style|script)>|<!--.*?-->|<[^>]*>`)

// plainText returns HTML as plain text of one line, cut at a word to limit characters.
func plainText(source loose, limit int) string {
	s := string(source)
	s = s[:min(len(s), 20_000)]
	s = html.UnescapeString(tags.ReplaceAllString(s, " "))
	s = strings.Join(strings.Fields(clean(s, 1000)), " ")
	return cutWord(s, limit)
}

// cutWord cuts s at a word to at most limit characters, with an ellipsis if something is missing.
func cutWord(s string, limit int) string {
	r := []rune(s)
	if len(r) <= limit {
		return s
	}
	cut := string(r[:limit-1])
	if at := strings.LastIndexByte(cut, ' '); at > len(cut)/2 {
		cut = cut[:at]
	}
	return strings.TrimRight(cut, " ,;:.–—-") + "…"
}
