package model

import (
	"fmt"
	"strings"
	"unicode"

	"excursobot/geo/places/wikitext"
)

// script is a group of letters that some languages share.
type script uint8

const (
	latin script = iota
	cyrillic
	arabic
	devanagari
	hangul
	kana
	han
	otherScript
	scripts // number of scripts
)

// counts holds what one pass over a text finds.
type counts struct {
	words   int // runs between spaces that hold a letter or a digit
	visible int // characters that are not spaces
	letters int
	of      [scripts]int
	// Letters that distinguish languages with the same script.
	russian   int // ыъэё
	ukrainian int // іїєґ
	foreign   int // Cyrillic letters of neither; letters of Persian or Urdu that Arabic does not have
}

func count(text string) counts {
	var c counts
	inWord := false
	for _, r := range text {
		if r == ' ' || r == '\n' || r >= 0x80 && unicode.IsSpace(r) {
			inWord = false
			continue
		}
		c.visible++
		s, letter := scriptOf(r)
		if !letter {
			if !inWord && (r >= '0' && r <= '9' || r >= 0x80 && unicode.IsDigit(r)) {
				inWord = true
				c.words++
			}
			continue
		}
		if !inWord {
			inWord = true
			c.words++
		}
		c.letters++
		c.of[s]++
		switch s {
		case cyrillic:
			c.cyrillic(r)
		case arabic:
			switch r {
			case 'پ', 'چ', 'ژ', 'گ', 'ک', 'ی', 'ے', 'ہ', 'ں', 'ٹ', 'ڈ', 'ڑ':
				c.foreign++
			}
		}
	}
	return c
}

func (c *counts) cyrillic(r rune) {
	switch r {
	case 'ы', 'ъ', 'э', 'ё', 'Ы', 'Ъ', 'Э', 'Ё':
		c.russian++
	case 'і', 'ї', 'є', 'ґ', 'І', 'Ї', 'Є', 'Ґ':
		c.ukrainian++
	default:
		if r < 0x410 || r > 0x44F { // Serbian, Belarusian, Kazakh, ...
			c.foreign++
		}
	}
}

// scriptOf returns the script of a letter. It compares ranges, which is ten times as fast as the tables of package unicode. The vowel signs of
// Devanagari count as letters.
func scriptOf(r rune) (s script, letter bool) {
	switch {
	case r < 0x80:
		return latin, r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	case r < 0x250, r >= 0x1E00 && r < 0x1F00:
		return latin, r >= 0xC0 && r != '×' && r != '÷'
	case r >= 0x400 && r < 0x530:
		return cyrillic, true
	case r >= 0x600 && r < 0x700, r >= 0x750 && r < 0x780, r >= 0x8A0 && r < 0x900, r >= 0xFB50 && r < 0xFE00, r >= 0xFE70 && r < 0xFEFF:
		return arabic, unicode.IsLetter(r)
	case r >= 0x900 && r < 0x980:
		return devanagari, r < 0x964 || r > 0x96F // not dandas and digits
	case r >= 0xAC00 && r < 0xD7B0, r >= 0x1100 && r < 0x1200, r >= 0x3130 && r < 0x3190:
		return hangul, true
	case r >= 0x3041 && r < 0x3100, r >= 0x31F0 && r < 0x3200, r >= 0xFF66 && r < 0xFFA0:
		return kana, r != '・'
	case r >= 0x4E00 && r < 0xA000, r >= 0x3400 && r < 0x4DC0, r >= 0xF900 && r < 0xFB00, r >= 0x20000 && r < 0x32000, r == '々':
		return han, true
	}
	return otherScript, unicode.IsLetter(r)
}

// wrongScript returns why the letters do not belong to the language, "" = they do. Up to a third of a text may be in another script, for names.
// Languages with the same script are distinguished by the letters that only one of them has.
func wrongScript(language string, c counts) string {
	if c.letters == 0 {
		return "no letters"
	}
	if english[language] == "" {
		return fmt.Sprintf("unknown language %q", language)
	}
	own := 0
	for _, s := range ownScripts(language) {
		own += c.of[s]
	}
	if 3*own < 2*c.letters {
		return fmt.Sprintf("%d of %d letters are in the language's script", own, c.letters)
	}
	bad := false
	switch language {
	case "ru": // Ukrainian has about 9 % of letters that Russian does not have; Russian text with a Ukrainian name has less than 3 %
		bad = 33*(c.ukrainian+c.foreign) > own
	case "uk": // Russian has about 2.5 % of letters that Ukrainian does not have
		bad = 50*c.ukrainian < own || c.russian > c.ukrainian || 33*c.foreign > own
	case "ar":
		bad = 33*c.foreign > own
	case "ja": // Chinese has no kana, half of Japanese prose is kana
		bad = 5*c.of[kana] < own
	case "zh":
		bad = 20*c.of[kana] > own
	}
	if bad {
		return "letters of another language"
	}
	return ""
}

// foreignSentence returns a sentence of a text in another script than the language's, if it is no quotation and the source does not hold it; "" = there is
// none. The names in a text are shorter than that.
func (w *written) foreignSentence() string {
	const fewLetters = 12
	for _, sentence := range wikitext.Sentences(w.text) {
		c := count(sentence)
		if c.letters < fewLetters {
			continue
		}
		own := 0
		for _, s := range ownScripts(w.language) {
			own += c.of[s]
		}
		if 4*own < c.letters && !strings.ContainsAny(sentence, "\"«“„「『") && !strings.Contains(w.src.lower, strings.ToLower(strings.TrimRight(sentence, ".!?。"))) {
			return plain(sentence, 80)
		}
	}
	return ""
}

// ownScripts returns the scripts that a language is written in.
func ownScripts(language string) []script {
	switch language {
	case "ru", "uk":
		return []script{cyrillic}
	case "ar":
		return []script{arabic}
	case "hi":
		return []script{devanagari}
	case "ko":
		return []script{hangul}
	case "zh":
		return []script{han}
	case "ja":
		return []script{kana, han}
	}
	return []script{latin}
}
