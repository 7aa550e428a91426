package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"time"

	"excursobot/geo/places"
)

// demoModel stands in for the language model in the demo: it speaks the streamed chat completions protocol, takes its time,
// and tells each place's text as it stands in the pack. It makes nothing up and writes nothing.
type demoModel struct{ places map[string]places.PackPlace }

func newDemoModel(pack *places.Pack) *demoModel {
	r := &demoModel{places: map[string]places.PackPlace{}}
	for _, city := range pack.Cities() {
		for _, p := range city.Places {
			r.places[p.ID] = p
		}
	}
	return r
}

// modelRequest is what of a request matters here.
type modelRequest struct {
	Messages []struct {
		Content string `json:"content"`
	} `json:"messages"`
	ResponseFormat struct {
		JSONSchema struct {
			Schema struct {
				Properties struct {
					Stories struct {
						Items struct {
							Properties struct {
								Place struct {
									Enum []string `json:"enum"`
								} `json:"place"`
							} `json:"properties"`
						} `json:"items"`
					} `json:"stories"`
				} `json:"properties"`
			} `json:"schema"`
		} `json:"json_schema"`
	} `json:"response_format"`
}

type modelStory struct {
	Place string `json:"place"`
	Text  string `json:"text"`
}

// ServeHTTP answers POST /v1/chat/completions.
func (r *demoModel) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	const most = 1 << 20 // bytes of a request
	var ask modelRequest
	if err := json.NewDecoder(io.LimitReader(req.Body, most)).Decode(&ask); err != nil {
		http.Error(w, `{"error":{"message":"not JSON","type":"invalid_request_error"}}`, http.StatusBadRequest)
		return
	}
	// 2-4 s: long enough to see the card, near enough to what a small model needs for its first story.
	think := 2*time.Second + rand.N(2*time.Second)
	select {
	case <-time.After(think):
	case <-req.Context().Done():
		return
	}
	answer, _ := json.Marshal(map[string]any{"stories": r.stories(ask)}) // strings only
	w.Header().Set("Content-Type", "text/event-stream")
	stream(w, string(answer))
}

// stories returns the texts of the places in the request's enum, in the language in which the prompt describes them.
func (r *demoModel) stories(ask modelRequest) []modelStory {
	var prompt strings.Builder
	for _, m := range ask.Messages {
		prompt.WriteString(m.Content)
	}
	list := []modelStory{}
	for _, id := range ask.ResponseFormat.JSONSchema.Schema.Properties.Stories.Items.Properties.Place.Enum {
		p, known := r.places[id]
		if !known {
			continue
		}
		for language, text := range p.Texts {
			if strings.Contains(prompt.String(), articleTitle(p, language)) && strings.Contains(prompt.String(), opening(text)) {
				list = append(list, modelStory{id, text})
				break
			}
		}
	}
	return list
}

// opening returns the first words of a text: prompts may cut or re-encode what follows.
func opening(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(3, len(words))], " ")
}

// stream writes the answer in pieces as server-sent events, with the ending that tells a whole answer from one cut off.
func stream(w http.ResponseWriter, answer string) {
	const piece = 200 // bytes, cut between runes below
	flush := http.NewResponseController(w)
	send := func(delta map[string]string, finish any) {
		chunk, _ := json.Marshal(map[string]any{ // strings and numbers only
			"id": "demo", "object": "chat.completion.chunk", "model": "demo",
			"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
		})
		fmt.Fprintf(w, "data: %s\n\n", chunk)
		_ = flush.Flush() // the transport in memory has nothing to flush when it fails
	}
	for runes := []rune(answer); len(runes) > 0; {
		n := min(piece, len(runes))
		send(map[string]string{"content": string(runes[:n])}, nil)
		runes = runes[n:]
	}
	send(map[string]string{}, "stop")
	fmt.Fprint(w, "data: [DONE]\n\n")
}
