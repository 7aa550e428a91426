package chat

import (
	"slices"
	"strings"
	"testing"
)

// think filters a text in pieces of n bytes.
func think(t *testing.T, text string, n int, known thinking) (string, *thinkFilter) {
	t.Helper()
	f := &thinkFilter{known: known}
	var out strings.Builder
	for piece := range slices.Chunk([]byte(text), n) {
		passed, err := f.feed(string(piece))
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString(passed)
	}
	out.WriteString(f.end())
	return out.String(), f
}

func TestThoughtsAreRemoved(t *testing.T) {
	tests := []struct {
		name, text, want string
		learnt           thinking
	}{
		{"none", "{a}", "{a}", thinkNever},
		{"a block", "<think>x</think>{a}", "{a}", thinkTags},
		{"in capitals", "<THINK>x</Think>{a}", "{a}", thinkTags},
		{"an empty block", "<think></think>\n{a}", "\n{a}", thinkTags},
		{"only closed", "x {d}</think>{a}", "{a}", thinkTags},
		{"only opened", "<think>x {d}", "", thinkTags},
		{"two blocks", "<think>x</think>{a<thinking>y</thinking>b}", "{ab}", thinkTags},
		{"inside each other", "<think>x<think>y</think>{a}", "{a}", thinkTags},
		{"square brackets", "[THINK]x[/THINK][{a}]", "[{a}]", thinkTags},
		{"triangles", "◁think▷x◁/think▷{a}", "{a}", thinkTags},
		{"no tag", "a < b [1] <thin> {a}", "a < b [1] <thin> {a}", thinkNever},
		{"the beginning of a tag at the end", "{a}<thi", "{a}<thi", thinkNever},
	}
	for _, tt := range tests {
		for n := 1; n <= len(tt.text); n++ {
			got, f := think(t, tt.text, n, thinkUnknown)
			if got != tt.want || f.learnt() != tt.learnt {
				t.Errorf("%s, pieces of %d: %q, learnt %d; want %q, %d", tt.name, n, got, f.learnt(), tt.want, tt.learnt)
			}
		}
	}
}

func TestNothingIsHeldBackOfModelsThatDoNotThink(t *testing.T) {
	f := &thinkFilter{known: thinkNever}
	for _, piece := range []string{`{"stories":`, `[`, `{"a":1}`, `]}`} {
		if got, err := f.feed(piece); err != nil || got != piece && piece != "[" && got != "["+piece {
			t.Errorf("%q gave %q, %v", piece, got, err)
		}
	}
	if f = (&thinkFilter{}); f.known != thinkUnknown {
		t.Fatal("the zero value must be careful")
	}
	for range maxHeld / 1000 {
		if got, err := f.feed(strings.Repeat("x", 1000)); err != nil || got != "" {
			t.Fatalf("%q, %v", got, err)
		}
	}
	if _, err := f.feed(strings.Repeat("x", 1000)); err == nil {
		t.Error("what is held back has no bound")
	}
}

func FuzzThoughts(f *testing.F) {
	f.Add("<think>a</think>b[THINK]c[/THINK]◁think▷", 3)
	f.Add("<|channel|>analysis<|message|>x<|channel|>final<|message|>{}", 5)
	f.Fuzz(func(t *testing.T, text string, n int) {
		if text == "" || len(text) > 10_000 {
			return
		}
		for _, known := range []thinking{thinkUnknown, thinkNever, thinkTags} {
			whole, _ := think(t, text, len(text), known)
			pieces, _ := think(t, text, max(1, min(n, len(text))), known)
			if whole != pieces {
				t.Errorf("whole %q, in pieces %q", whole, pieces)
			}
		}
	})
}
