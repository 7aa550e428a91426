package places

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"

	"excursobot/geo"
	"excursobot/store"
)

// packSource is store.Story.Source of the stories of the pack.
const packSource = "pack"

//go:embed pack.json
var packFile []byte

// Pack is the built-in collection of landmarks with stories, for a bot without a network, a model or a library. It does not change after
// LoadPack, so its methods may be called concurrently.
type Pack struct{ cities []City }

// City is a group of landmarks within walking distance.
type City struct {
	ID     string            `json:"id"`    // "moscow"
	Names  map[string]string `json:"names"` // by language
	Center geo.Point         `json:"center"`
	Places []PackPlace       `json:"places"`
}

// PackPlace is a landmark with its text in each language of the pack.
type PackPlace struct {
	ID    string            `json:"id"` // Q-id
	Point geo.Point         `json:"point"`
	Kind  string            `json:"kind"`
	Year  int               `json:"year"` // of the building or opening; negative = BC
	Names map[string]string `json:"names"`
	Texts map[string]string `json:"texts"`
	// Articles are the titles of the Wikipedia articles by language, where they are known for certain.
	Articles map[string]string `json:"articles"`
}

// LoadPack reads the embedded file. An error means that the build is broken.
func LoadPack() (*Pack, error) {
	p := &Pack{}
	if err := json.Unmarshal(packFile, &p.cities); err != nil {
		return nil, fmt.Errorf("read built-in pack: %w", err)
	}
	return p, nil
}

// Cities returns the content of the pack. It is shared and must not be changed.
func (p *Pack) Cities() []City { return p.cities }

// Near returns the stories of the pack within radius metres of pt, nearest first, in Russian if language is "ru", else in English.
func (p *Pack) Near(pt geo.Point, radius float64, language string) []store.Story {
	if language != "ru" {
		language = "en"
	}
	type hit struct {
		place    *PackPlace
		distance float64
	}
	var hits []hit
	for i := range p.cities {
		for j := range p.cities[i].Places {
			place := &p.cities[i].Places[j]
			if d := geo.Distance(pt, place.Point); d <= radius {
				hits = append(hits, hit{place, d})
			}
		}
	}
	slices.SortFunc(hits, func(a, b hit) int {
		return cmp.Or(cmp.Compare(a.distance, b.distance), cmp.Compare(a.place.ID, b.place.ID))
	})
	stories := make([]store.Story, len(hits))
	for i, h := range hits {
		stories[i] = h.place.story(language)
	}
	return stories
}

// Story returns the story of the key, and whether the pack has one.
func (p *Pack) Story(key store.StoryKey) (store.Story, bool) {
	for i := range p.cities {
		for j := range p.cities[i].Places {
			place := &p.cities[i].Places[j]
			if place.ID != key.Place || place.Texts[key.Language] == "" {
				continue
			}
			s := place.story(key.Language)
			return s, s.StoryKey == key
		}
	}
	return store.Story{}, false
}

// story returns the story of the place. Its votes, times and picture are zero.
func (p *PackPlace) story(language string) store.Story {
	return store.Story{
		StoryKey: store.StoryKey{Place: p.ID, Language: language, Length: store.Short},
		Title:    p.Names[language],
		Point:    p.Point,
		Kind:     p.Kind,
		URL:      p.address(language),
		Text:     p.Texts[language],
		Source:   packSource,
	}
}

// address returns the address of the article in the language, or of the Wikidata page of the place.
func (p *PackPlace) address(language string) string {
	title := p.Articles[language]
	if title == "" {
		return "https://www.wikidata.org/wiki/" + p.ID
	}
	return ArticleURL(language, title)
}
