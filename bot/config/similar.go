package config

import "strings"

// similar returns the key that was probably meant by a wrong one: the same name in another section, or one with at most two wrong letters. "" if there
// is none.
func similar(wrong string, keys []string) string {
	best, least := "", 3
	name := wrong[strings.LastIndexByte(wrong, '.')+1:]
	for _, key := range keys {
		if n := edits(wrong, key); n < least {
			best, least = key, n
		}
	}
	if best != "" {
		return best
	}
	for _, key := range keys {
		if strings.HasSuffix(key, "."+name) {
			if best != "" {
				return "" // several sections have it
			}
			best = key
		}
	}
	return best
}

// edits returns how many letters must be added, removed or replaced to make b of a.
func edits(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := before
			if a[i] != b[j] {
				cost++
			}
			before = row[j+1]
			row[j+1] = min(cost, row[j+1]+1, row[j]+1)
		}
	}
	return row[len(b)]
}
