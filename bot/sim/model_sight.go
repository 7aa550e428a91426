package sim

import (
	"encoding/base64"
	"strings"
)

// sightSign stands in the bytes of a picture before the words that tell the simulated model what it shows.
const sightSign = "shows:"

// SightOf returns a comment for the bytes of a picture, by which the simulated model knows what it shows: words of the title or the description of a
// place. A picture without one shows nothing that it knows.
func SightOf(words string) string { return sightSign + words + ";" }

// look finds the place in a picture: {"places": [{"id", "title", "description"}]}.
func look(req chatRequest, fault string) modelAnswer {
	var data struct {
		Places []struct {
			ID          string `json:"id"`
			Title       string `json:"title"`
			Description string `json:"description"`
		} `json:"places"`
	}
	_, encoded, _ := strings.Cut(req.data(&data).Image, ";base64,")
	raw, _ := base64.StdEncoding.DecodeString(encoded)
	_, words, shown := strings.Cut(string(raw), sightSign)
	words, _, _ = strings.Cut(words, ";")
	seen := "none"
	for _, p := range data.Places {
		if about := strings.ToLower(p.Title + " " + p.Description); shown && strings.Contains(about, strings.ToLower(words)) {
			seen = p.ID
			break
		}
	}
	if fault == "unknown" {
		seen = "Q0"
	}
	return answerOf(map[string]string{"place": seen}, fault, "It looks like a lovely old building.")
}
