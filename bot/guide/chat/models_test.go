package chat

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

// pages serves fixed pages by path.
func pages(list map[string]string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, ok := list[r.URL.EscapedPath()]
		if !ok {
			http.Error(w, "404 page not found", http.StatusNotFound)
			return
		}
		if strings.Contains(page, `"error"`) {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, page)
	})
}

func TestLookForTheModel(t *testing.T) {
	day := time.Date(2027, 1, 14, 0, 0, 0, 0, time.UTC)
	tests := []struct {
		name, model string
		pages       map[string]string
		want        Model
	}{
		{"an end", "m", map[string]string{"/v1/models/m": `{"id":"m","shutdown_date":"2027-01-14"}`}, Model{Ends: day}},
		{"no end", "m", map[string]string{"/v1/models/m": `{"id":"m","shutdown_date":null}`}, Model{}},
		{"another date", "m", map[string]string{"/v1/models/m": `{"id":"m","shutdown_date":"soon"}`}, Model{}},
		{"no JSON", "m", map[string]string{"/v1/models/m": `<html>`}, Model{}},
		{"unknown", "m", map[string]string{"/v1/models/m": `{"error":{"message":"The model 'm' does not exist","code":"model_not_found"}}`}, Model{Unknown: true}},
		{"unknown by its name", "qwen9", map[string]string{"/v1/models/qwen9": `{"error":"model 'qwen9' not found"}`}, Model{Unknown: true}},
		{"no such page at all", "m", nil, Model{}},
		{"a server for one model takes any name", "m", map[string]string{"/v1/models": `{"data":[{"id":"/models/llama.gguf"}]}`}, Model{}},
		{"in the list", "a/b", map[string]string{"/v1/models": `{"data":[{"id":"x"},{"id":"a/b"}]}`}, Model{}},
		{"in the list with a tag", "llama3", map[string]string{"/v1/models": `{"data":[{"id":"x"},{"id":"llama3:latest"}]}`}, Model{}},
		{"in the list with a prefix", "gemini-3", map[string]string{"/v1/models": `{"data":[{"id":"models/x"},{"id":"models/gemini-3"}]}`}, Model{}},
		{"not in the list", "m", map[string]string{"/v1/models": `{"data":[{"id":"x"},{"id":"y"}]}`}, Model{Unknown: true}},
		{"a slash in the name", "a/b", map[string]string{"/v1/models/a/b": `{"shutdown_date":"2027-01-14"}`}, Model{Ends: day}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := &fixture{}
			b.Client = newTestClient(t, b, Config{Model: tt.model}, pages(tt.pages))
			if got, err := b.Look(t.Context()); got != tt.want || err != nil || b.Model() != tt.want {
				t.Errorf("got %+v, error %v, want %+v", got, err, tt.want)
			}
			if unknown := strings.Contains(b.log(), "model_unknown"); unknown != tt.want.Unknown {
				t.Errorf("log %s", b.log())
			}
		})
	}
}

func TestOperatorsAreToldOnceADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // the bubble begins on 2000-01-01
		b := newFixture(t, Config{}, sim.ModelConfig{Shutdown: "2000-03-02"})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- b.Run(ctx) }()
		synctest.Wait()
		if strings.Contains(b.log(), "WARN") || b.Model().EndsSoon(time.Now()) {
			t.Errorf("61 days before the end: %s", b.log())
		}
		time.Sleep(3*lookEvery + time.Second)
		if n := strings.Count(b.log(), "model_ends"); n != 3 || !strings.Contains(b.log(), "days=60") || !strings.Contains(b.log(), "date=2000-03-02") {
			t.Errorf("%d warnings in three days: %s", n, b.log())
		}
		if days, ok := b.Model().DaysLeft(time.Now()); !ok || days != 57 {
			t.Errorf("%d days left, %v", days, ok)
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestAModelThatAnswersIsKnown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, Config{Model: "unknown"}, sim.ModelConfig{})
		if m, err := b.Look(t.Context()); !m.Unknown || err != nil {
			t.Fatalf("%+v, %v", m, err)
		}
		if _, err := b.Ask(t.Context(), about(1).request()); err != nil {
			t.Fatal(err)
		}
		if b.Model().Unknown {
			t.Error("a model that answers counts as unknown")
		}
	})
}

func TestAServerThatFailsSaysNothingAboutTheModel(t *testing.T) {
	b := &fixture{}
	b.Client = newTestClient(t, b, Config{}, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, testKey, http.StatusBadGateway) }))
	if m, err := b.Look(t.Context()); err == nil || m != (Model{}) || strings.Contains(err.Error(), testKey) {
		t.Errorf("%+v, %v", m, err)
	}
}
