package pack

import (
	"errors"
	"maps"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
	"excursobot/store/boltstore"
	"excursobot/store/dump"
)

func imported(t *testing.T, s *boltstore.Store, open Open) Report {
	t.Helper()
	r, err := Import(t.Context(), s, open, now, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func counts(places, tiles, stories, articles int) map[string]int {
	all := map[string]int{"places": places, "tiles": tiles, "stories": stories, "articles": articles}
	maps.DeleteFunc(all, func(_ string, n int) bool { return n == 0 })
	return all
}

func nonZero(m map[string]int) map[string]int {
	m = maps.Clone(m)
	maps.DeleteFunc(m, func(_ string, n int) bool { return n == 0 })
	return m
}

func TestImportIntoAnEmptyStore(t *testing.T) {
	s := newStore(t)
	r := imported(t, s, town(t))
	if got, want := nonZero(r.Added), counts(1, 1, 1, 1); !cmp.Equal(got, want) || len(r.Refused) > 0 {
		t.Errorf("added %v, want %v; refused %v", got, want, r.Refused)
	}
	p, err := s.Place(t.Context(), "Q100", "en")
	want := tower()
	want.Packed = true
	if diff := cmp.Diff(want, p); err != nil || diff != "" {
		t.Errorf("place: %v (-want +got):\n%s", err, diff)
	}
	stories, err := s.Stories(t.Context(), []store.StoryKey{towerStory().StoryKey}, now)
	if err != nil || len(stories) != 1 {
		t.Fatalf("stories %v, %v", stories, err)
	}
	story := towerStory()
	story.Packed, story.Judged, story.Picture, story.Credit, story.Expires = true, store.Unjudged, want.Picture, want.Credit, now.Add(store.StoryLife)
	if diff := cmp.Diff(story, stories[0]); diff != "" {
		t.Errorf("story (-want +got):\n%s", diff)
	}
	tile, err := s.Tile(t.Context(), towerTile().TileKey, now)
	if err != nil || len(tile.Pages) != 1 || tile.Pages[0].Title != "Water Tower" || tile.Expires.After(now.Add(tileLife)) {
		t.Errorf("tile %+v, %v", tile, err)
	}
	if set, err := s.Setting(t.Context(), store.PackImported); err != nil || set == "" {
		t.Errorf("setting %q, %v", set, err)
	}
}

func TestImportAgainChangesNothing(t *testing.T) {
	s := newStore(t)
	imported(t, s, town(t))
	before, err := s.Setting(t.Context(), store.PackImported)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Import(t.Context(), s, town(t), now.Add(time.Hour), nil)
	if got, want := nonZero(r.Kept), counts(1, 1, 1, 1); err != nil || !cmp.Equal(got, want) || len(nonZero(r.Added)) > 0 {
		t.Errorf("%v: kept %v, want %v; added %v", err, got, want, r.Added)
	}
	if after, err := s.Setting(t.Context(), store.PackImported); err != nil || after != before {
		t.Errorf("the setting changed from %q to %q, %v", before, after, err)
	}
}

func TestImportKeepsWhatIsNewerVotedOnOrRetired(t *testing.T) {
	const other = told + " It is loved."
	for name, tt := range map[string]struct {
		edit func(*store.Story)
		kept bool
	}{
		"older":         {func(s *store.Story) { s.Created = read.Add(-time.Hour) }, false},
		"newer":         {func(s *store.Story) { s.Created = read.Add(time.Hour) }, true},
		"liked":         {func(s *store.Story) { s.Created, s.Likes = read.Add(-time.Hour), 1 }, true},
		"disliked":      {func(s *store.Story) { s.Created, s.Dislikes = read.Add(-time.Hour), 1 }, true},
		"called wrong":  {func(s *store.Story) { s.Created, s.WrongBy = read.Add(-time.Hour), []int64{5} }, true},
		"retired":       {func(s *store.Story) { s.Created, s.Retired = read.Add(-time.Hour), true }, true},
		"the same text": {func(s *store.Story) { s.Created, s.Text = read.Add(-time.Hour), told }, true},
	} {
		t.Run(name, func(t *testing.T) {
			s := newStore(t)
			have := towerStory()
			have.Text, have.Expires = other, now.Add(time.Hour)
			tt.edit(&have)
			if err := s.PutStories(t.Context(), []store.Story{have}); err != nil {
				t.Fatal(err)
			}
			imported(t, s, town(t))
			got, err := s.Stories(t.Context(), []store.StoryKey{have.StoryKey}, now)
			if err != nil || len(got) != 1 {
				t.Fatal(got, err)
			}
			if kept := got[0].Text == have.Text && !got[0].Packed; kept != tt.kept {
				t.Errorf("kept %v, want %v", kept, tt.kept)
			}
		})
	}
	t.Run("newer place and article", func(t *testing.T) {
		s := newStore(t)
		p, a := tower(), towerArticle()
		p.Fetched, a.Fetched, p.Description = read.Add(time.Hour), read.Add(time.Hour), "mine"
		err := errors.Join(s.PutPlaces(t.Context(), []store.Place{p}), s.PutArticle(t.Context(), a, now))
		if err != nil {
			t.Fatal(err)
		}
		imported(t, s, town(t))
		if got, err := s.Place(t.Context(), p.ID, "en"); err != nil || got.Description != "mine" {
			t.Errorf("place %+v, %v", got, err)
		}
	})
	t.Run("withheld place", func(t *testing.T) {
		s := newStore(t)
		if err := s.Withhold(t.Context(), store.ReportKey{Place: "Q100"}, "x", now); err != nil {
			t.Fatal(err)
		}
		imported(t, s, town(t))
		if got, err := s.Stories(t.Context(), []store.StoryKey{towerStory().StoryKey}, now); err != nil || len(got) != 1 || !got[0].Retired {
			t.Errorf("stories %+v, %v", got, err)
		}
	})
}

// A pack is believed only after its checksums: a damaged one changes nothing.
func TestImportRefusesWholeFiles(t *testing.T) {
	f, err := town(t)()
	if err != nil {
		t.Fatal(err)
	}
	whole := contentOf(t, f)
	h := header(t)
	far, foreign, many := h, h, h
	far.Area = "circle 57,39,40000"
	foreign.Content, many.Languages = "store", "en,xx"
	for name, tt := range map[string]struct {
		open Open
		want error
	}{
		"cut":               {opened(whole[:len(whole)-9]), dump.ErrTruncated},
		"no pack":           {packed(t, foreign, store.PlaceRow{Place: tower()}), ErrForeign},
		"too large an area": {packed(t, far, store.PlaceRow{Place: tower()}), ErrForeign},
		"unknown language":  {packed(t, many, store.PlaceRow{Place: tower()}), ErrForeign},
		"people":            {packed(t, h, store.User{ID: 7}), ErrForeign},
		"a setting":         {packed(t, h, store.PlaceRow{Place: tower()}, store.SettingRow{Name: "telegram.token_id", Value: "x"}), ErrForeign},
		"payments":          {packed(t, h, store.Payment{Charge: "x", Stars: 1}), ErrForeign},
	} {
		s := newStore(t)
		if _, err := Import(t.Context(), s, tt.open, now, nil); !errors.Is(err, tt.want) {
			t.Errorf("%s: error %v, want %v", name, err, tt.want)
		}
		if _, err := s.Place(t.Context(), "Q100", "en"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: a row was written: %v", name, err)
		}
	}
}
