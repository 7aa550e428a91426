package places

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"excursobot/geo/editions"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

// A foreign record was not read from a source by this program: it came in a file, and whoever made the file may want to put a link, a name or an
// instruction before people. The functions of this file return such a record as a source could have given it. Addresses are made here from titles, and
// not taken over, except that of a picture, which must be on the server of Wikipedia's files.

// maxForeignBytes is the most that is believed about the length of an article.
const maxForeignBytes = 4 << 20

var (
	editionCode = regexp.MustCompile(`^[a-z]{2,12}(-[a-z]{1,8}){0,2}$`)
	pictureHost = "upload.wikimedia.org"
	creditHost  = "commons.wikimedia.org"
	licenceHost = "creativecommons.org"
)

// Foreign returns the place as a live source could have given it. The error tells why none could.
func Foreign(p Place) (Place, error) {
	q := Place{
		ID: p.ID, Language: p.Language, PageID: p.PageID, Point: p.Point, Source: "wikipedia",
		Title: clean(p.Title, 300), Kind: clean(p.Kind, 60), Description: harmless(p.Description, 200), Extract: Intro(p.Extract),
		Dim: max(p.Dim, 0), Length: min(max(p.Length, 0), maxForeignBytes), Revision: max(p.Revision, 0),
		Fetched: p.Fetched, Edited: p.Edited, Packed: p.Packed, About: harmless(p.About, store.MaxAboutBytes/4),
	}
	switch {
	case !usableEdition(p.Language):
		return Place{}, fmt.Errorf("edition %q", clip(p.Language))
	case p.PageID <= 0:
		return Place{}, errors.New("no page")
	case !isQID(p.ID) && p.ID != "wp:"+p.Language+":"+strconv.FormatInt(p.PageID, 10):
		return Place{}, fmt.Errorf("id %q", clip(p.ID))
	case !p.Point.Valid():
		return Place{}, errors.New("a point off the globe")
	case p.Fetched.IsZero():
		return Place{}, errors.New("no time of reading")
	case !harmlessName(q.Title):
		return Place{}, errors.New("a title that no article has")
	}
	q.URL = ArticleURL(q.Language, q.Title)
	q.Names = foreignNames(p.Names)
	for language, about := range p.Abouts {
		if about = harmless(about, store.MaxAboutBytes/4); about != "" && editionCode.MatchString(language) {
			if q.Abouts == nil {
				q.Abouts = map[string]string{}
			}
			q.Abouts[language] = about
		}
	}
	q.Sitelinks = foreignLinks(p.Sitelinks)
	q.Picture, q.Credit = foreignPicture(p.Picture, p.Credit)
	q.Fit()
	if len(q.Names) == 0 {
		q.Names = nil
	}
	if !worthwhile(q) {
		return Place{}, errors.New("no sight")
	}
	return q, q.Check()
}

// ForeignArticle returns the article as a live source could have given it. The error tells why none could.
func ForeignArticle(a store.Article) (store.Article, error) {
	a.Title, a.Checked = clean(a.Title, 300), time.Time{}
	a.Text = bounded(wikitext.Join(wikitext.Sections(a.Text)), store.MaxArticle)
	switch {
	case !usableEdition(a.Edition) || a.Page <= 0 || a.Revision < 0:
		return store.Article{}, errors.New("no page of a Wikipedia")
	case !harmlessName(a.Title):
		return store.Article{}, errors.New("a title that no article has")
	case a.Text == "":
		return store.Article{}, errors.New("no text")
	case a.Fetched.IsZero():
		return store.Article{}, errors.New("no time of reading")
	}
	return a, a.Check()
}

func usableEdition(code string) bool { return editionCode.MatchString(code) && editions.Usable(code) }

// harmlessName reports whether a name is one that can be shown: some text on one line without a way to reach anybody.
func harmlessName(name string) bool {
	visible := strings.ContainsFunc(name, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
	return visible && !strings.ContainsAny(name, "\n#<>[]|{}") && !strings.ContainsFunc(name, steers) && !wikitext.HasContact(name) && !wikitext.SpeaksToModel(name)
}

// steers reports whether a rune is invisible or changes the direction of what follows.
func steers(r rune) bool { return unicode.Is(unicode.Cf, r) && r != '\u200c' && r != '\u200d' }

// harmless returns a text of at most limit characters, "" if it holds a way to reach somebody.
func harmless(text string, limit int) string {
	text = clean(text, limit)
	if strings.Contains(text, "\n") || strings.ContainsFunc(text, steers) || wikitext.HasContact(text) || wikitext.SpeaksToModel(text) {
		return ""
	}
	return text
}

func foreignNames(names map[string]string) map[string]string {
	kept := make(map[string]string, len(names))
	for language, name := range names {
		if name = clean(name, 200); editionCode.MatchString(language) && harmlessName(name) {
			kept[language] = name
		}
	}
	return kept
}

func foreignLinks(links []store.Sitelink) []store.Sitelink {
	var kept []store.Sitelink
	for _, l := range links {
		l.Title = clean(l.Title, 300)
		if usableEdition(l.Edition) && harmlessName(l.Title) && l.Page >= 0 {
			l.Length = min(max(l.Length, 0), maxForeignBytes)
			kept = append(kept, l)
		}
	}
	return kept
}

// foreignPicture returns the picture with its credit, or neither.
func foreignPicture(address string, c store.Credit) (string, store.Credit) {
	name, ok := strings.CutPrefix(clean(c.File, 250), "File:")
	if address = onHost(address, pictureHost, "/wikipedia/"); address == "" || !ok || !harmlessName(name) {
		return "", store.Credit{}
	}
	kept := store.Credit{
		File: "File:" + name, Author: harmless(c.Author, authorLength), License: harmless(c.License, authorLength),
		LicenseURL: onHost(c.LicenseURL, licenceHost, "/"), Page: onHost(c.Page, creditHost, "/wiki/File:"),
	}
	if c.Author != kept.Author || !Credited(kept) {
		return "", store.Credit{}
	}
	return address, kept
}

// onHost returns the address if it is a plain one on the host below the path, else "".
func onHost(address, host, path string) string {
	u, err := url.Parse(webAddress(address))
	if err != nil || u.Host != host || u.User != nil || u.RawQuery != "" || u.Fragment != "" || !strings.HasPrefix(u.Path, path) {
		return ""
	}
	return u.String()
}

// clip shortens text of a stranger for an error.
func clip(text string) string { return clean(text, 40) }
