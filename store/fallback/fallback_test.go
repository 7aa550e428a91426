package fallback_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/fallback"
)

// outage is a store whose database can be taken away.
type outage struct {
	store.Store
	away bool
}

func (o *outage) err() error {
	if o.away {
		return fmt.Errorf("pool: %w", store.ErrAway)
	}
	return nil
}

func (o *outage) User(ctx context.Context, id int64) (store.User, error) {
	if err := o.err(); err != nil {
		return store.User{}, err
	}
	return o.Store.User(ctx, id)
}

func (o *outage) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Told(ctx, person, places)
}

func (o *outage) Delivered(ctx context.Context, d store.Delivery) error {
	return errors.Join(o.err(), o.Store.Delivered(ctx, d))
}

func (o *outage) Tile(ctx context.Context, key store.TileKey, now time.Time) (store.Tile, error) {
	if err := o.err(); err != nil {
		return store.Tile{}, err
	}
	return o.Store.Tile(ctx, key, now)
}

func (o *outage) PlacesByPage(ctx context.Context, language string, pages []int64) ([]store.Place, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.PlacesByPage(ctx, language, pages)
}

func (o *outage) PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]store.Place, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.PlacesIn(ctx, language, ranges, limit)
}

func (o *outage) Place(ctx context.Context, id, language string) (store.Place, error) {
	if err := o.err(); err != nil {
		return store.Place{}, err
	}
	return o.Store.Place(ctx, id, language)
}

func (o *outage) Stories(ctx context.Context, keys []store.StoryKey, now time.Time) ([]store.Story, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Stories(ctx, keys, now)
}

func (o *outage) Article(ctx context.Context, key store.ArticleKey, now time.Time) (store.Article, error) {
	if err := o.err(); err != nil {
		return store.Article{}, err
	}
	return o.Store.Article(ctx, key, now)
}

func (o *outage) LastPoint(ctx context.Context, person, chat int64, now time.Time) (store.LastPoint, error) {
	if err := o.err(); err != nil {
		return store.LastPoint{}, err
	}
	return o.Store.LastPoint(ctx, person, chat, now)
}

func (o *outage) LastStory(ctx context.Context, person, chat int64, now time.Time) (store.LastStory, error) {
	if err := o.err(); err != nil {
		return store.LastStory{}, err
	}
	return o.Store.LastStory(ctx, person, chat, now)
}

func (o *outage) NotePoint(ctx context.Context, p store.LastPoint) error {
	return errors.Join(o.err(), o.Store.NotePoint(ctx, p))
}

func (o *outage) Voice(ctx context.Context, key store.VoiceKey, text string) (store.Voice, error) {
	if err := o.err(); err != nil {
		return store.Voice{}, err
	}
	return o.Store.Voice(ctx, key, text)
}

func (o *outage) Withheld(ctx context.Context, keys []store.ReportKey) ([]bool, error) {
	if err := o.err(); err != nil {
		return nil, err
	}
	return o.Store.Withheld(ctx, keys)
}

func newOutage(t *testing.T) (*outage, *fallback.Store) {
	t.Helper()
	file, err := boltstore.Open(boltstore.Config{Path: filepath.Join(t.TempDir(), "bot.db")})
	if err != nil {
		t.Fatal(err)
	}
	o := &outage{Store: file}
	s := fallback.New(o)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return o, s
}

var here = geo.Point{Lat: 55.7539, Lon: 37.6208}

func TestRemembersWhileTheDatabaseIsAway(t *testing.T) {
	ctx := t.Context()
	o, s := newOutage(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	user, err := s.UpdateUser(ctx, 1, func(u *store.User) error { u.Language, u.Interests = "fr", []string{"people"}; return nil })
	must(err)
	must(s.Delivered(ctx, store.Delivery{Person: 1, Place: "Q1", At: time.Now()}))
	must(o.Store.Delivered(ctx, store.Delivery{Person: 1, Place: "Q2", At: time.Now()})) // by an earlier process
	_, err = s.Told(ctx, 1, []string{"Q2", "Q3"})                                        // and asked for by this one
	must(err)
	place := store.Place{ID: "Q1", Language: "fr", PageID: 7, Title: "Tour", Point: here, Fetched: time.Now().UTC().Truncate(time.Microsecond), Names: map[string]string{"ru": "Башня"}}
	must(s.PutPlaces(ctx, []store.Place{place}))
	key := store.TileKey{Cell: geo.CellAt(here, geo.LevelTile), Language: "fr"}
	now := time.Now()
	must(s.PutTile(ctx, store.Tile{TileKey: key, Pages: []store.Page{{ID: 7, Title: "Tour", Point: here}}, Expires: now.Add(time.Hour)}))

	o.away = true
	if got, err := s.User(ctx, 1); err != nil || !cmp.Equal(got, user) {
		t.Errorf("user: got %+v, %v, want %+v", got, err, user)
	}
	if _, err := s.User(ctx, 2); !errors.Is(err, store.ErrAway) {
		t.Errorf("another user: got %v, want ErrAway", err)
	}
	if err := s.Delivered(ctx, store.Delivery{Person: 1, Place: "Q4", At: now}); !errors.Is(err, store.ErrAway) {
		t.Errorf("delivered: got %v, want ErrAway: it is not written down", err)
	}
	if got, err := s.Told(ctx, 1, []string{"Q1", "Q2", "Q3", "Q4"}); err != nil || !slices.Equal(got, []bool{true, true, false, true}) {
		t.Errorf("told: got %v, %v", got, err)
	}
	if got, err := s.Told(ctx, 2, []string{"Q1"}); err != nil || got[0] {
		t.Errorf("told to another: got %v, %v", got, err)
	}
	if got, err := s.PlacesByPage(ctx, "fr", []int64{7, 8}); err != nil || !cmp.Equal(got, []store.Place{place}) {
		t.Errorf("by page: got %+v, %v", got, err)
	}
	ranges := geo.RangesWithin(here, 100)
	if got, err := s.PlacesIn(ctx, "fr", ranges, 10); err != nil || !cmp.Equal(got, []store.Place{place}) {
		t.Errorf("near: got %+v, %v", got, err)
	}
	if got, err := s.PlacesIn(ctx, "ru", ranges, 10); err != nil || got != nil {
		t.Errorf("near, in another language: got %+v, %v", got, err)
	}
	for range 2 { // what the first round spoils is the caller's own
		got, err := s.Place(ctx, "Q1", "fr")
		if err != nil || !cmp.Equal(got, place) {
			t.Fatalf("place: got %+v, %v", got, err)
		}
		got.Names["ru"] = "spoiled"
	}
	if _, err := s.Article(ctx, store.ArticleKey{Edition: "fr", Page: 7}, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("article: got %v, want ErrNotFound", err)
	}
	if got, err := s.Tile(ctx, key, now); err != nil || len(got.Pages) != 1 {
		t.Errorf("tile: got %+v, %v", got, err)
	}
	if _, err := s.Tile(ctx, key, now.Add(time.Hour)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("expired tile: got %v, want ErrNotFound", err)
	}
	if got, err := s.Stories(ctx, []store.StoryKey{{Place: "Q1", Language: "fr"}}, now); err != nil || got != nil {
		t.Errorf("stories: got %+v, %v, want none", got, err)
	}

	o.away = false
	must(s.ForgetUser(ctx, 1, now))
	o.away = true
	if got, err := s.Told(ctx, 1, []string{"Q1"}); err != nil || got[0] {
		t.Errorf("told to somebody forgotten: got %v, %v", got, err)
	}
	if _, err := s.User(ctx, 1); !errors.Is(err, store.ErrAway) {
		t.Errorf("somebody forgotten: got %v, want ErrAway", err)
	}
}

func TestRemembersABoundedNumberOfPlaces(t *testing.T) {
	ctx := t.Context()
	o, s := newOutage(t)
	for i := range 70 {
		if err := s.Delivered(ctx, store.Delivery{Person: 1, Place: fmt.Sprint("Q", i)}); err != nil {
			t.Fatal(err)
		}
	}
	o.away = true
	told, err := s.Told(ctx, 1, []string{"Q69", "Q10", "Q9"})
	if want := []bool{true, true, false}; err != nil || !slices.Equal(told, want) {
		t.Errorf("got %v, %v, want %v: the last 60", told, err, want)
	}
}

func TestRemembersVoicesPointsAndWhatIsWithheld(t *testing.T) {
	ctx := t.Context()
	o, s := newOutage(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	now := time.Now().UTC().Truncate(time.Microsecond)
	voice := store.Voice{
		VoiceKey: store.VoiceKey{StoryKey: store.StoryKey{Place: "Q1", Language: "fr", Length: store.Extract}, Voice: "anna"}, Text: "hash", FileID: "file",
	}
	point := store.LastPoint{Person: 1, Chat: 1, Point: here, At: now}
	place, extract, other := store.ReportKey{Place: "Q1"}, store.ReportKey{Place: "Q2", Language: "fr", Revision: 7}, store.ReportKey{Place: "Q3"}
	of := store.ReportKey{Place: "Q1", Language: "ru", Revision: 9}
	must(s.PutVoice(ctx, voice))
	must(s.NotePoint(ctx, point))
	must(s.NotePoint(ctx, store.LastPoint{Person: 2, Chat: 2, Point: here, At: now}))
	must(s.Delivered(ctx, store.Delivery{Person: 1, Place: "Q1", At: now, Chat: 1, Message: 5}))
	must(s.Withhold(ctx, place, "Tour", now))
	must(o.Store.Withhold(ctx, extract, "Tour", now)) // by another replica
	_, err := s.Withheld(ctx, []store.ReportKey{extract, other})
	must(err)
	o.away = true
	if got, err := s.Voice(ctx, voice.VoiceKey, "hash"); err != nil || got != voice {
		t.Errorf("voice: got %+v, %v", got, err)
	}
	if _, err := s.Voice(ctx, voice.VoiceKey, "another"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("voice of another text: got %v, want ErrNotFound", err)
	}
	if got, err := s.LastPoint(ctx, 1, 1, now); err != nil || got != point {
		t.Errorf("point: got %+v, %v", got, err)
	}
	if _, err := s.LastPoint(ctx, 1, 1, now.Add(store.RecentLife)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("point six hours later: got %v, want ErrNotFound", err)
	}
	moved := store.LastPoint{Person: 1, Chat: 1, Point: here, At: now.Add(time.Minute)}
	if err := s.NotePoint(ctx, moved); !errors.Is(err, store.ErrAway) {
		t.Errorf("note: got %v, want ErrAway", err)
	}
	if err := s.NotePoint(ctx, point); !errors.Is(err, store.ErrAway) { // late
		t.Errorf("note: got %v, want ErrAway", err)
	}
	if got, err := s.LastPoint(ctx, 1, 1, now); err != nil || got != moved {
		t.Errorf("point noted meanwhile: got %+v, %v", got, err)
	}
	if got, err := s.LastStory(ctx, 1, 1, now); err != nil || got.Message != 5 {
		t.Errorf("story: got %+v, %v", got, err)
	}
	if got, err := s.Withheld(ctx, []store.ReportKey{place, of, extract, other}); err != nil || !slices.Equal(got, []bool{true, true, true, false}) {
		t.Errorf("withheld: got %v, %v", got, err)
	}
	o.away = false
	must(s.Restore(ctx, place, now))
	must(s.ForgetUser(ctx, 1, now))
	o.away = true
	if got, err := s.Withheld(ctx, []store.ReportKey{of, extract}); err != nil || !slices.Equal(got, []bool{false, true}) {
		t.Errorf("restored: got %v, %v", got, err)
	}
	if _, err := s.LastPoint(ctx, 1, 1, now); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("point of somebody forgotten: got %v, want ErrNotFound", err)
	}
	if _, err := s.LastPoint(ctx, 2, 2, now); err != nil {
		t.Errorf("point of another: %v", err)
	}
}
