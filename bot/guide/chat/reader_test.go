package chat

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

// streamOf is a server that always answers with the same stream.
func streamOf(text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		_, _ = io.WriteString(w, text)
	})
}

// slowly returns a reader that gives n bytes at a time.
type slowly struct {
	text string
	n    int
}

func (s *slowly) Read(p []byte) (int, error) {
	if s.text == "" {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), s.n)], s.text)
	s.text = s.text[n:]
	return n, nil
}

// readBody reads a body in pieces of n bytes and returns the drafts, the text and the fault.
func readBody(t *testing.T, body string, n int, known thinking) (drafts []string, text string, f *fault, r *reader) {
	t.Helper()
	var b strings.Builder
	o := newObjects(func(place, text string) { drafts = append(drafts, place+"="+text) })
	r = newReader(Request{Object: o.each, Text: func(piece string) { b.WriteString(piece) }}, known, testKey)
	r.timer, r.alive = time.NewTimer(time.Hour), func() {}
	f = r.read(t.Context(), &exchange{status: 200, contentType: "text/event-stream", body: io.NopCloser(&slowly{body, n})})
	return drafts, b.String(), f, r
}

func chunk(content string) string {
	return fmt.Sprintf("data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":%q},\"finish_reason\":null}]}\n\n", content)
}

const (
	someAnswer = `{"stories":[{"place":"Q1","text":"a"},{"place":"Q2","text":"b"}]}`
	finished   = `data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}` + "\n\n"
	doneMark   = "data: [DONE]\n\n"
)

func TestReader(t *testing.T) {
	both := []string{"Q1=a", "Q2=b"}
	tests := []struct {
		name, body string
		want       []string
		fault      string // part of it; "" = a complete answer
	}{
		{"a good stream", chunk(someAnswer) + finished + doneMark, both, ""},
		{"without an end", chunk(someAnswer), both, ""},
		{"nothing", "", nil, "no events"},
		{"only the mark at the end", doneMark, nil, "no events"},
		{"a second choice is left out", strings.ReplaceAll(chunk("junk"), `"index":0`, `"index":1`) + chunk(someAnswer) + finished, both, ""},
		{"index as text", strings.ReplaceAll(chunk(someAnswer), `"index":0`, `"index":"0"`) + finished, both, ""},
		{"content is null", `data: {"choices":[{"index":0,"delta":{"role":"assistant","content":null}}]}` + "\n\n" + chunk(someAnswer) + finished, both, ""},
		{"delta is null", `data: {"choices":[{"index":0,"delta":null}]}` + "\n\n" + chunk(someAnswer) + finished, both, ""},
		{"error is an empty text", strings.ReplaceAll(chunk(someAnswer), `{"choices"`, `{"error":"","choices"`) + finished, both, ""},
		{"error is false", strings.ReplaceAll(chunk(someAnswer), `{"choices"`, `{"error":false,"choices"`) + finished, both, ""},
		{"an error after a complete answer", chunk(someAnswer) + `data: {"error":"too late"}` + "\n\n", both, ""},
		{"an error as text", `data: {"error":"out of memory"}` + "\n\n", nil, "out of memory"},
		{"a broken event between good ones", chunk(someAnswer[:20]) + "data: {\"choi\n\n" + chunk(someAnswer[20:]) + finished, both, ""},
		{"CR alone", strings.ReplaceAll(chunk(someAnswer)+finished, "\n", "\r"), both, ""},
		{"an array of objects as content", `data: {"choices":[{"index":0,"delta":{"content":[{"type":"text","text":"{\"place\":\"Q1\","},"\"text\":\"a\"}"]},"finish_reason":"stop"}]}` + "\n\n", []string{"Q1=a"}, ""},
		{"declined", `data: {"choices":[{"index":0,"delta":{"refusal":"no"},"finish_reason":"stop"}]}` + "\n\n", nil, "declined"},
		{"a filter at the end", chunk(`{"sto`) + strings.Replace(finished, "stop", "content_filter", 1), nil, "content_filter"},
		{"the limit", chunk(`{"sto`) + strings.Replace(finished, "stop", "length", 1), nil, "length"},
		{"the limit after a complete answer", chunk(someAnswer) + strings.Replace(finished, "stop", "length", 1), both, ""},
		{"cut", chunk(`{"stories":[{"place":"Q1","text":"a"},`), []string{"Q1=a"}, "cut"},
		{"not closed", chunk(`{"stories":[{"place":"Q1","text":"a"},`) + finished, []string{"Q1=a"}, "not closed"},
		{"no shape", chunk("I am sorry.") + finished, nil, "nothing of the shape"},
		{"too long", chunk("{\"a\":\"" + strings.Repeat("x", maxAnswer)), nil, "over 64 KiB"},
		{"a line without an end", "data: " + strings.Repeat("x", maxLine+1), nil, "over 1 MiB"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{1 << 20, 7, 1} {
				if n < 7 && len(tt.body) > 10_000 {
					continue
				}
				got, _, f, _ := readBody(t, tt.body, n, thinkNever)
				if !slices.Equal(got, tt.want) || (f == nil) != (tt.fault == "") || f != nil && !strings.Contains(f.detail, tt.fault) {
					t.Errorf("pieces of %d: %q, fault %v; want %q, %q", n, got, f, tt.want, tt.fault)
				}
			}
		})
	}
}

func TestReaderCountsTokens(t *testing.T) {
	p := Prompt{System: strings.Repeat("x", 300)}
	for name, tt := range map[string]struct {
		body               string
		prompt, completion int
	}{
		"counted":           {chunk(someAnswer) + `data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}` + "\n\n", 7, 5},
		"counted each time": {`data: {"usage":{"prompt_tokens":7,"completion_tokens":1}}` + "\n\n" + chunk(someAnswer) + `data: {"usage":{"prompt_tokens":7,"completion_tokens":9}}` + "\n\n" + `data: {"usage":{}}` + "\n\n", 7, 9},
		"other names":       {chunk(someAnswer) + `data: {"usage":{"input_tokens":7,"output_tokens":5}}` + "\n\n", 7, 5},
		"estimated":         {chunk(someAnswer), 100, (len(someAnswer) + 2) / 3},
		"with reasoning":    {`data: {"choices":[{"delta":{"reasoning":"` + strings.Repeat("x", 300) + `"}}]}` + "\n\n", 100, 100},
		"no events":         {"", 0, 0},
	} {
		_, _, _, r := readBody(t, tt.body, 1000, thinkNever)
		if prompt, completion := r.tokens(p); prompt != tt.prompt || completion != tt.completion {
			t.Errorf("%s: %d and %d tokens, want %d and %d", name, prompt, completion, tt.prompt, tt.completion)
		}
	}
}

// FuzzReader reads any body in pieces of any size: the result does not depend on the pieces, nothing panics, and no key gets into a fault.
func FuzzReader(f *testing.F) {
	f.Add(chunk(someAnswer)+finished+doneMark, 3)
	f.Add(": hi\r\n\r\ndata:"+strings.TrimPrefix(chunk("<think>{"), "data: ")+"event: error\ndata: {\"error\":{\"code\":429,\"message\":\""+testKey+"\"}}", 1)
	f.Add(`{"choices":[{"message":{"content":"{\"place\":\"Q1\",\"text\":\"a\"}"},"finish_reason":"stop"}],"created":1.5}`, 2)
	f.Add("{\n \"choices\": [\n  {\"message\": {\"content\": [{\"text\": \"x\"}]}}\n ]\n}\n", 5)
	f.Add("\ufeffdata: {\"choices\":[{\"delta\":{\"content\":\"x</think>\"}}]}\rdata: [DONE]\r", 4)
	f.Fuzz(func(t *testing.T, body string, n int) {
		if len(body) > 20_000 {
			return
		}
		for _, known := range []thinking{thinkUnknown, thinkNever} {
			whole, text, fault, _ := readBody(t, body, max(1, len(body)), known)
			pieces, textOfPieces, faultOfPieces, _ := readBody(t, body, max(1, min(n, 1000)), known)
			if !slices.Equal(whole, pieces) || text != textOfPieces || (fault == nil) != (faultOfPieces == nil) {
				t.Errorf("whole: %q, %v; in pieces: %q, %v", whole, fault, pieces, faultOfPieces)
			}
			if fault != nil && (strings.Contains(fault.Error(), testKey) || len(fault.detail) > 2*maxDetail) {
				t.Errorf("fault %s", fault)
			}
		}
	})
}
