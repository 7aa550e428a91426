package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
)

// fill sets every field of a record, so that a field that an adapter forgets is noticed.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(noon.Add(time.Duration(*n) * time.Second)))
		return
	case geo.Point:
		v.Set(reflect.ValueOf(geo.Point{Lat: -float64(*n) / 7, Lon: float64(*n) / 3}))
		return
	case store.Judged:
		v.Set(reflect.ValueOf(store.JudgedPassed))
		return
	case store.VoiceWish:
		v.Set(reflect.ValueOf(store.VoiceOnWalks))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(fmt.Sprintf("текст-%d", *n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int8: // a mark
		v.SetInt(int64(*n%3) + 1)
	case reflect.Int, reflect.Int64:
		v.SetInt(-int64(*n) << 20)
	case reflect.Uint64:
		v.SetUint(uint64(*n) << 60)
	case reflect.Uint8:
		v.SetUint(uint64(128 + *n%128))
	case reflect.Float64:
		v.SetFloat(-float64(*n) / 11)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		for range 2 {
			key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
			fill(key, n)
			fill(value, n)
			v.SetMapIndex(key, value)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name == "Aspect" {
				v.Field(i).SetInt(store.MaxAspect)
				continue
			}
			fill(v.Field(i), n)
		}
	default:
		panic("a kind of field that fill does not know: " + v.Kind().String())
	}
}

func filled[T any]() T {
	var v T
	n := 0
	fill(reflect.ValueOf(&v).Elem(), &n)
	return v
}

// texts calls fn with every text in a record and a function that changes it.
func texts(v reflect.Value, path string, fn func(path, text string, set func(string))) {
	switch v.Kind() {
	case reflect.String:
		fn(path, v.String(), v.SetString)
	case reflect.Slice:
		for i := range v.Len() {
			texts(v.Index(i), fmt.Sprintf("%s[%d]", path, i), fn)
		}
	case reflect.Map: // of texts to texts
		for _, key := range v.MapKeys() {
			value, now := v.MapIndex(key), key
			fn(path+"{key}", key.String(), func(text string) {
				v.SetMapIndex(now, reflect.Value{})
				now = reflect.ValueOf(text)
				v.SetMapIndex(now, value)
			})
			fn(path+"{value}", value.String(), func(text string) { v.SetMapIndex(key, reflect.ValueOf(text)) })
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return
		}
		for i := range v.NumField() {
			texts(v.Field(i), path+"."+v.Type().Field(i).Name, fn)
		}
	}
}

func testEveryField(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	user, place, tile, story := filled[store.User](), filled[store.Place](), filled[store.Tile](), filled[store.Story]()
	article := filled[store.Article]()
	early := time.Unix(0, 0)
	_, err := s.UpdateUser(ctx, user.ID, func(u *store.User) error { *u = user; return nil })
	must(t, err)
	must(t, s.PutPlaces(ctx, []store.Place{place}))
	must(t, s.PutTile(ctx, tile))
	must(t, s.PutStories(ctx, []store.Story{story}))
	must(t, s.PutArticle(ctx, article, noon))

	gotUser, err := s.User(ctx, user.ID)
	must(t, err)
	gotPlace, err := s.Place(ctx, place.ID, place.Language)
	must(t, err)
	gotTile, err := s.Tile(ctx, tile.TileKey, early)
	must(t, err)
	gotStories, err := s.Stories(ctx, []store.StoryKey{story.StoryKey}, early)
	must(t, err)
	gotArticle, err := s.Article(ctx, article.ArticleKey, noon)
	must(t, err)
	want := []any{user, place, tile, []store.Story{story}, article}
	if diff := cmp.Diff(want, []any{gotUser, gotPlace, gotTile, gotStories, gotArticle}, sameTime); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// put stores a record of any kind.
func put(ctx context.Context, s store.Store, record any) error {
	switch r := record.(type) {
	case *store.User:
		_, err := s.UpdateUser(ctx, r.ID, func(u *store.User) error { *u = *r; return nil })
		return err
	case *store.Place:
		return s.PutPlaces(ctx, []store.Place{{ID: "good", Language: "ru"}, *r})
	case *store.Tile:
		return s.PutTile(ctx, *r)
	case *store.Article:
		return s.PutArticle(ctx, *r, noon)
	case *store.Voice:
		return s.PutVoice(ctx, *r)
	case *store.Judgement:
		return s.QueueJudgement(ctx, *r)
	case *store.Report:
		return s.Withhold(ctx, r.ReportKey, r.Title, r.At)
	case *store.LastStory:
		return s.NoteStory(ctx, *r)
	case *store.Story:
		return s.PutStories(ctx, []store.Story{story("good", "ru", store.Short, eiffel), *r})
	case *store.Walk:
		return s.SaveWalks(ctx, []store.Walk{{ID: "good", Revision: 1}, *r})
	case *store.Delivery:
		return s.Delivered(ctx, *r)
	case *store.Payment:
		_, _, err := s.Refund(ctx, *r)
		return err
	}
	panic("a record that put does not know")
}

func testRefused(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	user, place, tile, full, delivery := filled[store.User](), filled[store.Place](), filled[store.Tile](), filled[store.Story](), filled[store.Delivery]()
	walk, payment, article := filled[store.Walk](), filled[store.Payment](), filled[store.Article]()
	spoken, judgement, reported, last := filled[store.Voice](), filled[store.Judgement](), filled[store.Report](), filled[store.LastStory]()
	bad := []string{"a\x00b", "\x00", "a\xffb", "\xc3", string([]byte{0xed, 0xa0, 0x80})} // the last one is half of a surrogate pair
	for _, record := range []any{&user, &place, &tile, &full, &delivery, &walk, &payment, &article, &spoken, &judgement, &reported, &last} {
		v := reflect.ValueOf(record).Elem()
		texts(v, v.Type().Name(), func(path, good string, set func(string)) {
			defer set(good)
			for _, b := range bad {
				set(b)
				if err := put(ctx, s, record); !errors.Is(err, store.ErrInvalid) {
					t.Errorf("%s = %q: got error %v, want ErrInvalid", path, b, err)
				}
			}
		})
	}

	long := strings.Repeat("x", store.MaxKey+1)
	for _, b := range append(bad, long) {
		questions := map[string]func() error{
			"Told":           func() error { _, err := s.Told(ctx, 1, []string{"Q1", b}); return err },
			"Vote place":     func() error { return voteFor(ctx, s, store.StoryKey{Place: b}) },
			"Vote language":  func() error { return voteFor(ctx, s, store.StoryKey{Language: b}) },
			"Vote length":    func() error { return voteFor(ctx, s, store.StoryKey{Length: store.Length(b)}) },
			"Tile":           func() error { _, err := s.Tile(ctx, store.TileKey{Language: b}, noon); return err },
			"Place id":       func() error { _, err := s.Place(ctx, b, "ru"); return err },
			"Place language": func() error { _, err := s.Place(ctx, "Q1", b); return err },
			"PlacesByPage":   func() error { _, err := s.PlacesByPage(ctx, b, []int64{1}); return err },
			"PlacesIn":       func() error { _, err := s.PlacesIn(ctx, b, everywhere, 1); return err },
			"Stories":        func() error { _, err := s.Stories(ctx, []store.StoryKey{{Place: b}}, noon); return err },
			"StoriesIn":      func() error { _, err := s.StoriesIn(ctx, b, everywhere, 1, noon); return err },
			"Article":        func() error { _, err := s.Article(ctx, store.ArticleKey{Edition: b}, noon); return err },
			"PutArticle":     func() error { return s.PutArticle(ctx, store.Article{Place: b}, noon) },
			"Voice":          func() error { _, err := s.Voice(ctx, store.VoiceKey{Voice: b}, ""); return err },
			"PutVoice":       func() error { return s.PutVoice(ctx, store.Voice{VoiceKey: store.VoiceKey{Voice: b}}) },
			"DeleteVoice":    func() error { return s.DeleteVoice(ctx, store.VoiceKey{Voice: b}) },
			"NoteStory":      func() error { return s.NoteStory(ctx, store.LastStory{StoryKey: store.StoryKey{Place: b}}) },
			"ShowPending":    func() error { return s.ShowPending(ctx, store.StoryKey{Place: b}, store.Shown{}) },
			"Claim":          func() error { _, err := s.ClaimJudgements(ctx, b, noon, time.Minute, 1); return err },
			"EndJudgement": func() error {
				_, err := s.EndJudgement(ctx, store.StoryKey{Place: b}, "", store.JudgedPassed)
				return err
			},
			"ReportExtract":  func() error { _, err := s.ReportExtract(ctx, store.ReportKey{Place: b}, 1, "", noon); return err },
			"Withhold":       func() error { return s.Withhold(ctx, store.ReportKey{Language: b}, "", noon) },
			"Withheld":       func() error { _, err := s.Withheld(ctx, []store.ReportKey{{Place: b}}); return err },
			"WithheldPlaces": func() error { _, err := s.WithheldPlaces(ctx, store.ReportKey{Place: b}, 1); return err },
			"Restore":        func() error { return s.Restore(ctx, store.ReportKey{Place: b}, noon) },
			"RetiredStories": func() error { _, err := s.RetiredStories(ctx, store.StoryKey{Place: b}, 1); return err },
			"RestoreStory":   func() error { _, err := s.RestoreStory(ctx, store.StoryKey{Place: b}); return err },
			"Spend":          func() error { _, err := s.Spend(ctx, store.Day(b), 1, store.Tokens{Prompt: 1}); return err },
			"Speak":          func() error { _, err := s.Speak(ctx, store.Day(b), 1); return err },
			"Spent":          func() error { _, err := s.Spent(ctx, store.Day(b), 1); return err },
			"PutPlaces":      func() error { return s.PutPlaces(ctx, []store.Place{{ID: b}}) },
			"PutTile":        func() error { return s.PutTile(ctx, store.Tile{TileKey: store.TileKey{Language: b}}) },
			"PutStories":     func() error { return s.PutStories(ctx, []store.Story{{StoryKey: store.StoryKey{Place: b}}}) },
			"SaveWalks":      func() error { return s.SaveWalks(ctx, []store.Walk{{ID: b, Revision: 1}}) },
			"Walk":           func() error { _, err := s.Walk(ctx, b); return err },
			"Stops":          func() error { _, err := s.Stops(ctx, b); return err },
			"Credit":         func() error { _, _, err := s.Credit(ctx, store.Payment{Charge: b, Stars: 1}); return err },
			"Refund":         func() error { _, _, err := s.Refund(ctx, store.Payment{Charge: b, Refunded: noon}); return err },
			"Payment":        func() error { _, err := s.Payment(ctx, b); return err },
			"Payments":       func() error { _, err := s.Payments(ctx, b, 1); return err },
			"Setting":        func() error { _, err := s.Setting(ctx, b); return err },
			"SetSetting":     func() error { return s.SetSetting(ctx, b, "") },
			"Note":           func() error { return s.Note(ctx, 1, b, 1) },
			"Delivered walk": func() error { return s.Delivered(ctx, store.Delivery{Person: 1, Walk: b}) },
			"Delivered":      func() error { return s.Delivered(ctx, store.Delivery{Person: 1, Place: b}) },
		}
		for name, ask := range questions {
			if err := ask(); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s of %.10q: got error %v, want ErrInvalid", name, b, err)
			}
		}
	}

	for _, b := range bad { // a text that is not a key may be long
		if err := s.SetSetting(ctx, "good", b); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("SetSetting to %.10q: got error %v, want ErrInvalid", b, err)
		}
	}

	over := func(change func(p *store.Place)) error {
		return s.PutPlaces(ctx, []store.Place{with(store.Place{ID: "good", Language: "ru"}, change)})
	}
	many := map[string]string{}
	for i := range store.MaxNames + 1 {
		many[fmt.Sprint(i)] = "name"
	}
	off := story("off", "ru", store.Short, geo.Point{Lat: 91})
	for name, err := range map[string]error{
		"story off the globe":    s.PutStories(ctx, []store.Story{off}),
		"place off the globe":    s.PutPlaces(ctx, []store.Place{{ID: "off", Language: "ru", Point: off.Point}}),
		"delivery off the globe": s.Delivered(ctx, store.Delivery{Person: 1, Place: "good", Point: off.Point}),
		"walk off the globe":     s.SaveWalks(ctx, []store.Walk{{ID: "off", Revision: 1, Position: store.Position{Point: off.Point}}}),
		"quiet off the globe":    s.SaveWalks(ctx, []store.Walk{{ID: "off", Revision: 1, Rhythm: store.Rhythm{QuietAt: off.Point}}}),
		"told off the globe":     s.SaveWalks(ctx, []store.Walk{{ID: "off", Revision: 1, Rhythm: store.Rhythm{ToldAt: off.Point}}}),
		"aim off the globe":      s.SaveWalks(ctx, []store.Walk{{ID: "off", Revision: 1, Rhythm: store.Rhythm{Aim: off.Point}}}),
		"page off the globe":     s.PutTile(ctx, store.Tile{Pages: []store.Page{{Point: off.Point}}}),
		"three in WrongBy":       s.PutStories(ctx, []store.Story{{WrongBy: []int64{1, 2, 3}}}),
		"article too long":       s.PutArticle(ctx, store.Article{Text: strings.Repeat("x", store.MaxArticle+1)}, noon),
		"negative aspect":        s.PutStories(ctx, []store.Story{{StoryKey: store.StoryKey{Aspect: -1}}}),
		"aspect too high": func() error {
			_, err := s.Stories(ctx, []store.StoryKey{{Aspect: store.MaxAspect + 1}}, noon)
			return err
		}(),
		"too many quotes": s.PutStories(ctx, []store.Story{{Quotes: make([]string, store.MaxQuotes+1)}}),
		"quote too long":  s.PutStories(ctx, []store.Story{{Quotes: []string{strings.Repeat("x", store.MaxQuoteBytes+1)}}}),
		"no verdict": func() error {
			_, err := s.EndJudgement(ctx, store.StoryKey{}, "", store.JudgedPending)
			return err
		}(),
		"too many messages":     s.QueueJudgement(ctx, store.Judgement{Shown: make([]store.Shown, store.MaxShown+1)}),
		"too many objections":   s.QueueJudgement(ctx, store.Judgement{Objections: make([]string, store.MaxObjections+1)}),
		"objection too long":    s.QueueJudgement(ctx, store.Judgement{Objections: []string{strings.Repeat("x", store.MaxObjectionBytes+1)}}),
		"last point":            s.NotePoint(ctx, store.LastPoint{Point: geo.Point{Lat: 91}}),
		"delivery from nowhere": s.Delivered(ctx, store.Delivery{Person: 1, Place: "good", From: geo.Point{Lon: 181}}),
		"unknown wish": func() error {
			_, err := s.UpdateUser(ctx, 1, func(u *store.User) error { u.Voice = "perhaps"; return nil })
			return err
		}(),
		"unknown judgement":    s.PutStories(ctx, []store.Story{{Judged: "perhaps"}}),
		"too many names":       over(func(p *store.Place) { p.Names = many }),
		"name too long":        over(func(p *store.Place) { p.Names = map[string]string{"ru": strings.Repeat("x", store.MaxNameBytes+1)} }),
		"too many sitelinks":   over(func(p *store.Place) { p.Sitelinks = make([]store.Sitelink, store.MaxSitelinks+1) }),
		"author too long":      over(func(p *store.Place) { p.Credit.Author = strings.Repeat("x", store.MaxNameBytes+1) }),
		"description too long": over(func(p *store.Place) { p.About = strings.Repeat("x", store.MaxAboutBytes+1) }),
		"too many abouts":      over(func(p *store.Place) { p.Abouts = many }),
		"about too long":       over(func(p *store.Place) { p.Abouts = map[string]string{"ru": strings.Repeat("x", store.MaxAboutBytes+1)} }),
		"no update":            func() error { _, err := s.Accept(ctx, store.Entry{Raw: []byte("{}")}); return err }(),
		"one of two":           func() error { _, err := s.Accept(ctx, entry(1), store.Entry{}); return err }(),
		"unknown mark":         func() error { _, err := s.Vote(ctx, 1, off.StoryKey, 4, noon); return err }(),
		"negative mark":        func() error { _, err := s.Vote(ctx, 1, off.StoryKey, -1, noon); return err }(),
		"a day that is none":   func() error { _, err := s.Spend(ctx, "2026-02-30", 1, store.Tokens{Prompt: 1}); return err }(),
	} {
		if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: got error %v, want ErrInvalid", name, err)
		}
	}
	for name, err := range refusedTours(ctx, s) {
		if !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%s: got error %v, want ErrInvalid", name, err)
		}
	}
	testEmpty(t, s)
}

func voteFor(ctx context.Context, s store.Store, key store.StoryKey) error {
	_, err := s.Vote(ctx, 1, key, store.Like, noon)
	return err
}

// testEmpty checks that refused records left nothing.
func testEmpty(t *testing.T, s store.Store) {
	t.Helper()
	play(t, s, []op{
		user("nobody", filled[store.User]().ID, store.User{}, store.ErrNotFound),
		user("nobody", 1, store.User{}, store.ErrNotFound),
		place("no place", "good", "ru", store.Place{}, store.ErrNotFound),
		placesIn("no places", "ru", everywhere, 10),
		storiesIn("no stories", "ru", everywhere, 10, noon),
		stories("no stories", []store.StoryKey{story("good", "ru", store.Short, eiffel).StoryKey}, noon),
		tile("no tile", filled[store.Tile]().TileKey, time.Unix(0, 0), store.Tile{}, store.ErrNotFound),
		article("no article", store.ArticleKey{}, noon, store.Article{}, store.ErrNotFound),
		article("no article", filled[store.Article]().ArticleKey, noon, store.Article{}, store.ErrNotFound),
		articleStats("no articles", store.ArticleStats{}),
		voice("no voice", filled[store.Voice]().VoiceKey, filled[store.Voice]().Text, store.Voice{}, store.ErrNotFound),
		lastPoint("no point", 1, 1, noon, store.LastPoint{}, store.ErrNotFound),
		tour("no tour", 1, noon, store.Tour{}, store.ErrNotFound),
		lastStory("no last story", 1, 1, noon, store.LastStory{}, store.ErrNotFound),
		pendingJudgements("no judgements", 0),
		withheldPlaces("nothing withheld", store.ReportKey{}, 10),
		retiredStories("nothing retired", store.StoryKey{}, 10),
		told("nothing told", 1, []string{"good", ""}, []bool{false, false}),
		told("nothing told", filled[store.Delivery]().Person, []string{filled[store.Delivery]().Place}, []bool{false}),
		openWalks("no walks"),
		getWalk("no walk", "good", store.Walk{}, store.ErrNotFound),
		stops("no stops", "good"),
		payments("no payments", "", 10),
		given("nothing given", 1, store.Given{}),
		setting("nothing set", "good", ""),
		people("nobody", time.Time{}, 0),
		heard("nothing heard", 1, 0),
		pending("no updates", math.MinInt64, 10),
		parked("none parked"),
		done("nothing done", filled[store.Delivery]().Update, false),
		done("nothing done", 1, false),
		spent("nothing spent", store.DayOf(noon), 1, store.Spent{}),
		sweep("nothing to sweep", noon.AddDate(1000, 0, 0), 10, 0),
	})
}
