package places

import (
	"regexp"
	"strings"
)

// verdict is what a description says about a place.
type verdict uint8

const (
	unknown verdict = iota
	junk
	sight
)

// quarterLimit in metres: a historic quarter of at most this size is a place to walk through.
const quarterLimit = 1000

// judgeEnglish judges a place by a description in English, as Wikidata and the English Wikipedia write them: "[adjectives] noun [in place]". The
// last word before the first preposition is what the thing is. dim is its size in metres, 0 = unknown.
func judgeEnglish(description string, dim int) verdict {
	if description == "" {
		return unknown
	}
	d := fold("en", description)
	if lifetime.MatchString(d) && !kept(d) || personNote.MatchString(d) {
		return junk
	}
	if holdsPhrase(d, english.phrases) {
		return junk
	}
	words := firstWords(d)
	for len(words) > 2 && english.collections[words[0]] && words[1] == "of" { // "series of attacks"
		words = words[2:]
	}
	head := headOf(words)
	switch {
	case english.sights[head]:
		return sight
	case english.quarters[head] && dim > 0 && dim <= quarterLimit && historic(words):
		return sight
	case english.junk[head]:
		return junk
	}
	return unknown
}

// headOf returns the last word before the first preposition.
func headOf(words []string) string {
	head := ""
	for i, word := range words {
		if i > 0 && vocabularies["en"].stops[word] {
			break
		}
		head = word
	}
	return head
}

// kept reports whether the description is about a thing with a lifetime, such as a church that stood from 1850 to 1911.
func kept(d string) bool {
	before, _, _ := strings.Cut(d, "(")
	return english.sights[headOf(strings.Fields(before))]
}

func historic(words []string) bool {
	for _, word := range words {
		if word == "historic" || word == "historical" || word == "old" || word == "medieval" {
			return true
		}
	}
	return false
}

var (
	lifetime   = regexp.MustCompile(`\((?:c\. ?|ca\. ?)?\d{3,4} ?[–—-] ?(?:c\. ?|ca\. ?)?\d{3,4}\)`)
	personNote = regexp.MustCompile(`\((?:born|b\.|died|d\.) `)
)

// english holds the words of Wikidata's English descriptions.
var english = struct {
	phrases     []string
	collections map[string]bool // whose members count: "series of"
	sights      map[string]bool
	quarters    map[string]bool
	junk        map[string]bool
}{
	phrases: phrases(`encyclopedia article, wikimedia category, wikimedia template, wikimedia list article, wikimedia disambiguation page,
		statistical area, statistical district, census-designated place, census designated place, unincorporated community, electoral district,
		administrative division, administrative unit, administrative territorial entity, railway line, railroad line, tram line, bus line, bus route,
		tram route, metro line, subway line, rapid transit line, road number, state highway, national highway, motorway in, species of, genus of,
		breed of, military unit, football club, sports club, sports team, rock band, pop group, musical group, political party, film festival,
		music festival, hostage crisis, hostage taking, terrorist attack, mass shooting, plane crash, train wreck, court case, television series,
		tv series, video game, human settlement, populated place, radio station, television station, television channel, record label, law firm`),
	collections: set(`series sequence string wave spate set group pair row number complex one part`),
	sights: set(`museum gallery theatre theater opera cinema university college school academy library archive station stop terminal street avenue
		boulevard lane alley road square plaza piazza place bridge footbridge viaduct aqueduct tunnel tree oak lime linden plane baobab church
		cathedral basilica chapel monastery abbey convent priory mosque synagogue temple shrine pagoda palace castle fortress fort citadel chateau
		mansion manor villa house houses cottage building buildings skyscraper tower gate gatehouse wall walls ruin ruins monument memorial statue
		sculpture bust fountain column obelisk mausoleum tomb cemetery graveyard park garden gardens zoo aquarium market hall stadium arena hotel
		restaurant cafe pub bar inn shop store mall hospital clinic prison barracks lighthouse mill windmill watermill factory brewery observatory
		planetarium embassy consulate courthouse synagogue pier harbour harbor port lock dam well spring cave grotto hill rock staircase stairs steps
		passage arcade courtyard site crypt catacombs baths bathhouse windmill cross stele landmark attraction promenade embankment quay`),
	quarters: set(`quarter neighborhood neighbourhood district area`),
	junk: set(`attack attacks shooting shootings bombing bombings massacre murder murders assassination hijacking kidnapping siege battle war
		campaign operation offensive raid riot riots protest protests demonstration uprising rebellion revolt coup revolution mutiny event events
		incident accident disaster crash collision derailment fire explosion earthquake flood tsunami hurricane tornado eruption pandemic epidemic
		outbreak strike scandal trial election referendum treaty conference summit festival tournament championship cup match race competition
		contest games ceremony award awards prize medal expedition execution executions
		painter writer poet novelist author sculptor architect composer musician singer actor actress director politician king queen emperor empress
		prince princess duke bishop saint priest monk general soldier officer philosopher scientist physicist chemist mathematician engineer inventor
		physician historian journalist footballer athlete player coach businessman businesswoman merchant photographer explorer revolutionary
		criminal lawyer judge person people family dynasty
		novel book poem play film movie song album single symphony painting magazine newspaper periodical journal website series
		company corporation enterprise business manufacturer airline retailer conglomerate subsidiary startup brand agency organization organisation
		association union ngo charity foundation consortium bank insurer broadcaster publisher label
		club team band ensemble orchestra choir party movement regiment brigade battalion
		country state republic kingdom empire territory province region prefecture county canton department arrondissement commune municipality
		township town city village hamlet settlement locality suburb borough ward parish barangay metropolis capital constituency raion oblast okrug
		krai voivodeship powiat gmina microdistrict subdistrict quarter neighborhood neighbourhood district diocese archdiocese
		river tributary stream creek brook lake reservoir bay sea strait gulf lagoon ocean channel watershed
		route highway motorway expressway freeway line species genus family subspecies breed list category template language dialect`),
}
