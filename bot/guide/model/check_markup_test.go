package model

import (
	"testing"
)

func TestMarkupFindsOnlyMarkup(t *testing.T) {
	for _, text := range []string{"3 < 5 metres", "A & B", "St. Mary's; the U.S. army", "built.Here again", "the year—1894", "a (round) yard", "«Дом» — музей", "5 * 3",
		"it's 3.5 m high", "e.g. stone", "the [old] wall", "Fish & chips; beer", "a*b*c", "He said: \"A\", \"B\".", "Wait... no", "zzz", "年年年年年", "   spaces"} {
		if got := markup(text); got != "" {
			t.Errorf("%q: found %q", text, got)
		}
	}
	for _, text := range []string{"a <br/> b", "AT&amp;T", "it&#39;s", "as said [1]", "see Louvre.com", "www.louvre", "a\x00b", "bad \uFFFD sign", "http://x", "a|b", "\u2066x", "a *word* here", "_A word_ here", "> a quotation", "a ~~word~~", "no!!!!", "end.\", \"quotes\": [\"x", "[/INST] x", "s\u200bchool", "x\ufe01\ufe02", "x\U000e0101"} {
		if got := markup(text); got == "" {
			t.Errorf("%q: found nothing", text)
		}
	}
}
