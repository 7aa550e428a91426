package sim

import (
	"fmt"
	"strings"
)

// The kinds of lies that a story may hold. A machine can see all but LieSubtle; that takes a reader who compares the story with its source.
const (
	LieYear        = "year"
	LieNumber      = "number"
	LieCentury     = "century"
	LieName        = "name"
	LieNumeral     = "number in words"
	LieQuotation   = "quotation"
	LieSuperlative = "superlative"
	LieSubtle      = "invented event"
)

// Lies lists the kinds.
var Lies = []string{LieYear, LieNumber, LieCentury, LieName, LieNumeral, LieQuotation, LieSuperlative, LieSubtle}

// lies holds by language the sentence of each kind; %s is a year that the source does not hold. No simulated article says anything of the sort.
var lies = map[string]map[string]string{
	"en": {
		LieYear:        "In %s its owner gave it away for nothing.",
		LieNumber:      "Its roof rests on 387 posts of larch.",
		LieCentury:     "It stood empty throughout the ninth century.",
		LieName:        "The plans were drawn by Christopher Wren himself.",
		LieNumeral:     "Nineteen carpenters worked on the door alone.",
		LieQuotation:   "A guest wrote: “I shall never sleep behind these walls again.”",
		LieSuperlative: "It is the most expensive house in the whole country.",
		LieSubtle:      "Its owner was afraid of horses and never left the yard.",
	},
	"ru": {
		LieYear:        "В %s году хозяин отдал его даром.",
		LieNumber:      "Крыша держится на 387 столбах из лиственницы.",
		LieCentury:     "Весь девятый век оно стояло пустым.",
		LieName:        "Чертежи сделал сам Кристофер Рен.",
		LieNumeral:     "Над одной только дверью трудились девятнадцать плотников.",
		LieQuotation:   "Один гость написал: «Больше я за этими стенами не усну».",
		LieSuperlative: "Это самый дорогой дом во всей стране.",
		LieSubtle:      "Хозяин боялся лошадей и никогда не выходил со двора.",
	},
}

// lie returns the sentence of a kind for a story in the language, by its English name; "" if the language has none.
func lie(kind, language string, c candidate) string {
	sentence := lies[tongueOf(language).Code][kind]
	if strings.Contains(sentence, "%s") {
		return fmt.Sprintf(sentence, inventedYear(c))
	}
	return sentence
}

// LieIn returns the kind of the lie that a text holds, and its sentence; "" if it holds none.
func LieIn(text string) (kind, sentence string) {
	for _, kinds := range lies {
		for kind, s := range kinds {
			before, after, _ := strings.Cut(s, "%s")
			if i := strings.Index(text, before); i >= 0 {
				if after == "" {
					return kind, s
				}
				if j := strings.Index(text[i:], after); j >= 0 && j <= len(before)+8 {
					return kind, text[i : i+j+len(after)]
				}
			}
		}
	}
	return "", ""
}
