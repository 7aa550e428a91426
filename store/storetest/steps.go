package storetest

import (
	"cmp"
	"context"
	"slices"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// The steps that scripts are made of, one for each method.

func user(name string, id int64, want store.User, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.User(ctx, id)
	}}
}

func updateUser(name string, id int64, fn func(*store.User) error, want store.User, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.UpdateUser(ctx, id, fn)
	}}
}

func told(name string, person int64, places []string, want []bool) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Told(ctx, person, places)
	}}
}

func delivered(name string, d store.Delivery) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.Delivered(ctx, d) }}
}

func vote(name string, person int64, key store.StoryKey, mark store.Mark, want store.Story, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Vote(ctx, person, key, mark, noon)
	}}
}

func tile(name string, key store.TileKey, now time.Time, want store.Tile, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Tile(ctx, key, now)
	}}
}

func putTile(name string, tile store.Tile) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.PutTile(ctx, tile) }}
}

func place(name, id, language string, want store.Place, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Place(ctx, id, language)
	}}
}

// byPage compares in the order of ids, for the method promises none.
func byPage(name, language string, pages []int64, want ...store.Place) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		got, err := s.PlacesByPage(ctx, language, pages)
		slices.SortFunc(got, func(a, b store.Place) int { return cmp.Compare(a.ID, b.ID) })
		return got, err
	}}
}

func placesIn(name, language string, ranges []geo.CellRange, limit int, want ...store.Place) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.PlacesIn(ctx, language, ranges, limit)
	}}
}

func putPlaces(name string, places ...store.Place) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.PutPlaces(ctx, places) }}
}

func stories(name string, keys []store.StoryKey, now time.Time, want ...store.Story) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Stories(ctx, keys, now)
	}}
}

func storiesIn(name, language string, ranges []geo.CellRange, limit int, now time.Time, want ...store.Story) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.StoriesIn(ctx, language, ranges, limit, now)
	}}
}

func putStories(name string, stories ...store.Story) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.PutStories(ctx, stories) }}
}

func article(name string, key store.ArticleKey, now time.Time, want store.Article, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Article(ctx, key, now)
	}}
}

func putArticle(name string, a store.Article, now time.Time) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.PutArticle(ctx, a, now) }}
}

func articleStats(name string, want store.ArticleStats) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.ArticleStats(ctx) }}
}

// spend spends tokens of a question.
func spend(name string, day store.Day, person, tokens int64, want store.Spent) op {
	return spendBoth(name, day, person, store.Tokens{Prompt: tokens}, want)
}

func spendBoth(name string, day store.Day, person int64, tokens store.Tokens, want store.Spent) op {
	return op{name: name, want: want, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Spend(ctx, day, person, tokens)
	}}
}

func spent(name string, day store.Day, person int64, want store.Spent) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Spent(ctx, day, person)
	}}
}

func speak(name string, day store.Day, characters, want int64) op {
	return op{name: name, want: want, reads: characters == 0, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Speak(ctx, day, characters)
	}}
}

func done(name string, update int64, want bool) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Done(ctx, update)
	}}
}

func markDone(name string, updates ...int64) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.MarkDone(ctx, updates...) }}
}

func sweep(name string, now time.Time, limit, want int) op {
	return op{name: name, want: want, do: func(ctx context.Context, s store.Store) (any, error) { return s.Sweep(ctx, now, limit) }}
}

func people(name string, since time.Time, want int) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.People(ctx, since) }}
}

func usersAfter(name string, after int64, limit int, want ...store.User) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.UsersAfter(ctx, after, limit) }}
}

func heard(name string, person int64, want int) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.CountTold(ctx, person) }}
}

// paid is what Credit and Refund return.
type paid struct {
	Stored store.Payment
	First  bool
}

func credit(name string, p store.Payment, want paid, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		stored, fresh, err := s.Credit(ctx, p)
		return paid{stored, fresh}, err
	}}
}

func refund(name string, p store.Payment, want paid, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		stored, first, err := s.Refund(ctx, p)
		return paid{stored, first}, err
	}}
}

func payment(name, charge string, want store.Payment, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Payment(ctx, charge)
	}}
}

func payments(name, after string, limit int, want ...store.Payment) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Payments(ctx, after, limit)
	}}
}

func given(name string, person int64, want store.Given) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.Given(ctx, person) }}
}

func setting(name, of, want string) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.Setting(ctx, of) }}
}

func setSetting(name, of, value string, err error) op {
	return op{name: name, err: err, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.SetSetting(ctx, of, value) }}
}

func moveUser(name string, from, to int64, err error) op {
	return op{name: name, err: err, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.MoveUser(ctx, from, to) }}
}

func forget(name string, person int64) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.ForgetUser(ctx, person, noon) }}
}

func voice(name string, key store.VoiceKey, text string, want store.Voice, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Voice(ctx, key, text)
	}}
}

func putVoice(name string, v store.Voice, err error) op {
	return op{name: name, err: err, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.PutVoice(ctx, v) }}
}

func deleteVoice(name string, key store.VoiceKey) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.DeleteVoice(ctx, key) }}
}

func lastPoint(name string, person, chat int64, now time.Time, want store.LastPoint, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.LastPoint(ctx, person, chat, now)
	}}
}

func lastStory(name string, person, chat int64, now time.Time, want store.LastStory, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.LastStory(ctx, person, chat, now)
	}}
}

func notePoint(name string, p store.LastPoint) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.NotePoint(ctx, p) }}
}

func noteStory(name string, l store.LastStory) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.NoteStory(ctx, l) }}
}

func queueJudgement(name string, j store.Judgement) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.QueueJudgement(ctx, j) }}
}

func showPending(name string, key store.StoryKey, m store.Shown) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.ShowPending(ctx, key, m) }}
}

func claim(name, replica string, now time.Time, lease time.Duration, limit int, want ...store.Judgement) op {
	return op{name: name, want: want, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.ClaimJudgements(ctx, replica, now, lease, limit)
	}}
}

func endJudgement(name string, key store.StoryKey, text string, verdict store.Judged, want store.Judgement, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.EndJudgement(ctx, key, text, verdict)
	}}
}

func pendingJudgements(name string, want int) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.PendingJudgements(ctx) }}
}

func experienced(name string, person int64, want bool) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.Experienced(ctx, person) }}
}

func report(name string, key store.ReportKey, person int64, title string, at time.Time, want store.Report) op {
	return op{name: name, want: want, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.ReportExtract(ctx, key, person, title, at)
	}}
}

func withhold(name string, key store.ReportKey, title string, at time.Time) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.Withhold(ctx, key, title, at) }}
}

func withheld(name string, keys []store.ReportKey, want []bool) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.Withheld(ctx, keys) }}
}

func withheldPlaces(name string, after store.ReportKey, limit int, want ...store.Report) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.WithheldPlaces(ctx, after, limit)
	}}
}

func restore(name string, key store.ReportKey, err error) op {
	return op{name: name, err: err, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.Restore(ctx, key, noon) }}
}

func retiredStories(name string, after store.StoryKey, limit int, want ...store.Story) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.RetiredStories(ctx, after, limit)
	}}
}

func restoreStory(name string, key store.StoryKey, want store.Story, err error) op {
	return op{name: name, want: want, err: err, do: func(ctx context.Context, s store.Store) (any, error) { return s.RestoreStory(ctx, key) }}
}
