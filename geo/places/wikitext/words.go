package wikitext

import (
	_ "embed" // the list of words
	"strings"
)

//go:embed words.txt
var wordList string

// words are the lists of words.txt, read once.
var words = readWords(wordList)

type lists struct {
	notes, sounds       []string
	instructions        map[[2]byte][]string // by their first two bytes
	starts              *[256][256]bool      // tells which pairs of bytes begin an instruction: most do not
	skip, abbreviations map[string]bool
}

func readWords(text string) lists {
	l := lists{instructions: map[[2]byte][]string{}, starts: new([256][256]bool), skip: map[string]bool{}, abbreviations: map[string]bool{}}
	for line := range strings.SplitSeq(text, "\n") {
		kind, list, found := strings.Cut(line, ": ")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		for word := range strings.SplitSeq(list, "|") {
			switch kind {
			case "notes":
				l.notes = append(l.notes, word)
			case "sounds":
				l.sounds = append(l.sounds, word)
			case "instructions":
				word = strings.Map(parted, word)
				key := [2]byte{word[0], word[1]}
				l.instructions[key] = append(l.instructions[key], word)
				l.starts[key[0]][key[1]] = true
			case "skip":
				l.skip[word] = true
			case "abbreviations":
				l.abbreviations[word] = true
			}
		}
	}
	return l
}
