package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"
)

// City returns articles around a point, generated from the seed: n places in each language, with the same Q-ids. They lie within
// 2.5 km, denser in the middle. A fifth of them must be left out by a guide (districts, rivers, battles, lists, companies),
// 15 % of the others are stubs of two lines, and a tenth exists in one language only. The text is in the language for ru, en, fr, pt and uk, Russian
// for other languages in Cyrillic, and Latin for the rest; every year in it is between 1200 and 1999.
func City(seed uint64, lat, lon float64, n int, languages ...string) []Article {
	var (
		rng   = rand.New(rand.NewPCG(seed, 0x517cc1b727220a95))
		used  = map[int64]bool{}
		fresh = func(from, below int64) int64 {
			for {
				if id := from + rng.Int64N(below-from); !used[id] {
					used[id] = true
					return id
				}
			}
		}
		articles []Article
	)
	for i := range n {
		site := newSite(rng, i)
		site.qid = fmt.Sprintf("Q%d", fresh(2_000_000_000, 9_000_000_000))
		turn, dist := 2*math.Pi*rng.Float64(), 2500*rng.Float64()
		north, east := dist*math.Cos(turn)/111_195, dist*math.Sin(turn)/111_195/math.Cos(lat*math.Pi/180)
		only := -1
		if len(languages) > 1 && !site.junk && rng.IntN(10) == 0 {
			only = rng.IntN(len(languages))
		}
		for k, language := range languages {
			page := fresh(1_000, 2_000_000_000) // also drawn for a language that is left out, so that the others stay the same
			if only >= 0 && k != only {
				continue
			}
			a := site.article(language)
			a.PageID, a.Lat, a.Lon = page, lat+north, lon+east
			articles = append(articles, a)
		}
	}
	return articles
}

// citySite is a place of a city, without texts.
type citySite struct {
	qid    string
	number int
	kind   int // index into the language's kinds, or its junk
	junk   bool
	stub   bool
	street int
	house  int
	years  [4]int // ascending
	order  []int  // of the sentences
	pic    bool
}

func newSite(rng *rand.Rand, number int) citySite {
	st := citySite{
		number: number,
		kind:   rng.IntN(1 << 16),
		junk:   rng.IntN(5) == 0,
		stub:   rng.IntN(100) < 15,
		street: rng.IntN(1 << 16),
		house:  1 + rng.IntN(90),
		order:  rng.Perm(cityLines),
		pic:    rng.IntN(10) < 7,
	}
	st.years[0] = 1200 + rng.IntN(650)
	for i := 1; i < len(st.years); i++ {
		st.years[i] = min(1999, st.years[i-1]+5+rng.IntN(60))
	}
	return st
}

// article writes the article about the site in a language.
func (st citySite) article(language string) Article {
	words := wordsOf(language)
	kinds := words.kinds
	if st.junk {
		kinds = words.junk
	}
	kind := kinds[st.kind%len(kinds)]
	street := words.streets[st.street%len(words.streets)]
	fill := strings.NewReplacer(
		"{street}", street, "{house}", fmt.Sprint(st.house), "{no}", fmt.Sprint(st.number+1), "{end}", kind.ending,
		"{y0}", fmt.Sprint(st.years[0]), "{y1}", fmt.Sprint(st.years[1]), "{y2}", fmt.Sprint(st.years[2]), "{y3}", fmt.Sprint(st.years[3]),
	)
	a := Article{
		Language: language, QID: st.qid, Type: kind.typ, Dim: kind.dim,
		Title:       fill.Replace(kind.title),
		Description: kind.description,
	}
	lines := []string{a.Title + " — " + kind.description + "."}
	count, bytes := 6, 9000+977*(st.kind%40)
	if st.stub {
		count, bytes = 1, 700+st.kind%500
	}
	for _, i := range st.order[:count] {
		lines = append(lines, fill.Replace(words.sentences[i]))
	}
	a.Extract, a.Length = strings.Join(lines, " "), bytes
	a.Body = st.body(language, fill)
	a.English = english.kinds[st.kind%len(english.kinds)].description
	if st.junk {
		a.English = english.junk[st.kind%len(english.junk)].description
	}
	a.revised(st.number)
	if st.pic && !st.stub {
		a.Picture = fmt.Sprintf("Sight_%s.jpg", st.qid)
	}
	return a
}

// revised gives an article its revision and the time of it.
func (a *Article) revised(number int) {
	a.Revision = 1_000_000 + int64(number)
	a.Edited = time.Date(2025, time.January, 1+number%300, 12, 0, 0, 0, time.UTC)
}

// Region returns articles around a point as editions of unequal strength have them: the first language is the local one and knows every
// place, with a long article; of the others each knows a third, in short articles. All places have names and descriptions in all languages,
// as Wikidata does. It is otherwise like City.
func Region(seed uint64, lat, lon float64, n int, local string, others ...string) []Article {
	languages := append([]string{local}, others...)
	all := City(seed, lat, lon, n, languages...)
	names, kinds := map[string]map[string]string{}, map[string]map[string]string{}
	for _, a := range all {
		if names[a.QID] == nil {
			names[a.QID], kinds[a.QID] = map[string]string{}, map[string]string{}
		}
		names[a.QID][a.Language], kinds[a.QID][a.Language] = a.Title, a.Description
	}
	var kept []Article
	for _, a := range all {
		number := 0
		for _, r := range a.QID {
			number = (number*31 + int(r)) % 997
		}
		if a.Language != local {
			if (number+len(a.Language)*7+int(a.Language[0]))%3 != 0 {
				continue
			}
			a.Length /= 3
			if i := strings.Index(a.Body, "\n\n\n"); i > 0 {
				a.Body = a.Body[:i]
			}
		}
		a.Extract = dirty(a.Extract, a.Language, number)
		a.Labels, a.Descriptions = names[a.QID], kinds[a.QID]
		kept = append(kept, a)
	}
	return kept
}
