package model

import (
	"strings"
	"testing"
)

func TestPhrasesRespectWords(t *testing.T) {
	tests := []struct {
		language, text, want string
	}{
		{"en", "hidden stones lie here", ""},
		{"en", "hi there", "hi"},
		{"en", "the extraction of stone", ""},
		{"en", "the extract says", "the extract"},
		{"de", "liebe auf den ersten blick", ""},
		{"ru", "друзья поэта жили здесь", ""},
		{"ru", "друзья, этот дом", "друзья,"},
		{"ru", "приветливый хозяин", "привет*"},
		{"ru", "по данным википедии", "википеди*"},
		{"tr", "değerli taşlarla süslü", ""},
		{"ja", "この建物は、抜粋では", "抜粋"},
	}
	for _, tt := range tests {
		if got := forbidden(tt.language, tt.text); got != tt.want {
			t.Errorf("%s %q: got %q, want %q", tt.language, tt.text, got, tt.want)
		}
	}
	for _, l := range Languages {
		if len(forbiddenIn[l].opening) < 5 || len(forbiddenIn[l].anywhere) < 5 || english[l] == "" {
			t.Errorf("%s has no list", l)
		}
	}
	for l, list := range forbiddenIn {
		for _, phrase := range append(list.opening, list.anywhere...) {
			if phrase != strings.ToLower(phrase) {
				t.Errorf("%s: %q is not in lower case", l, phrase)
			}
		}
	}
}
