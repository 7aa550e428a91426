package storetest

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"strings"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// TownPairs is the number of places, each with a story, in a town.
const TownPairs = 33

// townVersion is higher than that of any rules by which stories are written, so that none of them is written again.
const townVersion = 1000

// townRadius is in metres: a ring of 600 m around the middle holds the whole town.
const townRadius = 590

// Towns makes up towns of places and stories whose texts differ from each other and compress no better than prose does: the words are made up of
// syllables, with the frequencies of words in a language. Towns of even numbers are Russian, the others English. The same number gives the same town.
type Towns struct {
	words [2][]string // by script, the frequent ones first
}

// NewTowns prepares the words.
func NewTowns() *Towns {
	cyrillic := townWords("и в на с по из не что был была это его как от для до при также где после его храм дом улица здание год город"+
		" века году построен архитектор церковь площадь которые здесь ещё только его она когда уже были через потом теперь стоит времени"+
		" первый новый старый под над со за без лет него", "к р ст н п в м с т л д б г з ш х ж пр тр ск ч кн вл гл дв зв кр мн пл сл сн тв хр шк ц щ ф гр бр др", "о а е и у ы я ё ю э ой ай ей", " н й л м в т х к р с д г го ми ть ся ный ская ние ства ого ую ых ем ыми лся")
	latin := townWords("the of and in to a was the is by for the on as with at from it its that his were built church house street century now which one"+
		" building first square had be been who has when this their after city two where but during later under old only king stands until people"+
		" between museum tower used well around moved great named stone years than east west called", "b c d f g h l m n p r s t st w th", "a e i o u ea", " n r s t l nd ed er ly th ing ment tion")
	return &Towns{words: [2][]string{cyrillic, latin}}
}

// townWords returns the given words and 20 000 made of syllables: heads, vowels and tails.
func townWords(frequent, heads, vowels, tails string) []string {
	r := rand.New(rand.NewPCG(1, uint64(len(heads))))
	pick := func(list []string) string { return list[r.IntN(len(list))] }
	head, vowel, tail := strings.Split(heads, " "), strings.Split(vowels, " "), strings.Split(tails, " ")
	words := strings.Fields(frequent)
	for range 20_000 {
		var w strings.Builder
		for range 1 + r.IntN(3) {
			w.WriteString(pick(head) + pick(vowel))
		}
		words = append(words, w.String()+pick(tail))
	}
	return words
}

// Language returns the language of a town.
func (w *Towns) Language(town int) string { return [2]string{"ru", "en"}[town%2] }

// Center returns the middle of a town, somewhere between 55 degrees south and 65 degrees north.
func (w *Towns) Center(town int) geo.Point {
	r := rand.New(rand.NewPCG(uint64(town), 2))
	return geo.Point{Lat: r.Float64()*120 - 55, Lon: r.Float64()*360 - 180}
}

// Pairs returns the places and the stories of a town, as the bot stores them after a visit.
func (w *Towns) Pairs(town int, at time.Time) ([]store.Place, []store.Story) {
	r := rand.New(rand.NewPCG(uint64(town), 3))
	center, language, words := w.Center(town), w.Language(town), w.words[town%2]
	places, stories := make([]store.Place, TownPairs), make([]store.Story, TownPairs)
	for i := range TownPairs {
		n := int64(town*TownPairs + i)
		id := fmt.Sprint("Q", 1_000_000+n*7919%120_000_000)
		title := strings.TrimSuffix(townText(r, words, 12+r.IntN(20)), ".")
		address := strings.ReplaceAll(title, " ", "_")
		file := strings.TrimSuffix(strings.ReplaceAll(townText(r, w.words[1], 24), " ", "_"), ".") + ".jpg"
		sum := r.Uint32()
		picture := fmt.Sprintf("https://upload.wikimedia.org/wikipedia/commons/thumb/%x/%02x/%s/1280px-%s", sum%16, sum%256, file, file)
		credit := store.Credit{
			File: "File:" + file, Author: strings.TrimSuffix(townText(r, w.words[1], 12), "."), License: "CC BY-SA 4.0",
			LicenseURL: "https://creativecommons.org/licenses/by-sa/4.0", Page: "https://commons.wikimedia.org/wiki/File:" + file,
		}
		p := store.Place{
			ID: id, Language: language, PageID: n + 1, Title: title, Point: townPoint(geo.Offset(center, r.Float64()*360, townRadius*math.Sqrt(r.Float64()))),
			Kind: "landmark", Description: strings.TrimSuffix(townText(r, words, 24), "."), Extract: townText(r, words, 400), Length: 2000 + r.IntN(30_000),
			URL: "https://" + language + ".wikipedia.org/wiki/" + url.PathEscape(address), Picture: picture, Source: "wikipedia", Fetched: at,
			Names: map[string]string{language: title}, About: strings.TrimSuffix(townText(r, w.words[1], 24), "."), Credit: credit,
			Sitelinks: []store.Sitelink{{Edition: language, Title: title, Page: n + 1}}, Revision: 100_000_000 + n*31, Edited: at.Add(-time.Duration(r.IntN(1000)) * time.Hour),
		}
		quote := string([]rune(p.Extract)[:80])
		places[i] = p
		stories[i] = store.Story{
			StoryKey: store.StoryKey{Place: id, Language: language, Length: store.Short}, Title: title, Point: p.Point, Kind: p.Kind, URL: p.URL,
			Picture: picture, Text: townText(r, words, 400), Source: "model", Model: "gpt-6-luna", Created: at, Expires: at.Add(store.StoryLife),
			Credit: credit, Quotes: []string{quote}, Judged: store.JudgedPassed, Version: townVersion,
			Article: store.ArticleKey{Edition: language, Page: n + 1}, Revision: p.Revision,
		}
	}
	return places, stories
}

// townPoint has five decimals, as the coordinates of articles do.
func townPoint(p geo.Point) geo.Point {
	return geo.Point{Lat: math.Round(p.Lat*1e5) / 1e5, Lon: math.Round(p.Lon*1e5) / 1e5}
}

// townText returns about that many letters of sentences. How often a word comes follows Zipf's law.
func townText(r *rand.Rand, words []string, letters int) string {
	zipf := rand.NewZipf(r, 1.3, 6, uint64(len(words)-1))
	var b strings.Builder
	left, sentence := letters, 0
	for left > 0 {
		word := []rune(words[zipf.Uint64()])
		if sentence == 0 || r.IntN(8) == 0 {
			word = []rune(strings.ToUpper(string(word[:1])) + string(word[1:]))
		}
		switch sentence++; {
		case left <= len(word)+1:
			b.WriteString(string(word) + ".")
			return b.String()
		case sentence > 8 && r.IntN(5) == 0:
			fmt.Fprintf(&b, "%s %d. ", string(word), 1500+r.IntN(520))
			left, sentence = left-6, 0
		case r.IntN(8) == 0:
			b.WriteString(string(word) + ", ")
			left--
		default:
			b.WriteString(string(word) + " ")
		}
		left -= len(word) + 1
	}
	return strings.TrimSpace(b.String())
}
