package places

import (
	"excursobot/geo"
	"excursobot/store"
)

// Pack is the built-in collection of landmarks with ready stories.
type Pack struct{ _ int }

// LoadPack reads the embedded file; an error is a fault of the build.
func LoadPack() (*Pack, error) { panic("contract") }

// City is a group of landmarks within walking distance.
type City struct {
	ID     string            // "moscow"
	Names  map[string]string // by language
	Center geo.Point
	Places []PackPlace
}

// PackPlace is a landmark with its text in each language of the pack.
type PackPlace struct {
	ID    string // Q-id
	Point geo.Point
	Kind  string
	Year  int // of the building or opening; negative = BC
	Names map[string]string
	Texts map[string]string
}

// Cities returns the pack's content; it is shared and must not be changed.
func (p *Pack) Cities() []City { panic("contract") }

// Near returns the pack's stories in the language within radius metres of pt, nearest first. The pack speaks ru and en; another language gets en.
func (p *Pack) Near(pt geo.Point, radius float64, language string) []store.Story { panic("contract") }
