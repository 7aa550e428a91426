package chat

import (
	"encoding/json"
	"testing"
)

func TestTextOf(t *testing.T) {
	for value, want := range map[string]struct {
		text     string
		thoughts bool
	}{
		`"a"`:            {"a", false},
		`"a\n\u00e9\""`:  {"a\né\"", false},
		`"\ud83d\ude00"`: {"😀", false},
		`null`:           {"", false},
		`7`:              {"7", false},
		`{"text":"a"}`:   {"a", false},
		`["a",{"type":"text","text":"b"},{"type":"output_text","text":"c"}]`:                       {"abc", false},
		`[{"type":"thinking","thinking":[{"type":"text","text":"x"}]},{"type":"text","text":"a"}]`: {"a", true},
		`[[[[[["deep"]]]]]]`: {"", false},
		`{"type":"image"}`:   {"", true},
		`[]`:                 {"", false},
	} {
		if text, thoughts := textOf([]byte(value), 0); text != want.text || thoughts > 0 != want.thoughts {
			t.Errorf("%s: %q, %d bytes of thoughts; want %q, %v", value, text, thoughts, want.text, want.thoughts)
		}
	}
}

func TestNumberOf(t *testing.T) {
	for value, want := range map[string]int{`7`: 7, `12`: 12, `3.5`: 3, `"12"`: 12, `1e3`: 1000, `-1`: 0, `null`: 0, `NaN`: 0, `1e300`: 0, `{}`: 0, ``: 0} {
		if got := numberOf([]byte(value)); got != want {
			t.Errorf("%s: %d, want %d", value, got, want)
		}
	}
}

// FuzzFields walks over any data. Of JSON that encoding/json accepts it finds the same fields.
func FuzzFields(f *testing.F) {
	f.Add([]byte(`{"a":1,"b":[{"c":"\"}"},null],"d":{"e":true}}`))
	f.Add([]byte(`[1,"x",[],{}]`))
	f.Add([]byte(`{"a":,}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var ev event
		whole := decodeEvent(data, &ev) == nil
		all := fieldsOf(data)
		found := map[string]string{}
		entries := 0
		for key, value, ok := all.next(); ok; key, value, ok = all.next() {
			found[string(key)] = string(value)
			entries++
			decodeChoice(value)
			decodeUsage(value)
		}
		switch {
		case !json.Valid(data):
			return
		case len(data) > 0 && (data[0] == '{' || data[0] == '[') && !whole:
			t.Errorf("%s counts as incomplete", data)
		}
		var object map[string]json.RawMessage
		var list []json.RawMessage
		switch {
		case data[0] == '{' && json.Unmarshal(data, &object) == nil:
			for key, value := range object {
				quoted, _ := json.Marshal(key)
				if got, ok := found[key]; ok && got != string(value) && string(quoted) == `"`+key+`"` && entries == len(object) {
					t.Errorf("%s: field %s is %q, want %q", data, key, got, value)
				}
			}
			if entries < len(object) {
				t.Errorf("%s: %d fields, want %d", data, entries, len(object))
			}
		case data[0] == '[' && json.Unmarshal(data, &list) == nil && entries != len(list):
			t.Errorf("%s: %d entries, want %d", data, entries, len(list))
		}
	})
}
