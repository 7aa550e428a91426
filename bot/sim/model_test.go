package sim

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

const testSchema = `{"type":"object","properties":{"stories":{"type":"array","items":{"type":"object","properties":{` +
	`"place":{"type":"string","enum":["Q1","Q2","Q3","Q4"]},"text":{"type":"string"}},"required":["place","text"],"additionalProperties":false}}},` +
	`"required":["stories"],"additionalProperties":false}`

// ask builds a request for four stories; extra replaces or adds fields.
func ask(language, length string, extra map[string]any) map[string]any {
	var places []map[string]string
	for i := range 4 {
		places = append(places, map[string]string{"id": fmt.Sprintf("Q%d", i+1), "title": fmt.Sprintf("Tower %d", i+1), "language": "en",
			"extract": "The tower was built in 1894 by a rich merchant. It has four bells. The first one broke on the day it was hung."})
	}
	data, _ := json.Marshal(map[string]any{"language": language, "length": length, "places": places})
	req := map[string]any{
		"model": "gpt-6-luna", "stream": true, "stream_options": map[string]any{"include_usage": true},
		"messages": []map[string]string{{"role": "system", "content": "Answer in JSON."}, {"role": "user", "content": "DATA\n" + string(data)}},
		"response_format": map[string]any{"type": "json_schema",
			"json_schema": map[string]any{"name": "stories", "strict": true, "schema": json.RawMessage(testSchema)}},
	}
	for k, v := range extra {
		if v == nil {
			delete(req, k)
			continue
		}
		req[k] = v
	}
	return req
}

func post(t *testing.T, m *Model, body any) *http.Response {
	t.Helper()
	text, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	client := http.Client{Transport: Transport(map[string]http.Handler{"model": m})}
	res, err := client.Post("http://model/v1/chat/completions", "application/json", strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	return res
}

type testChunk struct {
	Choices []struct {
		Delta        struct{ Content, Refusal string }
		FinishReason string `json:"finish_reason"`
	}
	Usage *usage
}

// listen reads a whole stream and calls each with the text so far.
func listen(t *testing.T, res *http.Response, each func(text string)) (text, finish string, u *usage, done bool) {
	t.Helper()
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(res.Body)
		t.Fatalf("status %d: %s", res.StatusCode, body)
	}
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		switch {
		case !ok:
			continue
		case data == "[DONE]":
			return text, finish, u, true
		}
		var c testChunk
		if err := json.Unmarshal([]byte(data), &c); err != nil {
			t.Fatalf("chunk %q: %v", data, err)
		}
		if c.Usage != nil {
			u = c.Usage
		}
		for _, choice := range c.Choices {
			text += choice.Delta.Content
			finish = choice.FinishReason
		}
		each(text)
	}
	return text, finish, u, false
}

func TestModelStreamsStoriesOverTheLatency(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := NewModel(ModelConfig{Latency: func(stories int) time.Duration { return time.Duration(stories) * 2 * time.Second }})
		start := time.Now()
		var first time.Duration
		text, finish, u, done := listen(t, post(t, m, ask("English", "60-80 words", nil)), func(text string) {
			if first == 0 && strings.Contains(text, `"},{`) {
				first = time.Since(start)
			}
		})
		if got := time.Since(start); got != 8*time.Second {
			t.Errorf("answer took %v, want 8s", got)
		}
		if first < 1800*time.Millisecond || first > 2200*time.Millisecond {
			t.Errorf("first of four stories complete after %v, want about 2s", first)
		}
		if finish != "stop" || !done || u == nil || u.Completion < 300 || u.Total != u.Prompt+u.Completion {
			t.Errorf("finish %q, done %v, usage %+v", finish, done, u)
		}
		var answer struct{ Stories []written }
		if err := json.Unmarshal([]byte(text), &answer); err != nil || len(answer.Stories) != 4 {
			t.Fatalf("answer %q: %v", text, err)
		}
		for _, s := range answer.Stories {
			if n := len(strings.Fields(s.Text)); n < 60 || n > 85 {
				t.Errorf("%s has %d words", s.Place, n)
			}
			if !strings.HasPrefix(s.Text, "The tower was built in 1894 by a rich merchant. It has four bells.") {
				t.Errorf("%s is not told from its extract: %s", s.Place, s.Text)
			}
		}
		if got, want := m.Stats(), (ModelStats{Calls: 1, Peak: 1, Stories: 4}); got != want {
			t.Errorf("stats %+v, want %+v", got, want)
		}
	})
}

func TestModelWritesEveryLanguageAtBothLengths(t *testing.T) {
	for name, tongue := range tongues {
		lengths := []string{"60-80 words", "100-120 words"}
		if tongue.Code == "zh" || tongue.Code == "ja" {
			lengths = []string{"120-160 characters", "200-240 characters"}
		}
		for _, length := range lengths {
			lo, hi, size := span(length)
			c := candidate{ID: "Q7", Title: "Tower", Language: "xx", Extract: "Other words."}
			got := size(story(c, task{Language: name, Length: length}))
			if got < lo || got > hi+40 {
				t.Errorf("%s: story of %d, want %s", name, got, length)
			}
		}
	}
}

func TestModelIsSeeded(t *testing.T) {
	run := func(seed uint64) (took time.Duration, text string) {
		synctest.Test(t, func(t *testing.T) {
			start := time.Now()
			text, _, _, _ = listen(t, post(t, NewModel(ModelConfig{Seed: seed}), ask("Russian", "60-80 words", nil)), func(string) {})
			took = time.Since(start)
		})
		return took, text
	}
	took1, text1 := run(1)
	took2, text2 := run(1)
	if took1 != took2 || text1 != text2 {
		t.Errorf("one seed gave %v and %v", took1, took2)
	}
	if lo, hi := 3*155*time.Second/100, 10*155*time.Second/100; took1 < lo || took1 > hi {
		t.Errorf("four stories took %v, want %v to %v", took1, lo, hi)
	}
	if took3, _ := run(2); took3 == took1 {
		t.Errorf("two seeds both took %v", took1)
	}
}

func TestModelRefusesWhatOpenAIRefuses(t *testing.T) {
	format := func(schema string) map[string]any {
		return map[string]any{"response_format": map[string]any{"type": "json_schema",
			"json_schema": map[string]any{"name": "stories", "strict": true, "schema": json.RawMessage(schema)}}}
	}
	tests := []struct {
		name     string
		noSchema bool
		extra    map[string]any
		want     string // in the message; "" = accepted
	}{
		{name: "a strict schema", want: ""},
		{name: "additional properties allowed", extra: format(strings.Replace(testSchema, `,"additionalProperties":false`, "", 1)),
			want: "In context=('properties', 'stories', 'items'), 'additionalProperties' is required to be supplied and to be false."},
		{name: "a property not required", extra: format(strings.Replace(testSchema, `["place","text"]`, `["place"]`, 1)), want: "Missing 'text'"},
		{name: "root not an object", extra: format(`{"type":"array","items":{"type":"string"}}`), want: `got 'type: "array"'`},
		{name: "array without items", extra: format(`{"type":"object","properties":{"a":{"type":"array"}},"required":["a"],"additionalProperties":false}`),
			want: "array schema missing items"},
		{name: "json_schema on an older server", noSchema: true, want: "'json_schema' is not supported"},
		{name: "json_object", extra: map[string]any{"response_format": map[string]any{"type": "json_object"}}},
		{name: "json_object without the word", want: "must contain the word 'json'", extra: map[string]any{
			"response_format": map[string]any{"type": "json_object"}, "messages": []map[string]string{{"role": "user", "content": "hello"}}}},
		{name: "another format", extra: map[string]any{"response_format": map[string]any{"type": "xml"}}, want: "Invalid value: 'xml'"},
		{name: "max_tokens for a reasoning model", extra: map[string]any{"model": "gpt-5-mini", "max_tokens": 10}, want: "Use 'max_completion_tokens'"},
		{name: "temperature for a reasoning model", extra: map[string]any{"model": "o3", "temperature": 0.5}, want: "'temperature' does not support"},
		{name: "stream options without a stream", extra: map[string]any{"stream": false}, want: "'stream_options'"},
		{name: "no model", extra: map[string]any{"model": nil}, want: "must provide a model"},
		{name: "no messages", extra: map[string]any{"messages": nil}, want: "Invalid 'messages'"},
		{name: "unknown role", extra: map[string]any{"messages": []map[string]string{{"role": "guide", "content": "json"}}}, want: "Invalid value: 'guide'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := NewModel(ModelConfig{NoSchema: tt.noSchema, Latency: func(int) time.Duration { return 0 }})
			res := post(t, m, ask("English", "60-80 words", tt.extra))
			defer res.Body.Close()
			if tt.want == "" {
				if res.StatusCode != http.StatusOK {
					t.Errorf("status %d, want 200", res.StatusCode)
				}
				return
			}
			var body struct {
				Error *struct{ Message, Type string }
			}
			if err := json.NewDecoder(res.Body).Decode(&body); err != nil || body.Error == nil {
				t.Fatalf("no error object: %v", err)
			}
			if res.StatusCode != http.StatusBadRequest || !strings.Contains(body.Error.Message, tt.want) || body.Error.Type != "invalid_request_error" {
				t.Errorf("status %d, %+v, want 400 with %q", res.StatusCode, *body.Error, tt.want)
			}
		})
	}
}

func TestModelFaultsBeforeAnAnswer(t *testing.T) {
	tests := map[string]struct {
		status int
		body   string
	}{
		"500": {500, "server_error"}, "html": {502, "<title>502 Bad Gateway"}, "429": {429, "rate_limit_exceeded"},
		"quota": {429, "insufficient_quota"}, "401": {401, "invalid_api_key"}, "404": {404, "model_not_found"},
	}
	for fault, want := range tests {
		m := NewModel(ModelConfig{Fault: func(int) string { return fault }})
		res := post(t, m, ask("English", "60-80 words", nil))
		body, _ := io.ReadAll(res.Body)
		if res.StatusCode != want.status || !strings.Contains(string(body), want.body) {
			t.Errorf("%s: status %d, body %s", fault, res.StatusCode, body)
		}
		if fault == "429" && res.Header.Get("Retry-After") != "1" {
			t.Errorf("429 without Retry-After")
		}
	}
}

func TestTheModelChargesForLength(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		took := func(schema, extra string) time.Duration {
			m := NewModel(ModelConfig{Seed: 1})
			req := ask("English", "60-80 words", map[string]any{"response_format": map[string]any{"type": "json_schema",
				"json_schema": map[string]any{"name": "stories", "strict": true, "schema": json.RawMessage(schema)}}})
			messages := req["messages"].([]map[string]string)
			messages[0]["content"] += extra
			before := time.Now()
			listen(t, post(t, m, req), func(string) {})
			return time.Since(before)
		}
		plain := took(testSchema, "")
		quotes := took(strings.ReplaceAll(strings.Replace(testSchema, `"text":{"type":"string"}}`, `"text":{"type":"string"},"quotes":{"type":"array","items":{"type":"string"}}}`, 1),
			`"place","text"`, `"place","text","quotes"`), "")
		if quotes != plain+plain/4 {
			t.Errorf("%s with quotes, %s without", quotes, plain)
		}
		if got := took(testSchema, strings.Repeat("x", 5000)) - took(testSchema, strings.Repeat("x", 8000)); got != -time.Second {
			t.Errorf("3000 more characters take %s", -got)
		}
	})
}
