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
type demoModel struct {
	places   map[string]places.PackPlace
	pictures []samplePicture // the only ones that it recognises
}

func newDemoModel(pack *places.Pack, pictures []samplePicture) *demoModel {
	m := &demoModel{places: map[string]places.PackPlace{}, pictures: pictures}
	for _, city := range pack.Cities() {
		for _, p := range city.Places {
			m.places[p.ID] = p
		}
	}
	return m
}

// modelRequest is the part of a request that demoModel reads.
type modelRequest struct {
	Messages []modelMessage `json:"messages"`
}

// modelTask is the part of the user's message that demoModel reads.
type modelTask struct {
	Language string `json:"language"` // in English; "" = the judge is asked
	Question string `json:"question"` // "" = none
	Places   []struct {
		ID       string `json:"id"`
		Title    string `json:"title"`
		Language string `json:"language"` // of the extract, as a code
		Extract  string `json:"extract"`
		Story    string `json:"story"` // for the judge
	} `json:"places"`
}

// modelLanguages are the languages of the demo's texts, by the name that requests give them.
var modelLanguages = map[string]string{"English": "en", "Russian": "ru", "French": "fr"}

type modelStory struct {
	Place string `json:"place"`
	Text  string `json:"text"`
}

type modelVerdict struct {
	Place       string   `json:"place"`
	Unsupported []string `json:"unsupported"`
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
	answer, _ := json.Marshal(m.answer(ask)) // strings always encode
	w.Header().Set("Content-Type", "text/event-stream")
	stream(w, string(answer))
}

// answer returns the stories that a request asks for, the verdicts on those that it holds, the place in its picture, or the
// answer to its question.
func (m *demoModel) answer(ask modelRequest) map[string]any {
	var task modelTask
	for _, message := range ask.Messages {
		// The data may follow the instructions. Other messages hold none.
		_ = json.Unmarshal([]byte(message.Content[max(0, strings.LastIndex("\n\n"+message.Content, "\n\n{")):]), &task)
	}
	if picture := ask.picture(); picture != nil {
		return map[string]any{"place": m.sight(task, picture)}
	}
	if task.Question != "" {
		return m.reply(task)
	}
	if task.Language == "" {
		return map[string]any{"verdicts": m.verdicts(task)}
	}
	return map[string]any{"stories": m.stories(task)}
}

// stories returns the texts about the places that a request asks about, in its language, whatever language their source is in. It tells nothing about
// a place whose source is not the demo's own.
func (m *demoModel) stories(task modelTask) []modelStory {
	list := []modelStory{}
	for _, asked := range task.Places {
		texts := textsOf(m.places[asked.ID])
		text := texts[modelLanguages[task.Language]]
		if text == "" {
			continue
		}
		for _, source := range texts {
			if strings.Contains(asked.Extract, opening(source)) {
				list = append(list, modelStory{asked.ID, text})
				break
			}
		}
	}
	return list
}

// verdicts returns no objection to the demo's own texts, and gives none on others.
func (m *demoModel) verdicts(task modelTask) []modelVerdict {
	list := []modelVerdict{}
	for _, asked := range task.Places {
		for _, text := range textsOf(m.places[asked.ID]) {
			if text == asked.Story {
				list = append(list, modelVerdict{asked.ID, []string{}})
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
