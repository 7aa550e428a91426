package storetest

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// sorted returns the rows in the order of their keys.
func sorted(rows []store.Row) []store.Row {
	rows = slices.Clone(rows)
	slices.SortFunc(rows, func(a, b store.Row) int { return cmp.Compare(a.Key, b.Key) })
	return rows
}

var edition = regexp.MustCompile(`,?"edition":\d+`)

// withoutEditions removes the numbers of texts from lines: a store in which texts were deleted continues with a higher number than its copy.
func withoutEditions(lines []string) []string {
	for i := range lines {
		lines[i] = edition.ReplaceAllString(lines[i], "")
	}
	return lines
}

// randomOp returns a step in a small world, where most steps meet records of others.
func randomOp(r *rand.Rand) op {
	person := int64(r.IntN(5) - 2)
	at := noon.Add(time.Duration(r.IntN(1e6)) * time.Second)
	point := geo.Point{Lat: float64(r.IntN(170) - 85), Lon: float64(r.IntN(360) - 180)}
	id, language := fmt.Sprint("Q", r.IntN(6)), []string{"ru", "en"}[r.IntN(2)]
	key := store.StoryKey{Place: id, Language: language, Length: []store.Length{store.Short, store.Long}[r.IntN(2)]}
	walk := fmt.Sprint(person, ":", r.IntN(4))
	update, charge := int64(r.IntN(60)), fmt.Sprint("charge", r.IntN(8))
	text, n := fmt.Sprint("Text ", r.IntN(3)), int64(r.IntN(50)+1)
	do := func(name string, fn func(ctx context.Context, s store.Store) (any, error)) op {
		return op{name: name, do: fn}
	}
	key.Aspect = max(0, r.IntN(6)-3)
	page := store.ArticleKey{Edition: language, Page: int64(r.IntN(5))}
	switch r.IntN(21) {
	case 0:
		return updateUser("update user", person, func(u *store.User) error {
			u.Language, u.Seen, u.Interests = language, at, []string{text}
			return nil
		}, store.User{}, nil)
	case 1:
		return putPlaces("put place", store.Place{ID: id, Language: language, PageID: page.Page, Point: point, Title: text, Fetched: at, Names: map[string]string{"de": text, "fr": id}})
	case 2:
		pages := []store.Page{{ID: n, Title: text, Point: point}}
		return putTile("put tile", store.Tile{TileKey: store.TileKey{Cell: geo.CellAt(point, 2), Language: language}, Pages: pages, Expires: at})
	case 3, 4:
		return putStories("put story", store.Story{StoryKey: key, Text: text, Point: point, Expires: at, Likes: int(n)})
	case 5, 6:
		return delivered("deliver", store.Delivery{Update: update, Person: person, Place: id, Walk: walk, Number: r.IntN(5), Title: text, Point: point, At: at})
	case 7, 8:
		return vote("vote", person, key, store.Mark(r.IntN(4)), store.Story{}, nil)
	case 9:
		return spend("spend", store.DayOf(at), person, n, store.Spent{})
	case 10, 11:
		w := store.Walk{ID: walk, Person: person, Revision: uint64(n), Share: store.Share{Topic: int(n % 3), Began: at}, Position: store.Position{Point: point, Metres: float64(n) / 3, Track: []byte(text)}}
		if r.IntN(2) == 0 {
			w = closed(w, uint64(n), at)
		}
		return saveWalks("save walk", w)
	case 12:
		return credit("credit", store.Payment{Charge: charge, Person: person, Stars: n, At: at}, paid{}, nil)
	case 13:
		return refund("refund", store.Payment{Charge: charge, Person: person, Stars: n, At: at, Refunded: at}, paid{}, nil)
	case 14:
		return accept("accept", nil, store.Entry{Update: update + 1, Chat: person, Arrived: at, Raw: []byte(text)})
	case 15:
		if r.IntN(3) == 0 {
			return note("note", update, id, int(n))
		}
		return retry("retry", update, false, nil)
	case 16:
		if r.IntN(2) == 0 {
			return article("article", page, at, store.Article{}, nil)
		}
		return putArticle("put article", store.Article{ArticleKey: page, Title: id, Text: text}, at)
	case 17:
		return randomVerdict(r, key, text, person, at)
	case 18:
		return randomReport(r, key, text, person, at)
	case 19:
		switch r.IntN(8) {
		case 0:
			return forget("forget", person)
		case 1:
			return sweep("sweep", at, 1000, 0) // with a limit each adapter has an order of its own
		case 2:
			return markDone("mark done", update, update+1)
		}
		return setSetting("set setting", charge, []string{"", text}[r.IntN(2)], nil)
	}
	return do("look", func(ctx context.Context, s store.Store) (any, error) {
		stories, err := s.StoriesIn(ctx, language, everywhere, 50, noon)
		if err != nil {
			return nil, err
		}
		given, err := s.Given(ctx, person)
		if err != nil {
			return nil, err
		}
		parked, err := s.DeadLetters(ctx)
		if err != nil {
			return nil, err
		}
		places, err := s.PlacesByPage(ctx, language, []int64{0, 1, 2, 3})
		slices.SortFunc(places, func(a, b store.Place) int { return cmp.Compare(a.ID, b.ID) })
		return []any{stories, given, parked, places}, err
	})
}

// randomVerdict returns a step about judgements, voices, or what came last.
func randomVerdict(r *rand.Rand, key store.StoryKey, text string, person int64, at time.Time) op {
	switch r.IntN(10) {
	case 7:
		return putTour("put tour", store.Tour{Person: person, At: at, Stops: []store.TourStop{{Place: text}}})
	case 8:
		return deleteTour("delete tour", person)
	case 0, 1:
		return queueJudgement("queue", store.Judgement{StoryKey: key, Text: store.TextHash(text), Queued: at, Shown: []store.Shown{{Chat: person, Message: r.IntN(9), Person: person}}})
	case 2:
		return showPending("show", key, store.Shown{Chat: person, Message: r.IntN(9), Person: person})
	case 3:
		return claim("claim", "r", at, time.Hour, r.IntN(5))
	case 4:
		verdicts := []store.Judged{store.JudgedPassed, store.JudgedSkipped, store.JudgedRefused}
		return endJudgement("verdict", key, store.TextHash(text), verdicts[r.IntN(3)], store.Judgement{}, nil)
	case 5:
		return putVoice("put voice", store.Voice{VoiceKey: store.VoiceKey{StoryKey: key, Voice: "anna"}, Text: store.TextHash(text), Created: at}, nil)
	case 6:
		return notePoint("note point", store.LastPoint{Person: person, Chat: int64(r.IntN(3)), At: at})
	}
	return noteStory("note story", store.LastStory{Person: person, Chat: int64(r.IntN(3)), StoryKey: key, At: at})
}

// randomReport returns a step about what is wrong.
func randomReport(r *rand.Rand, key store.StoryKey, text string, person int64, at time.Time) op {
	extract := store.ReportKey{Place: key.Place, Language: key.Language, Revision: int64(r.IntN(2))}
	whole := store.ReportKey{Place: key.Place}
	switch r.IntN(8) {
	case 0:
		return withhold("withhold", extract, text, at)
	case 1:
		return withhold("withhold place", whole, text, at)
	case 2, 3:
		return restore("restore", whole, nil)
	case 4:
		return restore("restore extract", extract, nil)
	case 5:
		return restoreStory("restore story", key, store.Story{}, nil)
	}
	return report("report", extract, person, text, at, store.Report{})
}
