package demo

import (
	"cmp"
	"maps"
	"strings"

	"excursobot/bot/sim"
	"excursobot/geo/places"
)

// localEdition is the strong edition of each city: it has whole articles, and knows places that the others do not.
var localEdition = map[string]string{"moscow": "ru", "saint-petersburg": "ru", "paris": "fr"}

// localOnly are the places with an article in the local edition alone.
var localOnly = map[string]bool{
	"Q4343424": true, "Q4343030": true, // Moscow
	"Q4398576": true, "Q2657856": true, // Saint Petersburg
	"Q335277": true, "Q643520": true, "Q898629": true, // Paris
}

// french are the pack's texts about the places that only the French edition knows, in French.
//
//nolint:misspell // French
var french = map[string]struct{ title, text string }{
	"Q335277": {"Pont Neuf", "Le Pont Neuf est le plus ancien pont de Paris. Henri III a posé la première pierre en 1578, et le pont a été achevé en 1607 " +
		"sous Henri IV, qui s'y dresse aujourd'hui au milieu, sur un cheval de bronze. La nouveauté était ailleurs : on n'y a pas construit de maisons, mais il avait des " +
		"trottoirs, et de là les Parisiens ont pu pour la première fois voir le fleuve. En 1985, l'artiste Christo a enveloppé tout le pont de toile. Sous la " +
		"corniche, des centaines de visages de pierre, tous différents, regardent l'eau."},
	"Q643520": {"Place Vendôme", "La colonne de cette place a été renversée exprès. Napoléon l'a fait dresser en 1810 en l'honneur d'Austerlitz, avec le bronze " +
		"de canons pris à l'ennemi. En mai 1871, la Commune de Paris l'a abattue. Le peintre Gustave Courbet, condamné à payer sa restauration, est parti en " +
		"Suisse. La place elle-même a été inaugurée en 1699 avec une statue équestre de Louis XIV. Chopin est mort au numéro 12. Les reliefs s'enroulent " +
		"autour de la colonne comme un ruban, de bas en haut."},
	"Q898629": {"Place des Vosges", "La place porte le nom de bons contribuables : en 1800, elle a pris celui du département des Vosges, le premier à envoyer son " +
		"argent à la République. Auparavant, elle s'appelait place Royale. Henri IV a commencé à la construire, et on l'a inaugurée en 1612, déjà sous son fils, par une " +
		"grande fête avec un carrousel. Toutes les maisons ont le même dessin : brique rouge, pierre claire, ardoise bleue. Victor Hugo a habité au numéro 6 de 1832 à " +
		"1848 ; c'est aujourd'hui son musée."},
}

// describeHeadings are the headings of the section behind the intro.
var describeHeadings = map[string]string{"ru": "Описание", "fr": "Description"}

// textsOf returns what the demo knows about a place, by language.
func textsOf(p places.PackPlace) map[string]string {
	texts := maps.Clone(p.Texts)
	if t, ok := french[p.ID]; ok {
		texts["fr"] = t.text
	}
	return texts
}

// packArticles returns the pack's places as articles of editions that differ, in the pack's order: the local one has whole articles, of an intro and a
// section, the others have an intro, and some places are in the local one only. All places have their names in Wikidata, an English description and a
// picture.
func packArticles(pack *places.Pack) []sim.Article {
	var list []sim.Article
	id := int64(0)
	for _, city := range pack.Cities() {
		local := localEdition[city.ID]
		for _, p := range city.Places {
			id++
			texts := textsOf(p)
			for _, language := range []string{"ru", "en", "fr"} {
				text := texts[language]
				if text == "" || localOnly[p.ID] && language != local {
					continue
				}
				a := sim.Article{
					PageID: id, Language: language, Title: articleTitle(p, language),
					Lat: p.Point.Lat, Lon: p.Point.Lon, Type: "landmark", Dim: 100,
					QID: p.ID, Extract: text, Length: len(text), Revision: id,
					Labels: p.Names, English: p.Kind + " in " + city.Names["en"],
					Picture: "Demo_" + p.ID + "_picture.jpg",
				}
				if language == local {
					a.Extract, a.Body = inSections(text, describeHeadings[language])
				}
				list = append(list, a)
			}
		}
	}
	return list
}

// inSections returns the beginning of a text, up to the second full stop, and the rest under a heading.
func inSections(text, heading string) (intro, body string) {
	const stop = ". "
	first := strings.Index(text, stop) + len(stop)
	second := strings.Index(text[first:], stop)
	if second < 0 {
		return text, ""
	}
	end := first + second + len(stop)
	return text[:end-1], "== " + heading + " ==\n" + text[end:]
}

// articleTitle returns the title of the real article if it is known, so that links lead there, else the place's name.
func articleTitle(p places.PackPlace, language string) string {
	if language == "fr" {
		return french[p.ID].title
	}
	return cmp.Or(p.Articles[language], p.Names[language])
}
