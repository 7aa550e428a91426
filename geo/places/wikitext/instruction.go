package wikitext

import "strings"

// SpeaksToModel reports whether a text holds words that instruct a language model instead of telling about a place. Invisible characters and
// look-alike signs between the words do not hide them.
func SpeaksToModel(text string) bool {
	folded := strings.Join(strings.Fields(strings.ToLower(plainSigns(text))), " ")
	if folded == "" {
		return false
	}
	for i := range len(folded) - 1 {
		for _, phrase := range words.instructions[[2]byte{folded[i], folded[i+1]}] {
			if strings.HasPrefix(folded[i:], phrase) {
				return true
			}
		}
	}
	return false
}
