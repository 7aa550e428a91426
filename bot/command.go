package bot

import (
	"slices"
	"strconv"
	"strings"
)

// operatorIDs lists the operators.
type operatorIDs []int64

func (ids operatorIDs) has(person int64) bool { return slices.Contains(ids, person) }

// parseCommand reads "/name@bot rest". ok is false if s is not a command.
func parseCommand(s string) (name, bot string, ok bool) {
	if !strings.HasPrefix(s, "/") {
		return "", "", false
	}
	word := s[1:]
	if i := strings.IndexFunc(word, func(r rune) bool { return r <= ' ' }); i >= 0 {
		word = word[:i]
	}
	name, bot, _ = strings.Cut(word, "@")
	return strings.ToLower(name), bot, name != ""
}

// parseID reads a user id. It returns 0 if s is not a valid one.
func parseID(s string) int64 {
	id, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return 0
	}
	return id
}

// arguments returns the words behind a command.
func arguments(text string) []string {
	words := strings.Fields(text)
	return words[min(1, len(words)):]
}
