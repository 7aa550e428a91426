package storetest

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"excursobot/store"
)

func anArticle(page int64) store.Article {
	return store.Article{
		ArticleKey: store.ArticleKey{Edition: "fr", Page: page}, Title: "Tour", Place: "Q243", Revision: 7, Edited: noon.AddDate(-1, 0, 0), Fetched: noon,
		Checked: noon, Text: "La tour.\n\n== Histoire ==\nElle est haute.",
	}
}

func articleOps() []op {
	tower := anArticle(11)
	german := with(tower, func(a *store.Article) { a.Edition = "de" })
	empty := store.Article{ArticleKey: store.ArticleKey{Edition: "fr", Page: -12}}
	long := with(tower, func(a *store.Article) { a.Page, a.Text = 13, strings.Repeat("ж", store.MaxArticle/2) })
	newer := with(tower, func(a *store.Article) { a.Revision, a.Text, a.Place = 8, "Une autre.", "" })
	return []op{
		article("never stored", tower.ArticleKey, noon, store.Article{}, store.ErrNotFound),
		putArticle("one", tower, noon),
		putArticle("in another edition", german, noon),
		putArticle("empty", empty, noon),
		putArticle("as long as may be", long, noon),
		article("one", tower.ArticleKey, noon, tower, nil),
		article("the other edition's", german.ArticleKey, noon, german, nil),
		article("empty is not missing", empty.ArticleKey, noon, empty, nil),
		article("the long one", long.ArticleKey, noon, long, nil),
		article("another page", store.ArticleKey{Edition: "fr", Page: 12}, noon, store.Article{}, store.ErrNotFound),
		putArticle("replaced", newer, noon),
		article("newer", tower.ArticleKey, noon, newer, nil),
		article("on another day", tower.ArticleKey, noon.AddDate(0, 0, 1), newer, nil),
		article("on a day before", tower.ArticleKey, noon.AddDate(0, 0, -1), newer, nil),
	}
}

// testArticleUse lets articles go that nobody used for long.
func testArticleUse(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	day := func(n int) time.Time { return noon.AddDate(0, 0, n) }
	for page := range int64(5) {
		must(t, s.PutArticle(ctx, anArticle(page), day(int(page))))
	}
	stats, err := s.ArticleStats(ctx)
	must(t, err)
	if stats.Articles != 5 || stats.Bytes <= 0 || stats.Bytes > 5*int64(len(anArticle(0).Text)+50) {
		t.Errorf("got %+v", stats)
	}
	_, err = s.Article(ctx, anArticle(1).ArticleKey, day(10))
	must(t, err)
	must(t, s.PutArticle(ctx, anArticle(2), day(11)))
	play(t, s, []op{
		sweep("just before the first one's time", noon.Add(store.ArticleLife-time.Microsecond), 10, 0),
		sweep("no limit", noon.Add(store.ArticleLife), 0, 0),
		sweep("the first one's time", noon.Add(store.ArticleLife), 10, 1),
		article("the first", anArticle(0).ArticleKey, noon, store.Article{}, store.ErrNotFound),
		sweep("the next, of which one was asked for and one was put again", day(5).Add(store.ArticleLife), 10, 2),
		article("asked for", anArticle(1).ArticleKey, noon, anArticle(1), nil),
		article("put again", anArticle(2).ArticleKey, noon, anArticle(2), nil),
		sweep("all, one by one", day(11).Add(store.ArticleLife), 1, 1),
		sweep("all, one by one", day(11).Add(store.ArticleLife), 1, 1),
		sweep("no more", day(11).Add(store.ArticleLife), 1, 0),
		articleStats("none", store.ArticleStats{}),
	})
}

// Budget checks a store whose articles may have budget bytes: some 10 of those that it puts.
func Budget(t *testing.T, s store.Store, budget int64) {
	t.Helper()
	ctx := t.Context()
	random := rand.New(rand.NewPCG(1, 2))
	text := func() string { // cannot be compressed to less than half
		var b strings.Builder
		for b.Len() < int(budget)/8 {
			fmt.Fprintf(&b, "%016x", random.Uint64())
		}
		return b.String()
	}
	for page := range int64(40) {
		a := with(anArticle(page), func(a *store.Article) { a.Text = text() })
		must(t, s.PutArticle(ctx, a, noon.Add(time.Duration(page)*time.Second)))
		if page > 0 {
			_, err := s.Article(ctx, anArticle(0).ArticleKey, noon.AddDate(0, 0, int(page)))
			must(t, err)
		}
		stats, err := s.ArticleStats(ctx)
		must(t, err)
		if stats.Bytes > budget {
			t.Fatalf("%d bytes of %d", stats.Bytes, budget)
		}
		if page > 20 && stats.Bytes < budget/2 {
			t.Fatalf("%d bytes of %d", stats.Bytes, budget)
		}
		got, err := s.Article(ctx, a.ArticleKey, noon)
		must(t, err)
		if got.Text != a.Text {
			t.Fatalf("page %d has another text", page)
		}
	}
	play(t, s, []op{
		article("nobody asked for", store.ArticleKey{Edition: "fr", Page: 1}, noon, store.Article{}, store.ErrNotFound),
		article("nobody asked for", store.ArticleKey{Edition: "fr", Page: 20}, noon, store.Article{}, store.ErrNotFound),
	})
	huge := with(anArticle(99), func(a *store.Article) { a.Text = strings.Repeat(text(), 20)[:store.MaxArticle] })
	must(t, s.PutArticle(ctx, huge, noon))
	play(t, s, []op{article("one greater than the budget stays until the next", huge.ArticleKey, noon, huge, nil)})
}

func aspectOps() []op {
	first := story("Q243", "ru", store.Short, eiffel)
	second := with(first, func(s *store.Story) { s.Aspect, s.Text = 1, "More." })
	third := with(first, func(s *store.Story) { s.Aspect, s.Text = 2, "Still more." })
	other := with(first, func(s *store.Story) { s.Length = store.Short + "1" }) // comes behind all aspects of the first
	keys := []store.StoryKey{third.StoryKey, first.StoryKey, second.StoryKey}
	moved := with(second, func(s *store.Story) { s.Point = louvre })
	tell := delivered("told", store.Delivery{Person: 1, Place: "Q243", At: noon})
	return []op{
		putStories("an aspect before its story", third),
		storiesIn("aspects are found by key alone", "ru", everywhere, 10, noon),
		stories("by key", keys, noon, third),
		putStories("all", second, other, first),
		stories("in the order asked", keys, noon, third, first, second),
		storiesIn("the story itself", "ru", everywhere, 10, noon, first, other),
		storiesIn("aspects do not count for the limit", "ru", everywhere, 2, noon, first, other),
		putStories("moved", moved),
		stories("moved alone", keys, noon, third, first, moved),
		storiesIn("not found there either", "ru", at(louvre), 10, noon),
		tell,
		vote("for an aspect", 1, third.StoryKey, store.Like, with(third, func(s *store.Story) { s.Likes = 1 }), nil),
		vote("moves to the story", 1, first.StoryKey, store.Dislike, with(first, func(s *store.Story) { s.Dislikes = 1 }), nil),
		stories("and is taken from the aspect", keys[:1], noon, third),
		vote("taken back", 1, moved.StoryKey, store.NoMark, moved, nil),
		stories("and from the story", keys, noon, third, first, moved),
		sweep("all expire", noon.Add(store.StoryLife), 10, 4),
		stories("gone", keys, noon),
	}
}
