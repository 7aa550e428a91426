package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
)

// methods calls every method once, with arguments that are fine.
func methods(ctx context.Context, s store.Store) map[string]error {
	errs := map[string]error{}
	_, errs["User"] = s.User(ctx, 1)
	_, errs["UpdateUser"] = s.UpdateUser(ctx, 1, func(*store.User) error { return nil })
	_, errs["Told"] = s.Told(ctx, 1, []string{"good"})
	_, errs["Vote"] = s.Vote(ctx, 1, store.StoryKey{Place: "good"}, store.Like, noon)
	_, errs["Tile"] = s.Tile(ctx, store.TileKey{}, noon)
	errs["PutTile"] = s.PutTile(ctx, filled[store.Tile]())
	_, errs["Place"] = s.Place(ctx, "good", "ru")
	_, errs["PlacesByPage"] = s.PlacesByPage(ctx, "ru", []int64{1})
	_, errs["PlacesIn"] = s.PlacesIn(ctx, "ru", everywhere, 1)
	errs["PutPlaces"] = s.PutPlaces(ctx, []store.Place{{ID: "good", Language: "ru"}})
	_, errs["Stories"] = s.Stories(ctx, []store.StoryKey{{Place: "good"}}, noon)
	_, errs["StoriesIn"] = s.StoriesIn(ctx, "ru", everywhere, 1, noon)
	errs["PutStories"] = s.PutStories(ctx, []store.Story{story("good", "ru", store.Short, eiffel)})
	errs["PutArticle"] = s.PutArticle(ctx, store.Article{}, noon)
	_, errs["Article"] = s.Article(ctx, store.ArticleKey{}, noon)
	extract := store.VoiceKey{StoryKey: store.StoryKey{Length: store.Extract}}
	errs["PutVoice"] = s.PutVoice(ctx, store.Voice{VoiceKey: extract})
	_, errs["Voice"] = s.Voice(ctx, extract, "")
	errs["DeleteVoice"] = s.DeleteVoice(ctx, extract)
	errs["NotePoint"] = s.NotePoint(ctx, store.LastPoint{Person: 1, At: noon})
	_, errs["LastPoint"] = s.LastPoint(ctx, 1, 0, noon)
	errs["NoteStory"] = s.NoteStory(ctx, store.LastStory{Person: 1, At: noon})
	_, errs["LastStory"] = s.LastStory(ctx, 1, 0, noon)
	errs["QueueJudgement"] = s.QueueJudgement(ctx, store.Judgement{Queued: noon})
	errs["ShowPending"] = s.ShowPending(ctx, store.StoryKey{}, store.Shown{Chat: 1})
	_, errs["ClaimJudgements"] = s.ClaimJudgements(ctx, "r", noon, time.Minute, 1)
	_, errs["EndJudgement"] = s.EndJudgement(ctx, store.StoryKey{}, "", store.JudgedPassed)
	_, errs["PendingJudgements"] = s.PendingJudgements(ctx)
	_, errs["Experienced"] = s.Experienced(ctx, 1)
	_, errs["ReportExtract"] = s.ReportExtract(ctx, store.ReportKey{Place: "Q1"}, 1, "", noon)
	errs["Withhold"] = s.Withhold(ctx, store.ReportKey{Place: "Q1"}, "", noon)
	_, errs["Withheld"] = s.Withheld(ctx, []store.ReportKey{{Place: "Q1"}})
	_, errs["WithheldPlaces"] = s.WithheldPlaces(ctx, store.ReportKey{}, 1)
	errs["Restore"] = s.Restore(ctx, store.ReportKey{Place: "Q1"}, noon)
	_, errs["RetiredStories"] = s.RetiredStories(ctx, store.StoryKey{}, 1)
	_, errs["RestoreStory"] = s.RestoreStory(ctx, store.StoryKey{Place: "Q1"})
	_, errs["ArticleStats"] = s.ArticleStats(ctx)
	_, errs["Spend"] = s.Spend(ctx, store.DayOf(noon), 1, store.Tokens{Prompt: 1})
	_, errs["Speak"] = s.Speak(ctx, store.DayOf(noon), 1)
	_, errs["Spent"] = s.Spent(ctx, store.DayOf(noon), 1)
	errs["Delivered"] = s.Delivered(ctx, store.Delivery{Update: 1, Person: 1, Place: "good", At: noon})
	_, errs["Tour"] = s.Tour(ctx, 1, noon)
	errs["PutTour"] = s.PutTour(ctx, aTour(1))
	_, errs["UpdateTour"] = s.UpdateTour(ctx, 1, noon, func(*store.Tour) error { return nil })
	errs["DeleteTour"] = s.DeleteTour(ctx, 1)
	errs["SaveWalks"] = s.SaveWalks(ctx, []store.Walk{{ID: "good", Revision: 1}})
	_, errs["Walk"] = s.Walk(ctx, "good")
	_, errs["OpenWalks"] = s.OpenWalks(ctx)
	_, errs["Stops"] = s.Stops(ctx, "good")
	_, errs["Done"] = s.Done(ctx, 1)
	_, errs["Accept"] = s.Accept(ctx, entry(2))
	_, errs["Pending"] = s.Pending(ctx, 0, 10)
	errs["Note"] = s.Note(ctx, 2, "good", 1)
	_, errs["Retry"] = s.Retry(ctx, 2)
	errs["Survived"] = s.Survived(ctx, 2)
	_, errs["DeadLetters"] = s.DeadLetters(ctx)
	_, errs["InboxStats"] = s.InboxStats(ctx)
	errs["MarkDone"] = s.MarkDone(ctx, 1)
	_, errs["UsersAfter"] = s.UsersAfter(ctx, 0, 10)
	_, errs["People"] = s.People(ctx, noon)
	_, errs["CountTold"] = s.CountTold(ctx, 1)
	_, _, errs["Credit"] = s.Credit(ctx, store.Payment{Charge: "good", Person: 1, Stars: 1, At: noon})
	_, _, errs["Refund"] = s.Refund(ctx, store.Payment{Charge: "good", Refunded: noon})
	_, errs["Payment"] = s.Payment(ctx, "good")
	_, errs["Payments"] = s.Payments(ctx, "", 1)
	_, errs["Given"] = s.Given(ctx, 1)
	_, errs["Setting"] = s.Setting(ctx, "good")
	errs["SetSetting"] = s.SetSetting(ctx, "good", "value")
	errs["ForgetUser"] = s.ForgetUser(ctx, 1, noon)
	errs["MoveUser"] = s.MoveUser(ctx, 1, -1)
	_, errs["Sweep"] = s.Sweep(ctx, noon, 10)
	return errs
}

func testEnded(t *testing.T, open OpenFunc) {
	s := open(t, t.TempDir())
	defer closeStore(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, err := range methods(ctx, s) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got error %v, want context.Canceled", name, err)
		}
	}
	testEmpty(t, s)
}

func testClosed(t *testing.T, open OpenFunc) {
	s := open(t, t.TempDir())
	closeStore(t, s)
	for name, err := range methods(t.Context(), s) {
		if !errors.Is(err, store.ErrClosed) {
			t.Errorf("%s: got error %v, want ErrClosed", name, err)
		}
	}
	closeStore(t, s) // the second time is not an error
}

// testUnderWay ends the context of a write that has begun: its outcome is what counts.
func testUnderWay(t *testing.T, open OpenFunc) {
	s := open(t, t.TempDir())
	defer closeStore(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	got, err := s.UpdateUser(ctx, 1, func(u *store.User) error {
		cancel()
		u.Language = "ru"
		return nil
	})
	want := store.User{ID: 1, Language: "ru"}
	if err != nil || got.Language != want.Language {
		t.Errorf("got %+v, error %v", got, err)
	}
	play(t, s, []op{user("written", 1, want, nil)})
}

func testUpdater(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	refusal := errors.New("no")
	if _, err := s.UpdateUser(ctx, 1, func(*store.User) error { return refusal }); err != refusal { //nolint:errorlint // unchanged means the same value
		t.Errorf("got error %v, want the updater's own, unchanged", err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the updater's panic did not reach its caller")
			}
		}()
		_, _ = s.UpdateUser(ctx, 1, func(*store.User) error { panic("updater") })
	}()
	testEmpty(t, s)
	_, err := s.UpdateUser(ctx, 1, func(u *store.User) error { u.Language = "ru"; return nil }) // writing goes on
	must(t, err)
}

func testAliasing(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	early := time.Unix(0, 0)
	user, tile, full, kept := filled[store.User](), filled[store.Tile](), filled[store.Story](), filled[store.Place]()
	_, err := s.UpdateUser(ctx, user.ID, func(u *store.User) error { *u = user; return nil })
	must(t, err)
	must(t, s.PutTile(ctx, tile))
	must(t, s.PutStories(ctx, []store.Story{full}))
	must(t, s.PutPlaces(ctx, []store.Place{kept}))
	for range 2 { // what the first round spoils is the caller's own
		gotUser, err := s.User(ctx, user.ID)
		must(t, err)
		updated, err := s.UpdateUser(ctx, user.ID, func(*store.User) error { return nil })
		must(t, err)
		gotTile, err := s.Tile(ctx, tile.TileKey, early)
		must(t, err)
		gotStories, err := s.Stories(ctx, []store.StoryKey{full.StoryKey, full.StoryKey}, early)
		must(t, err)
		gotPlace, err := s.Place(ctx, kept.ID, kept.Language)
		must(t, err)
		want := []any{filled[store.User](), filled[store.User](), filled[store.Tile](), filled[store.Story](), filled[store.Story](), filled[store.Place]()}
		if diff := cmp.Diff(want, []any{gotUser, updated, gotTile, gotStories[0], gotStories[1], gotPlace}, sameTime); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		gotUser.Interests[0], updated.Interests[1] = "spoiled", "spoiled"
		gotTile.Pages[0].Title, gotStories[0].WrongBy[0] = "spoiled", 0
		user.Interests[0], tile.Pages[1].Title, full.WrongBy[1] = "spoiled", "spoiled", 0
		gotStories[0].Quotes[0], full.Quotes[1] = "spoiled", "spoiled"
		for _, p := range []store.Place{kept, gotPlace} {
			p.Names["spoiled"], p.Abouts["spoiled"], p.Sitelinks[0].Title = "spoiled", "spoiled", "spoiled"
		}
		if gotStories[1].WrongBy[0] == 0 || gotStories[1].Quotes[0] == "spoiled" {
			t.Error("two values of one answer share memory")
		}
	}
}
