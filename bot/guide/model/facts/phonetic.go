package facts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// sounds reports whether a name of the source sounds like a word: their consonants agree, whatever the script (Гийом, Guillaume). If
// otherScript is true, only names that the source writes in another script than the word count.
func (p *Passage) sounds(word string, otherScript bool) bool {
	key := skeleton(word)
	latin, known := p.phonetic[key]
	if !known { // French does not sound its last consonant
		latin, known = p.phonetic[strings.TrimRight(key, "st")]
	}
	return known && !(otherScript && latin == isLatin(word))
}

func isLatin(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return unicode.Is(unicode.Latin, r)
}

var cyrillicLatin = strings.NewReplacer("а", "a", "б", "b", "в", "v", "г", "g", "ґ", "g", "д", "d", "е", "e", "ё", "e", "є", "e", "ж", "j", "з", "z", "и", "i", "і", "i", "ї", "i", "й", "i",
	"к", "k", "л", "l", "м", "m", "н", "n", "о", "o", "п", "p", "р", "r", "с", "s", "т", "t", "у", "u", "ф", "f", "х", "h", "ц", "c", "ч", "c", "ш", "s", "щ", "s", "ъ", "", "ы", "i", "ь", "", "э", "e", "ю", "u", "я", "a",
	"α", "a", "β", "v", "γ", "g", "δ", "d", "ε", "e", "ζ", "z", "η", "i", "θ", "t", "ι", "i", "κ", "k", "λ", "l", "μ", "m", "ν", "n", "ξ", "x", "ο", "o", "π", "p", "ρ", "r", "σ", "s", "ς", "s", "τ", "t", "υ", "i", "φ", "f", "χ", "h", "ψ", "s", "ω", "o")

// skeleton returns the consonants of a word by their sound, without its ending, so that spellings of several languages agree.
func skeleton(word string) string {
	word = cyrillicLatin.Replace(plainLetters(word))
	for _, pair := range [][2]string{{"illau", "io"}, {"aille", "ai"}, {"eille", "ei"}, {"uille", "ui"}, {"sch", "s"}, {"tch", "c"}, {"ch", "s"}, {"sh", "s"}, {"cz", "c"}, {"sz", "s"}, {"ph", "f"}, {"th", "t"}, {"gu", "g"}, {"qu", "k"}, {"ck", "k"}, {"ll", "l"}, {"w", "v"}, {"x", "ks"}} {
		word = strings.ReplaceAll(word, pair[0], pair[1])
	}
	var out strings.Builder
	previous := byte(0)
	for i := range len(word) {
		b := word[i]
		switch b {
		case 'a', 'e', 'i', 'o', 'u', 'y', 'h', 'j', '\'', '-':
			previous = 0
			continue
		case 'c', 'q':
			b = 'k'
		case 'z':
			b = 's'
		case 'b':
			b = 'p'
		case 'd':
			b = 't'
		case 'g':
			b = 'k'
		case 'v':
			b = 'f'
		}
		if b != previous {
			out.WriteByte(b)
		}
		previous = b
	}
	return out.String()
}
