package places

import (
	"context"
	"net/url"
	"strconv"
	"strings"
)

// Named returns the id of the place whose article has the name as its title, or leads to it, in the Wikipedia of the language; "" if there is none.
func (f *Finder) Named(ctx context.Context, name, language string) (id string, err error) {
	const longest = 255 // bytes of a title
	name = strings.TrimSpace(name)
	if name == "" || len(name) > longest || strings.ContainsAny(name, "#<>[]|{}\n") { // no title has these
		return "", nil
	}
	r, err := f.client.get(ctx, KindDetails, language, url.Values{
		"titles": {name}, "redirects": {"1"}, "prop": {"pageprops"}, "ppprop": {"wikibase_item|disambiguation"},
	})
	if err != nil {
		return "", err
	}
	if r.Query == nil || len(r.Query.Pages) != 1 || r.Query.Pages[0].Missing || r.Query.Pages[0].PageID == 0 {
		return "", nil
	}
	p := r.Query.Pages[0]
	switch {
	case p.Props == nil:
	case p.Props.Disambiguation != nil:
		return "", nil
	case isQID(p.Props.QID):
		return p.Props.QID, nil
	}
	return "wp:" + language + ":" + strconv.FormatInt(p.PageID, 10), nil
}

// Named returns the id of the place of the pack that has the name in one of its languages, "" if there is none.
func (p *Pack) Named(name string) string {
	for i := range p.cities {
		for _, place := range p.cities[i].Places {
			for _, known := range place.Names {
				if strings.EqualFold(known, strings.TrimSpace(name)) {
					return place.ID
				}
			}
		}
	}
	return ""
}
