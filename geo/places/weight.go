package places

import (
	"math"
	"strings"
	"unicode"
)

const (
	stubPenalty   = 150.0  // metres that a two-line article loses to a long one
	interestBonus = 150.0  // metres that a matching interest is worth; several count once
	stubBytes     = 1500.0 // an article of this length has two lines
	richBytes     = 20_000.0
)

// Weight returns how good a place is for a person at the distance in metres with the interests ("history", "architecture", "people",
// "nature"; others are ignored). The result is in metres, and lower is better: the distance, plus up to 150 m for a short article, minus 150 m
// if the place matches an interest. It may be negative.
func Weight(p Place, distance float64, interests []string) float64 {
	w := distance + stubPenalty*(1-richness(p))
	if len(interests) > 0 && meets(p, interests) {
		w -= interestBonus
	}
	return w
}

// Worth returns what a stop at the place is worth on a tour, from 0.5 to 3.3: more for a long article, a picture, a story that is written already,
// and much more if the place matches an interest.
func Worth(p Place, interests []string, ready bool) float64 {
	w := 0.5 + richness(p)
	if ready && p.Source != "pack" && Largest(p) == 0 { // a story remembers no length
		w = 1
	}
	if p.Picture != "" {
		w *= 1.15
	}
	if ready {
		w *= 1.2
	}
	if len(interests) > 0 && meets(p, interests) {
		w *= 1.6
	}
	return w
}

// richness returns 0 for a short article and 1 for a long one, by the logarithm of the characters of its largest one. Places of the pack are chosen by hand: 1.
func richness(p Place) float64 {
	if p.Source == "pack" {
		return 1
	}
	r := math.Log(max(Largest(p), 1)/stubBytes) / math.Log(richBytes/stubBytes)
	return min(max(r, 0), 1)
}

// Rich reports whether there is much to tell about a place: its largest article has more than about 5500 characters.
func Rich(p Place) bool { return richness(p) >= 0.5 }

// meets reports whether the place matches one of the interests.
func meets(p Place, interests []string) bool {
	kind := strings.ToLower(p.Kind)
	words := strings.FieldsFunc(fold(p.Language, p.Title+" "+p.Description), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, interest := range interests {
		topic := topics[interest]
		if topic.kinds[kind] {
			return true
		}
		for _, word := range words {
			for _, stem := range topic.stems {
				if strings.HasPrefix(word, stem) {
					return true
				}
			}
		}
	}
	return false
}

// topic defines an interest: types of the source, and first letters of words in titles and descriptions.
type topic struct {
	kinds map[string]bool
	stems []string
}

var topics = map[string]topic{
	"history": {stems: lines(`histor, museum, memorial, monument, fort, castle, ruin, archaeolog, ancient, medieval,
		истори, музе, памятник, мемориал, крепост, замок, усадьб, археолог, древн, кремл, монастыр,
		істор, памят, меморіал, фортец, садиб, археолог, давн, музей,
		musée, mémorial, château, vestige, archéolog, médiév, forteresse,
		museu, castelo, fortaleza, ruína, arqueol, medieval, monumento, memorial`)},
	"architecture": {stems: lines(`architect, church, cathedral, chapel, mosque, synagogue, palace, mansion, building, tower, bridge, house, skyscraper, theatre,
		архитект, церк, храм, собор, часовн, мечет, синагог, двор, особняк, здани, башн, мост, дом, высотк, театр, усадьб,
		архітект, палац, будин, будівл, вежа, міст,
		église, cathédrale, chapelle, palais, hôtel, immeuble, bâtiment, tour, pont, maison, théâtre,
		arquitet, igreja, catedral, capela, palácio, edifício, torre, ponte, casa, teatro`)},
	"people": {stems: lines(`statue, tomb, grave, cemetery, birthplace, mausoleum, memorial, bust,
		памятник, бюст, могил, кладбищ, некропол, мавзоле, дом-музей, мемориальн, квартир,
		погрудд, кладовищ, памятник, мавзолей,
		tombe, tombeau, cimetière, buste, mausolée,
		estátua, túmulo, cemitério, busto, mausoléu`)},
	"nature": {
		kinds: set("mountain forest isle"),
		stems: lines(`park, garden, tree, hill, cave, spring, reserve, zoo, botanic, waterfall, island,
			парк, сад, сквер, дерев, дуб, холм, пещер, родник, заповедник, зоопарк, ботанич, бульвар, остров,
			дерево, пагорб, печер, джерел, заповідник, острів,
			parc, jardin, arbre, colline, grotte, réserve, île, bois,
			parque, jardim, árvore, colina, gruta, reserva, ilha, mata`),
	},
}
