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

// demoModel is the demo's language model. It implements the streamed chat completions protocol, waits some seconds, and answers with the pack's own texts.
type demoModel struct{ places map[string]places.PackPlace }

func newDemoModel(pack *places.Pack) *demoModel {
	m := &demoModel{places: map[string]places.PackPlace{}}
	for _, city := range pack.Cities() {
		for _, p := range city.Places {
			m.places[p.ID] = p
		}
	}
	return m
}

// modelRequest is the part of a request that demoModel reads.
type modelRequest struct {
	Messages []struct {
		Content string `json:"content"`
	} `json:"messages"`
}

// modelTask is the part of the user's message that demoModel reads.
type modelTask struct {
	Places []struct {
		ID string `json:"id"`
	} `json:"places"`
}

type modelStory struct {
	Place string `json:"place"`
	Text  string `json:"text"`
}

// ServeHTTP answers POST /v1/chat/completions.
func (m *demoModel) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	const most = 1 << 20 // bytes of a request
	var ask modelRequest
	if err := json.NewDecoder(io.LimitReader(req.Body, most)).Decode(&ask); err != nil {
		http.Error(w, `{"error":{"message":"not JSON","type":"invalid_request_error"}}`, http.StatusBadRequest)
		return
	}
	// 2-4 s: long enough to see the card, and about the time of a small model for its first story.
	think := 2*time.Second + rand.N(2*time.Second)
	select {
	case <-time.After(think):
	case <-req.Context().Done():
		return
	}
	answer, _ := json.Marshal(map[string]any{"stories": m.stories(ask)}) // strings always encode
	w.Header().Set("Content-Type", "text/event-stream")
	stream(w, string(answer))
}

// stories returns the texts of the places that the request asks about, in the language of their description in the prompt.
func (m *demoModel) stories(ask modelRequest) []modelStory {
	var prompt strings.Builder
	var task modelTask
	for _, message := range ask.Messages {
		prompt.WriteString(message.Content)
		// The data may follow the instructions. Other messages hold none.
		_ = json.Unmarshal([]byte(message.Content[max(0, strings.LastIndex("\n\n"+message.Content, "\n\n{")):]), &task)
	}
	list := []modelStory{}
	for _, asked := range task.Places {
		p, known := m.places[asked.ID]
		if !known {
			continue
		}
		for language, text := range p.Texts {
			if strings.Contains(prompt.String(), articleTitle(p, language)) && strings.Contains(prompt.String(), opening(text)) {
				list = append(list, modelStory{asked.ID, text})
				break
			}
		}
	}
	return list
}

// opening returns the first words of a text. Prompts may cut or re-encode the rest.
func opening(text string) string {
	words := strings.Fields(text)
	return strings.Join(words[:min(3, len(words))], " ")
}

// stream writes the answer in pieces as server-sent events. A finish reason and "[DONE]" mark it as complete.
func stream(w http.ResponseWriter, answer string) {
	const piece = 200 // characters
	flush := http.NewResponseController(w)
	send := func(delta map[string]string, finish any) {
		chunk, _ := json.Marshal(map[string]any{ // strings and numbers always encode
			"id": "demo", "object": "chat.completion.chunk", "model": "demo",
			"choices": []any{map[string]any{"index": 0, "delta": delta, "finish_reason": finish}},
		})
		fmt.Fprintf(w, "data: %s\n\n", chunk)
		_ = flush.Flush() // the transport in memory cannot fail
	}
	for runes := []rune(answer); len(runes) > 0; {
		n := min(piece, len(runes))
		send(map[string]string{"content": string(runes[:n])}, nil)
		runes = runes[n:]
	}
	send(map[string]string{}, "stop")
	fmt.Fprint(w, "data: [DONE]\n\n")
}
