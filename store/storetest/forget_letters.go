package storetest

import (
	"fmt"
	"strings"
	"testing"

	"excursobot/store"
)

// testForgetLetters makes dead letters of a group in which two people write, and of what cannot be read, and forgets one of them.
func testForgetLetters(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	const group, person, other = -100500, 7007, 70071
	letters := []string{
		fmt.Sprintf(`{"message":{"message_id":%d,"from":{"is_bot":false,"id":%d,"first_name":"x"}}}`, other, person),
		fmt.Sprintf(`{"callback_query": {"from": {"id" : %d}}}`, person),
		fmt.Sprintf(`{"message":{"from":{"id":%d},"text":"\"id\":%d,"}}`, other, person),
		fmt.Sprintf(`{"message":{"message_id":%d,"from":{"id":%d}}}`, person, other),
		"\x00\xff\\ no JSON",
	}
	const theirs = 2 // the first ones
	for i, raw := range letters {
		update := int64(i + 1)
		_, err := s.Accept(ctx, store.Entry{Update: update, Chat: group, Arrived: noon, Raw: []byte(raw)})
		must(t, err)
		for again := true; again; {
			again, err = s.Retry(ctx, update)
			must(t, err)
		}
	}
	must(t, s.ForgetUser(ctx, person, noon))
	left, err := s.DeadLetters(ctx)
	must(t, err)
	if len(left) != len(letters)-theirs {
		t.Errorf("%d letters are left of %d, of which %d are the person's", len(left), len(letters), theirs)
	}
	for _, e := range left {
		if e.Update <= theirs {
			t.Errorf("still there: %s", e.Raw)
		}
		if strings.Contains(string(e.Raw), `"text"`) {
			t.Errorf("a dead letter with its text: %s", e.Raw)
		}
	}
}
