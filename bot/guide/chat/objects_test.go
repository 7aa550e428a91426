package chat

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// draft is what the tests ask for.
type draft struct {
	Place *string `json:"place"`
	Text  *string `json:"text"`
}

// newObjects returns a parser that calls each for every draft.
func newObjects(each func(place, text string)) *objects {
	return &objects{comma: -1, each: func(raw []byte) bool {
		var d draft
		if json.Unmarshal(raw, &d) != nil || d.Place == nil || d.Text == nil {
			return false
		}
		each(*d.Place, *d.Text)
		return true
	}}
}

// parse feeds an answer cut into pieces of n bytes (0 = whole) and returns "place=text" of each draft.
func parse(t *testing.T, answer string, n int) (got []string, p *objects) {
	t.Helper()
	p = newObjects(func(place, text string) { got = append(got, place+"="+text) })
	if n == 0 {
		n = max(1, len(answer))
	}
	for piece := range slices.Chunk([]byte(answer), n) {
		if err := p.feed(string(piece)); err != nil {
			t.Fatalf("%q: %v", answer, err)
		}
	}
	return got, p
}

func TestObjects(t *testing.T) {
	tests := []struct {
		name, answer string
		want         []string
		whole        bool
	}{
		{"as asked", `{"stories":[{"place":"Q1","text":"a"},{"place":"Q2","text":"b"}]}`, []string{"Q1=a", "Q2=b"}, true},
		{"spaced", "{ \"stories\" : [\n {\t\"place\": \"Q1\" , \"text\": \"a\" } ] }\n", []string{"Q1=a"}, true},
		{"other order", `{"stories":[{"text":"a","place":"Q1"}]}`, []string{"Q1=a"}, true},
		{"unknown fields", `{"model":{"a":[1,{"b":null}]},"stories":[{"place":"Q1","sources":["x",{"y":"}"}],"text":"a","n":1.5}],"n":2}`, []string{"Q1=a"}, true},
		{"escapes", `{"stories":[{"place":"Q1","text":"\"{[\\\"]}\u0416\ud83d\ude00\n"}]}`, []string{"Q1=\"{[\\\"]}Ж😀\n"}, true},
		{"runes", `{"stories":[{"place":"Q1","text":"Жар-птица 石頭 😀"}]}`, []string{"Q1=Жар-птица 石頭 😀"}, true},
		{"a fence", "```json\n{\"stories\":[{\"place\":\"Q1\",\"text\":\"a\"}]}\n```", []string{"Q1=a"}, true},
		{"prose around it", "Sure, here's \"the\" answer:\n{\"stories\":[{\"place\":\"Q1\",\"text\":\"a\"}]}\nEnjoy!", []string{"Q1=a"}, true},
		{"brackets in prose", "As asked [1] {sic}: {\"stories\":[{\"place\":\"Q1\",\"text\":\"a\"}]}", []string{"Q1=a"}, true},
		{"a list alone", `[{"place":"Q1","text":"a"}]`, []string{"Q1=a"}, true},
		{"objects alone", `{"place":"Q1","text":"a"}` + "\n" + `{"place":"Q2","text":"b"}`, []string{"Q1=a", "Q2=b"}, true},
		{"a broken story between good ones", `{"stories":[{"place":"Q1","text":"a"},{"place":"Q2","text":7},{"place":"Q3"},{"place":"Q4","text":"d"}]}`, []string{"Q1=a", "Q4=d"}, true},
		{"a story inside a story's field", `{"stories":[{"place":"Q1","text":"a","also":{"place":"Q2","text":"b"}}]}`, []string{"Q1=a"}, true},
		{"cut in the list", `{"stories":[{"place":"Q1","text":"a"},{"place":"Q2","te`, []string{"Q1=a"}, false},
		{"cut after the story", `{"stories":[{"place":"Q1","text":"a"}`, []string{"Q1=a"}, false},
		{"brackets that do not match", `{"stories":[{"place":"Q1","text":"a"]}]}`, nil, false},
		{"no stories", `{"stories":[]}`, nil, false},
		{"prose", "I am sorry.", nil, false},
		{"nothing", "", nil, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for _, n := range []int{0, 1, 2, 3, 7, 64} {
				got, p := parse(t, tt.answer, n)
				if !slices.Equal(got, tt.want) || p.complete() != tt.whole {
					t.Errorf("pieces of %d: got %q, whole %v, want %q, %v", n, got, p.complete(), tt.want, tt.whole)
				}
			}
		})
	}
}

func TestObjectsGivesAnObjectWithItsLastByte(t *testing.T) {
	answer := `{"stories":[{"place":"Q1","text":"a"},{"place":"Q2","text":"b"}]}`
	var at []int
	i := 0
	p := newObjects(func(string, string) { at = append(at, i) })
	for i = range answer {
		if err := p.feed(answer[i : i+1]); err != nil {
			t.Fatal(err)
		}
	}
	first := strings.Index(answer, "}")
	if want := []int{first, first + 1 + strings.Index(answer[first+1:], "}")}; !slices.Equal(at, want) {
		t.Errorf("stories at bytes %v, want %v", at, want)
	}
}

func TestObjectsAreBounded(t *testing.T) {
	none := func(string, string) {}
	p := newObjects(none)
	var err error
	for range maxAnswer/1000 + 1 {
		err = p.feed(strings.Repeat("x", 1000))
	}
	if !errors.Is(err, errTooLong) {
		t.Errorf("long answer: error %v", err)
	}
	if err := newObjects(none).feed(strings.Repeat("[", maxDepth+1)); !errors.Is(err, errTooDeep) {
		t.Errorf("deep answer: error %v", err)
	}
}

func FuzzObjects(f *testing.F) {
	f.Add(`{"stories":[{"place":"Q1","text":"Жар \"\\\u0416\ud83d\ude00"}]}`, 3)
	f.Add("```json\n[{\"place\":\"Q1\",\"text\":\"a\"}]", 1)
	f.Add(`{"stories":[{"place":"Q1","text":"a"]}{}]}}"{"`, 2)
	f.Fuzz(func(t *testing.T, answer string, n int) {
		run := func(n int) (got []string, err error) {
			p := newObjects(func(place, text string) {
				if !utf8.ValidString(place + text) {
					t.Errorf("invalid text %q", text)
				}
				got = append(got, place+"="+text)
			})
			for piece := range slices.Chunk([]byte(answer), n) {
				if err = p.feed(string(piece)); err != nil {
					break
				}
			}
			return got, err
		}
		whole, err1 := run(max(1, len(answer)))
		pieces, err2 := run(max(1, n))
		if !errors.Is(err1, errTooLong) && (!slices.Equal(whole, pieces) || (err1 == nil) != (err2 == nil)) {
			t.Errorf("whole gives %q (%v), pieces of %d %q (%v)", whole, err1, n, pieces, err2)
		}
		// The parser must accept every answer that encoding/json decodes into the right shape.
		var want struct{ Stories []draft }
		decoder := json.NewDecoder(strings.NewReader(answer))
		decoder.DisallowUnknownFields()
		if len(answer) < maxAnswer && decoder.Decode(&want) == nil && !decoder.More() {
			var texts []string
			for _, d := range want.Stories {
				if d.Place != nil && d.Text != nil {
					texts = append(texts, *d.Place+"="+*d.Text)
				}
			}
			if strings.Count(strings.ToLower(answer), "stories") == 1 && !slices.Equal(whole, texts) {
				t.Errorf("json gives %q, parser %q", texts, whole)
			}
		}
	})
}
