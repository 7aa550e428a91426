package places

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/geo"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

const (
	// staleAfter is the age at which a text that is used is read again, and youngAfter that of a text whose page had just been edited.
	staleAfter = 7 * 24 * time.Hour
	youngAfter = 24 * time.Hour
)

// ErrNoArticle means, together with ErrUnavailable, that there is no page, or nothing in it to tell.
var ErrNoArticle = errors.New("places: no article")

// Article returns the whole article, from the store or from Wikipedia. It is fetched once for all callers. The error is ErrUnavailable if Wikipedia does
// not answer or has no such page.
func (f *Finder) Article(ctx context.Context, place string, l store.Sitelink) (store.Article, error) {
	key := store.ArticleKey{Edition: l.Edition, Page: l.Page}
	if l.Page > 0 {
		a, err := f.store.Article(ctx, key, time.Now())
		if err == nil || !errors.Is(err, store.ErrNotFound) {
			return a, err
		}
	}
	return f.readArticle(ctx, place, l)
}

// StoredArticle returns the article if no request is needed for it; else the error is store.ErrNotFound.
func (f *Finder) StoredArticle(ctx context.Context, key store.ArticleKey) (store.Article, error) {
	return f.store.Article(ctx, key, time.Now())
}

// readArticle reads the article from Wikipedia and stores it.
func (f *Finder) readArticle(ctx context.Context, place string, l store.Sitelink) (store.Article, error) {
	fl, _, err := f.articles.join(ctx, articleName{l.Edition, l.Title, l.Page}, func(ctx context.Context) (store.Article, error) {
		a, err := f.askArticle(ctx, l)
		if err != nil {
			return store.Article{}, err
		}
		a.Place = place
		if err := f.store.PutArticle(ctx, a, time.Now()); err != nil { // the text is good nevertheless
			f.log.Error("article_unsaved", "edition", l.Edition, "page", a.Page, "error", err)
		}
		return a, nil
	})
	if err != nil {
		return store.Article{}, err
	}
	return fl.wait(ctx)
}

// articleName identifies an article: by its page if that is known, else by its title.
type articleName struct {
	edition, title string
	page           int64
}

func (f *Finder) askArticle(ctx context.Context, l store.Sitelink) (store.Article, error) {
	params := url.Values{"prop": {"extracts|info"}, "explaintext": {"1"}, "exsectionformat": {"wiki"}}
	if l.Page > 0 {
		params.Set("pageids", strconv.FormatInt(l.Page, 10))
	} else {
		params.Set("titles", l.Title)
	}
	r, err := f.client.get(ctx, KindArticle, l.Edition, params)
	if err != nil {
		return store.Article{}, err
	}
	if r.Query == nil || len(r.Query.Pages) == 0 || r.Query.Pages[0].Missing || r.Query.Pages[0].Extract == nil {
		return store.Article{}, fmt.Errorf("%w: %w", ErrUnavailable, ErrNoArticle)
	}
	p := r.Query.Pages[0]
	text := bounded(wikitext.Join(wikitext.Sections(*p.Extract)), store.MaxArticle)
	if text == "" {
		return store.Article{}, fmt.Errorf("%w: %w", ErrUnavailable, ErrNoArticle)
	}
	now := time.Now().UTC()
	return store.Article{
		ArticleKey: store.ArticleKey{Edition: l.Edition, Page: p.PageID}, Title: clean(p.Title, 300), Revision: p.Revision,
		Edited: p.Touched.UTC(), Fetched: now, Checked: now, Text: text,
	}, nil
}

// bounded returns text cut to at most limit bytes: whole paragraphs if any fits, else whole characters.
func bounded(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	text = text[:limit]
	if at := strings.LastIndexByte(text, '\n'); at > 0 {
		return text[:at+1]
	}
	for len(text) > 0 && !utf8.ValidString(text[max(0, len(text)-utf8.UTFMax):]) {
		text = text[:len(text)-1]
	}
	return text
}

// stale reports whether a text that was read at fetched should be read again, because it is old, or because its page had just been edited.
func stale(fetched, edited, now time.Time) bool {
	age := now.Sub(fetched)
	return age > staleAfter || age > youngAfter && !edited.IsZero() && fetched.Sub(edited) < youngAfter
}

// Stale reports whether the intro of the place should be read again when it is used.
func Stale(p Place, now time.Time) bool {
	return p.PageID != 0 && !p.Fetched.IsZero() && stale(p.Fetched, p.Edited, now)
}

// StaleArticle reports whether the article should be read again when it is used.
func StaleArticle(a store.Article, now time.Time) bool {
	if a.Checked.IsZero() { // of a pack
		return true
	}
	read := a.Fetched
	if a.Checked.After(read) {
		read = a.Checked
	}
	return stale(read, a.Edited, now)
}

// Reread reads the article again and stores it.
func (f *Finder) Reread(ctx context.Context, a store.Article) (store.Article, error) {
	return f.readArticle(ctx, a.Place, store.Sitelink{Edition: a.Edition, Title: a.Title, Page: a.Page})
}

// Refresh reads the intro of the place again and stores it, with the names and articles that are known.
func (f *Finder) Refresh(ctx context.Context, p Place) (Place, error) {
	key := pageKey{p.Language, p.PageID}
	c := Candidate{Page: store.Page{ID: p.PageID, Title: p.Title, Point: p.Point, Kind: p.Kind, Dim: p.Dim}, Language: p.Language}
	pages, _, err := f.fetchPages(ctx, p.Language, []pageKey{key}, map[pageKey]Candidate{key: c})
	if err != nil {
		return p, err
	}
	page := pages[p.PageID]
	if page == nil {
		return p, fmt.Errorf("%w: %w", ErrUnavailable, ErrNoArticle)
	}
	if p.Packed && len(page.Coordinates) > 0 { // a pack may put a place anywhere
		c.Point = geo.Point{Lat: page.Coordinates[0].Lat, Lon: page.Coordinates[0].Lon}
	}
	fresh := describe(page, c, p.Language)
	if fresh.Kind == kindMissing {
		fresh.ID = p.ID
	}
	fresh.Names, fresh.About, fresh.Abouts = p.Names, p.About, p.Abouts
	for _, l := range p.Sitelinks {
		if l.Edition == p.Language { // its title and length may have changed
			l = store.Sitelink{Edition: l.Edition, Title: fresh.Title, Page: fresh.PageID, Length: fresh.Length}
		}
		fresh.Sitelinks = append(fresh.Sitelinks, l)
	}
	if fresh.Credit.File == p.Credit.File {
		fresh.Credit = p.Credit
	}
	if err := f.store.PutPlaces(ctx, []Place{fresh}); err != nil {
		return fresh, fmt.Errorf("store place: %w", err)
	}
	return fresh, nil
}

// Explore starts wide searches in the editions where the circle around p is not searched yet, and waits for none.
func (f *Finder) Explore(ctx context.Context, p geo.Point, radius float64, languages []string) {
	for _, language := range languages {
		tiles := tileKeys(geo.CellsWithin(nil, p, min(radius, closeRadius), geo.LevelTile), language)
		_, unknown, err := f.storedAll(ctx, tiles)
		if err != nil || len(unknown) == 0 {
			continue
		}
		around := aroundOf(p, language)
		if _, ok, err := f.stored(ctx, around); err != nil || ok {
			continue
		}
		_, _, _ = f.tiles.join(ctx, areaKey(around), func(ctx context.Context) ([]store.Page, error) {
			return nil, f.searchWide(ctx, around, areaKey(around))
		})
	}
}

// KnownNamed returns the places of the editions within radius metres of p that are stored with a name for people who read the language, merged. It
// sends no request.
func (f *Finder) KnownNamed(ctx context.Context, p geo.Point, radius float64, languages []string, language string) ([]Place, error) {
	var list []Place
	for _, edition := range languages {
		known, err := f.Known(ctx, p, radius, edition)
		if err != nil {
			return nil, err
		}
		for _, k := range known {
			if named(k, base(language)) {
				list = append(list, k)
			}
		}
	}
	return Merge(list, language), nil
}

// ArticleURL returns the address of an article of Wikipedia.
func ArticleURL(edition, title string) string {
	return "https://" + edition + ".wikipedia.org/wiki/" + url.PathEscape(strings.ReplaceAll(title, " ", "_"))
}

// EditionOf returns the edition of an article of Wikipedia by its address; "" for other addresses.
func EditionOf(address string) string {
	host, _, _ := strings.Cut(strings.TrimPrefix(address, "https://"), "/")
	edition, ok := strings.CutSuffix(host, ".wikipedia.org")
	if !ok {
		return ""
	}
	return edition
}

// MayRead reports whether an article could be read within a second and a half: articles take at most half of a minute's requests.
func (f *Finder) MayRead(ctx context.Context) bool {
	return f.client.quota.peek(classOf(ctx), true) < 1500*time.Millisecond
}
