package sim

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"
)

// exhibit is a story before the judge, in the prompt's data: {"places": [{"id", "title", "source", "story"}]}.
type exhibit struct {
	ID     string `json:"id"`
	Source string `json:"source"`
	Story  string `json:"story"`
}

type ruling struct {
	Place       string   `json:"place"`
	Unsupported []string `json:"unsupported"`
}

// wants reports whether the request asks for an answer of a schema: by its name, or in words if the server takes no schemas.
func (q *chatRequest) wants(schema string) bool {
	if s := q.ResponseFormat.JSONSchema; s != nil {
		return s.Name == schema
	}
	for _, msg := range q.Messages {
		if msg.Role == "system" && strings.Contains(msg.Content, `{"`+schema+`": `) || msg.Role == "system" && schema == "answer" && strings.Contains(msg.Content, `"found": true}`) ||
			msg.Role == "system" && schema == "sight" && strings.Contains(msg.Content, "or none>") {
			return true
		}
	}
	return false
}

// quotes reports whether the request asks for quotes beside the stories.
func (q *chatRequest) quotes() bool {
	if s := q.ResponseFormat.JSONSchema; s != nil {
		return bytes.Contains(s.Schema, []byte(`"quotes"`))
	}
	for _, msg := range q.Messages {
		if msg.Role == "system" && strings.Contains(msg.Content, `"quotes"`) {
			return true
		}
	}
	return false
}

// reading returns how long a server takes to read the prompt: 3000 characters a second. The first 5000 are in the time of the answer.
func (q *chatRequest) reading() time.Duration {
	characters := -5000
	for _, msg := range q.Messages {
		characters += utf8.RuneCountInString(msg.Content)
	}
	return time.Duration(max(0, characters)) * time.Second / 3000
}

// rule writes the whole answer of a judge. It objects to what object names, and finds everything else supported.
func rule(req chatRequest, fault string, object func(place, source, story string) []string) modelAnswer {
	var data struct {
		Places []exhibit `json:"places"`
	}
	req.data(&data)
	verdicts := make([]ruling, len(data.Places))
	for i, e := range data.Places {
		verdicts[i] = ruling{Place: e.ID, Unsupported: []string{}}
		if object != nil {
			verdicts[i].Unsupported = append(verdicts[i].Unsupported, object(e.ID, e.Source, e.Story)...)
		}
	}
	return answerOf(map[string]any{"verdicts": verdicts}, fault, "All of these stories look fine to me.")
}

// verdictLatency returns how long the verdicts take: 1-3 s.
func verdictLatency(rng *rand.Rand) time.Duration {
	return time.Second + time.Duration(rng.Int64N(int64(2*time.Second)))
}
