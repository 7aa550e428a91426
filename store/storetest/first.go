package storetest

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

// FirstEdition checks that a store with the rows of the first edition (boltstore's testdata/first.jsonl) works: old rows stay, and new rows are added.
func FirstEdition(t *testing.T, s store.Store) {
	t.Helper()
	ctx := t.Context()
	key := store.StoryKey{Place: "<Q1>&", Language: "текст-5", Length: "текст-6"}
	found, err := s.Stories(ctx, []store.StoryKey{key}, time.Unix(0, 0))
	if err != nil || len(found) != 1 {
		t.Fatalf("got %d stories, %v", len(found), err)
	}
	old := found[0]
	if old.Version != 0 || old.Judged != store.Unjudged || old.Likes == 0 || len(old.WrongBy) != 2 || !old.Retired {
		t.Errorf("got %+v", old)
	}
	if retired, err := s.RetiredStories(ctx, store.StoryKey{}, 10); err != nil || !cmp.Equal(retired, found) {
		t.Errorf("retired: %+v, %v", retired, err)
	}
	checked, more := old, old
	checked.Likes, checked.Judged, checked.Quotes = 0, store.JudgedPassed, []string{"a quote"}
	more.Aspect, more.Text, more.Version = 1, "More.", 2
	if err := s.PutStories(ctx, []store.Story{checked, more}); err != nil {
		t.Fatal(err)
	}
	if found, err = s.Stories(ctx, []store.StoryKey{key, more.StoryKey}, time.Unix(0, 0)); err != nil || len(found) != 2 {
		t.Fatalf("got %d stories, %v", len(found), err)
	}
	if checked.Likes = old.Likes; !cmp.Equal(found[0], checked) {
		t.Errorf("votes on an old text: %s", cmp.Diff(checked, found[0]))
	}
	told, err := s.Told(ctx, -1, []string{"<Q1>&", "Q2", "Q3"})
	if err != nil || !slices.Equal(told, []bool{true, true, false}) {
		t.Errorf("told %v, %v", told, err)
	}
	if p, err := s.Payment(ctx, "ä"); err != nil || p.Stars != 3 {
		t.Errorf("payment %+v, %v", p, err)
	}
	if _, err := s.Vote(ctx, -1, key, store.Like, time.Unix(1, 0)); err != nil {
		t.Error(err)
	}
	if err := s.PutArticle(ctx, store.Article{ArticleKey: store.ArticleKey{Edition: "fr", Page: 1}, Text: "Text"}, time.Now()); err != nil {
		t.Error(err)
	}
	if _, err := s.UpdateUser(ctx, -2097152, func(u *store.User) error { u.Voice = store.VoiceAlways; return nil }); err != nil {
		t.Error(err)
	}
	if _, err := s.Sweep(ctx, time.Now(), 1000); err != nil {
		t.Error(err)
	}
}
