package store

import (
	"strings"
	"testing"
)

func TestWithoutWords(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		`{"update_id":9,"message":{"message_id":5,"from":{"id":7},"text":"secret","entities":[{"type":"bold"}]}}`: `{"message":{"from":{"id":7},"message_id":5},"update_id":9}`,
		`{"message":{"caption":"secret","photo":[{"file_id":"secret"}],"chat":{"id":-7000000000000000007}}}`:      `{"message":{"chat":{"id":-7000000000000000007}}}`,
		`{"message":{"text":"secret","reply_to_message":{"text":"secret","message_id":4,"reply_to_message":{}}}}`: `{"message":{"reply_to_message":{"message_id":4,"reply_to_message":{}}}}`,
		`{"edited_message":{"text":"secret"}}`:    `{"edited_message":{}}`,
		`{"message":"secret"}`:                    `{"message":{}}`,
		`{"callback_query": {"data":"more:1,2"}}`: `{"callback_query": {"data":"more:1,2"}}`,
		"\x00 no JSON":                            "\x00 no JSON",
	} {
		got := string(WithoutWords([]byte(raw)))
		if got != want || strings.Contains(got, "secret") {
			t.Errorf("%s became %s, want %s", raw, got, want)
		}
	}
}
