package model

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"excursobot/bot/guide/chat"
)

// cannedServer answers every request with the same stream, in the shape in which OpenAI sends it: one token an event.
type cannedServer string

func (s cannedServer) RoundTrip(req *http.Request) (*http.Response, error) {
	_ = req.Body.Close()
	return &http.Response{Status: "200 OK", StatusCode: http.StatusOK, Request: req, Header: http.Header{"Content-Type": {"text/event-stream"}},
		Body: io.NopCloser(strings.NewReader(string(s)))}, nil
}

// cannedAnswer returns the stream of an answer about the places.
func cannedAnswer(b *testing.B, ids []string) cannedServer {
	b.Helper()
	text := strings.Repeat("The tower was built in 1894 by a rich merchant who had never climbed a stair in his life. ", 4)
	var stories []map[string]string
	for _, id := range ids {
		stories = append(stories, map[string]string{"place": id, "text": text + "It has four bells."})
	}
	answer, err := json.Marshal(map[string]any{"stories": stories})
	if err != nil {
		b.Fatal(err)
	}
	var sse strings.Builder
	event := func(delta string, finish string) {
		fmt.Fprintf(&sse, `data: {"id":"chatcmpl-BxYq1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-6-luna","service_tier":"default",`+
			`"system_fingerprint":"fp_5154047bf2","choices":[{"index":0,"delta":%s,"logprobs":null,"finish_reason":%s}],"usage":null,"obfuscation":"aB3dEf"}`+"\n\n", delta, finish)
	}
	event(`{"role":"assistant","content":"","refusal":null}`, "null")
	for at := 0; at < len(answer); at += 4 {
		piece, _ := json.Marshal(string(answer[at:min(at+4, len(answer))]))
		event(`{"content":`+string(piece)+`}`, "null")
	}
	event("{}", `"stop"`)
	fmt.Fprint(&sse, `data: {"id":"chatcmpl-BxYq1","object":"chat.completion.chunk","created":1790000000,"model":"gpt-6-luna","choices":[],`+
		`"usage":{"prompt_tokens":1800,"completion_tokens":420,"total_tokens":2220,"prompt_tokens_details":{"cached_tokens":0}}}`+"\n\ndata: [DONE]\n\n")
	return cannedServer(sse.String())
}

// BenchmarkReadAnswer measures one call to the model from the request to the checked stories, without the network.
func BenchmarkReadAnswer(b *testing.B) {
	places := towers(4)
	stream := cannedAnswer(b, []string{"Q1", "Q2", "Q3", "Q4"})
	server, err := chat.New(chat.Config{APIKey: "k", HTTP: &http.Client{Transport: stream}, RequestsPerMinute: 1e9})
	if err != nil {
		b.Fatal(err)
	}
	c := New(server)
	b.SetBytes(int64(len(stream)))
	b.ReportAllocs()
	for b.Loop() {
		res, err := c.Write(b.Context(), Request{Language: "en", Places: places}, nil)
		if err != nil || len(res.Stories) != 4 {
			b.Fatalf("%d stories, dropped %v, error %v", len(res.Stories), res.Dropped, err)
		}
	}
}
