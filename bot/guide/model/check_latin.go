package model

import (
	"fmt"
	"strings"
)

// common lists frequent short words of the languages in Latin script, enough to recognise a text of thirty words. A word that several languages share
// is in each list.
var common = map[string]string{
	"en": "the of and to in a is was it that for on as with by at from this his her its were which are be an not but has had who one still their they when",
	"fr": "le la les l de des d du et à en un une est était il elle que qui qu dans sur pour par au aux avec ce cette son sa ses se s on ne pas plus fut ont a sont où mais leur encore",
	"pt": "o a os as de do da dos das e em no na nos nas um uma é foi que para por com se não mais ao à pelo pela seu sua como era está mas ainda onde quem são também",
	"es": "el la los las de del y en un una es fue que para por con se no más al su sus como era está pero aún donde lo son también todavía le quien ha",
	"de": "der die das und in von zu den dem des ein eine einer einem einen ist war im mit auf für an als auch sich es nicht am bis wurde hat noch aus bei nach wie er sie hier wer sind",
	"it": "il la lo i gli le di del della dei delle dell d l e in un una è fu che per con si non più al alla nel nella da dal dalla suo sua come era ma ancora sono anche chi ha questo",
	"tr": "ve bir bu da de için ile olarak olan çok daha en gibi kadar sonra her ama ne o ise iki ilk ya oldu hâlâ hala değil göre içinde üzerinde tarafından yapılan bugün adı var yıl yılında",
	"pl": "i w z na do się że jest to nie od po przez o a jak który która które był była było przy dla jego jej ze oraz są za tym co tej tego jeszcze można już ale dziś gdy pod nad kiedy",
}

// commonWords maps a word to the languages in which it is common, as bits in the order of latinLanguages.
var (
	latinLanguages = []string{"en", "fr", "pt", "es", "de", "it", "tr", "pl"}
	commonWords    = indexCommon()
)

func indexCommon() map[string]uint8 {
	index := make(map[string]uint8)
	for i, language := range latinLanguages {
		for word := range strings.FieldsSeq(common[language]) {
			index[word] |= 1 << i
		}
	}
	return index
}

// wrongLatin returns why a lower-case text is not in the wanted language, "" = it is, or the language does not use the Latin script.
func wrongLatin(language, lower string) string {
	if _, ok := common[language]; !ok {
		return ""
	}
	var hits [8]int // by latinLanguages
	start := -1
	for i, r := range lower {
		if _, letter := scriptOf(r); letter {
			if start < 0 {
				start = i
			}
			continue
		}
		if start >= 0 {
			countWord(&hits, lower[start:i])
		}
		start = -1
	}
	if start >= 0 {
		countWord(&hits, lower[start:])
	}

	own, best := 0, 0
	for i, l := range latinLanguages {
		if l == language {
			own = hits[i]
		} else if hits[i] > hits[best] || latinLanguages[best] == language {
			best = i
		}
	}
	// Allow a few words of another language: names of places contain their own articles.
	if hits[best] > own+1+own/8 {
		return fmt.Sprintf("reads like %s", latinLanguages[best])
	}
	rare := 16
	if language == "tr" { // it says with endings what others say with short words
		rare = 32
	}
	if words := strings.Count(lower, " ") + 1; own*rare < words {
		return fmt.Sprintf("%d common words of the language in %d", own, words)
	}
	return ""
}

// countWord adds one to every language in which the word is common.
func countWord(hits *[8]int, word string) {
	if len(word) > 12 {
		return
	}
	for mask, i := commonWords[word], 0; mask != 0; mask, i = mask>>1, i+1 {
		hits[i] += int(mask & 1)
	}
}
