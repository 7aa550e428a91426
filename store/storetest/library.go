package storetest

import (
	"time"

	"excursobot/geo"
	"excursobot/store"
)

var (
	eiffel = geo.Point{Lat: 48.8584, Lon: 2.2945}
	louvre = geo.Point{Lat: 48.8606, Lon: 2.3376}
)

// at is the range that holds the leaf cell of a point alone.
func at(p geo.Point) []geo.CellRange { return []geo.CellRange{{Min: geo.Leaf(p), Max: geo.Leaf(p)}} }

// everywhere holds every leaf cell.
var everywhere = []geo.CellRange{{Min: 0, Max: ^geo.Cell(0)}}

func story(place, language string, length store.Length, p geo.Point) store.Story {
	return store.Story{
		StoryKey: store.StoryKey{Place: place, Language: language, Length: length},
		Title:    "Title of " + place, Point: p, Kind: "landmark", URL: "https://example.org/" + place,
		Text: "A text about " + place + ".", Source: "model", Model: "m", Created: noon, Expires: noon.Add(store.StoryLife),
	}
}

// with returns a changed copy.
func with[T any](v T, change func(*T)) T {
	change(&v)
	return v
}

func storyOps() []op {
	tower := story("Q243", "ru", store.Short, eiffel)
	long := story("Q243", "ru", store.Long, eiffel)
	english := story("Q243", "en", store.Short, eiffel)
	old := with(story("Q19675", "ru", store.Short, louvre), func(s *store.Story) { s.Expires = noon })
	pack := with(story("pack:1", "ru", store.Short, louvre), func(s *store.Story) { s.Expires = time.Time{} })
	bad := with(story("Q2", "ru", store.Short, louvre), func(s *store.Story) { s.Retired, s.WrongBy = true, []int64{1, -2} })
	moved := with(tower, func(s *store.Story) { s.Point, s.Title, s.Expires = louvre, "Moved", noon.Add(time.Hour) })
	liked := with(english, func(s *store.Story) { s.Likes, s.Dislikes, s.WrongBy = 3, 2, []int64{9} })
	keys := []store.StoryKey{old.StoryKey, english.StoryKey, {Place: "Q0", Language: "ru", Length: store.Short}, tower.StoryKey, bad.StoryKey, tower.StoryKey}
	before := noon.Add(-time.Microsecond)
	return []op{
		stories("nothing yet", keys, noon),
		storiesIn("nothing yet", "ru", everywhere, 10, noon),
		putStories("none"),
		putStories("some", tower, long, english, old, bad, pack),
		stories("in the order asked, twice if asked twice", keys, before, old, english, tower, bad, tower),
		stories("expired from the moment on", keys, noon, english, tower, bad, tower),
		stories("one without end", []store.StoryKey{pack.StoryKey}, noon.AddDate(500, 0, 0), pack),
		storiesIn("neither expired nor retired", "ru", at(louvre), 10, noon, pack),
		storiesIn("before it expired", "ru", at(louvre), 10, before, old, pack),
		storiesIn("ordered by place and length", "ru", at(eiffel), 10, noon, long, tower),
		storiesIn("limit", "ru", at(eiffel), 1, noon, long),
		storiesIn("no limit finds nothing", "ru", at(eiffel), 0, noon),
		storiesIn("negative limit", "ru", at(eiffel), -1, noon),
		storiesIn("another language", "en", everywhere, 10, noon, english),
		storiesIn("the front of a language's name is none", "r", everywhere, 10, noon),
		putStories("at another point", moved),
		storiesIn("not where it was", "ru", at(eiffel), 10, noon, long),
		storiesIn("where it is", "ru", at(louvre), 10, noon, moved, pack),
		putStories("votes are taken as given the first time", with(liked, func(s *store.Story) { s.Text = "New." })),
		putStories("then those stored stay", with(liked, func(s *store.Story) { s.Text, s.Likes, s.WrongBy = "New.", 0, nil })),
		stories("kept votes", []store.StoryKey{english.StoryKey}, noon, with(liked, func(s *store.Story) { s.Text = "New." })),
		putStories("until the text changes", with(english, func(s *store.Story) { s.Text = "Newer." })),
		putStories("two with one key: the later", with(bad, func(s *store.Story) { s.Text = "first" }), with(bad, func(s *store.Story) {
			s.Text, s.Retired, s.WrongBy = "second", false, nil
		})),
		stories("all", keys, noon,
			with(english, func(s *store.Story) { s.Text = "Newer." }), moved,
			with(bad, func(s *store.Story) { s.Text, s.Retired, s.WrongBy = "second", false, nil }), moved),
		stories("moved and expired", keys[3:4], noon.Add(time.Hour)),
		storiesIn("again", "ru", at(louvre), 10, noon, with(bad, func(s *store.Story) {
			s.Text, s.Retired, s.WrongBy = "second", false, nil
		}), moved, pack),
	}
}

func voteOps() []op {
	short, long := story("Q243", "ru", store.Short, eiffel), story("Q243", "ru", store.Long, eiffel)
	tell := func(person int64) op {
		return delivered("told", store.Delivery{Person: person, Place: "Q243", At: noon})
	}
	// as is the short story with votes.
	as := func(likes, dislikes int, retired bool, wrong ...int64) store.Story {
		return with(short, func(s *store.Story) { s.Likes, s.Dislikes, s.Retired, s.WrongBy = likes, dislikes, retired, wrong })
	}
	gone := store.Story{StoryKey: store.StoryKey{Place: "Q243", Language: "fr", Length: store.Short}}
	newer := with(short, func(s *store.Story) { s.Text = "Another text." })
	return []op{
		putStories("two", short, long),
		vote("not told", 1, short.StoryKey, store.Like, store.Story{}, store.ErrNotFound),
		tell(1), tell(2), tell(-3), tell(4), tell(5),
		vote("first", 1, short.StoryKey, store.Like, as(1, 0, false), nil),
		vote("again", 1, short.StoryKey, store.Like, as(1, 0, false), nil),
		vote("of another", 2, short.StoryKey, store.Like, as(2, 0, false), nil),
		vote("changed", 1, short.StoryKey, store.Dislike, as(1, 1, false), nil),
		vote("moves to the other length", 1, long.StoryKey, store.Like, with(long, func(s *store.Story) { s.Likes = 1 }), nil),
		vote("taken back", 1, short.StoryKey, store.NoMark, as(1, 0, false), nil),
		stories("from the other length too", []store.StoryKey{long.StoryKey}, noon, long),
		vote("wrong, by a fresh account", 5, short.StoryKey, store.Wrong, as(1, 0, false), nil),
		experience(1, 2, -3, 4),
		vote("wrong", 1, short.StoryKey, store.Wrong, as(1, 0, false, 1), nil),
		vote("wrong again by the same person", 1, short.StoryKey, store.Wrong, as(1, 0, false, 1), nil),
		vote("wrong taken back", 1, short.StoryKey, store.Like, as(2, 0, false), nil),
		vote("wrong by one", -3, short.StoryKey, store.Wrong, as(2, 0, false, -3), nil),
		vote("wrong by a second one who liked it", 2, short.StoryKey, store.Wrong, as(1, 0, true, -3, 2), nil),
		vote("wrong by a third one", 4, short.StoryKey, store.Wrong, as(1, 0, true, -3, 2), nil),
		storiesIn("retired", "ru", everywhere, 10, noon, long),
		vote("taken back by one: retired for good", 2, short.StoryKey, store.NoMark, as(1, 0, true, -3), nil),
		vote("a story that is gone", 2, gone.StoryKey, store.Like, gone, nil),
		putStories("which comes later", with(gone, func(s *store.Story) { s.Point = eiffel })),
		vote("what was never counted is not taken back", 2, gone.StoryKey, store.NoMark, with(gone, func(s *store.Story) { s.Point = eiffel }), nil),
		putStories("a new text", newer),
		vote("a vote on the old text is not taken from the new", 1, short.StoryKey, store.Dislike,
			with(newer, func(s *store.Story) { s.Dislikes = 1 }), nil),
		vote("nor is a wrong", -3, short.StoryKey, store.NoMark, with(newer, func(s *store.Story) { s.Dislikes = 1 }), nil),
		stories("counted", []store.StoryKey{short.StoryKey}, noon, with(newer, func(s *store.Story) { s.Dislikes = 1 })),
	}
}

func tileOps() []op {
	key := store.TileKey{Cell: geo.CellAt(eiffel, geo.LevelTile), Language: "ru"}
	full := store.Tile{TileKey: key, Expires: noon, Pages: []store.Page{
		{ID: 1, Title: "Эйфелева башня", Point: eiffel, Kind: "landmark", Dim: 125}, {ID: 2, Title: "", Point: louvre},
	}}
	empty := store.Tile{TileKey: store.TileKey{Cell: key.Cell, Language: "en"}, Expires: noon.Add(time.Hour)}
	newer := with(full, func(t *store.Tile) { t.Pages, t.Expires = full.Pages[:1], noon.Add(time.Hour) })
	before := noon.Add(-time.Microsecond)
	return []op{
		tile("never stored", key, noon, store.Tile{}, store.ErrNotFound),
		putTile("full", full),
		putTile("empty", empty),
		tile("stored", key, before, full, nil),
		tile("expired", key, noon, store.Tile{}, store.ErrNotFound),
		tile("empty is not missing", empty.TileKey, noon, empty, nil),
		tile("another cell", store.TileKey{Cell: key.Cell + 2, Language: "ru"}, before, store.Tile{}, store.ErrNotFound),
		putTile("replaced", newer),
		tile("newer", key, noon, newer, nil),
	}
}

func placeOps() []op {
	tower := store.Place{
		ID: "Q243", Language: "ru", PageID: 11, Title: "Эйфелева башня", Point: eiffel, Kind: "landmark", Dim: 125,
		Description: "башня", Extract: "Башня в Париже.", Length: 90_000, URL: "https://ru.wikipedia.org/?curid=11", Year: 1889,
		Source: "wikipedia", Fetched: noon,
	}
	english := with(tower, func(p *store.Place) { p.Language, p.Title = "en", "Eiffel Tower" })
	nopage := store.Place{ID: "pack:1", Language: "ru", Title: "Дом", Point: louvre, Source: "pack", Year: -50}
	byNumber := store.Place{ID: "wp:ru:12", Language: "ru", PageID: 12, Title: "Лувр", Point: louvre}
	named := with(byNumber, func(p *store.Place) { p.ID = "Q19675" })
	moved := with(tower, func(p *store.Place) { p.Point, p.PageID = louvre, 13 })
	return []op{
		place("never stored", "Q243", "ru", store.Place{}, store.ErrNotFound),
		putPlaces("none"),
		putPlaces("some", tower, english, nopage, byNumber),
		place("in one language", "Q243", "ru", tower, nil),
		place("in the other", "Q243", "en", english, nil),
		place("in a third", "Q243", "fr", store.Place{}, store.ErrNotFound),
		place("without a page", "pack:1", "ru", nopage, nil),
		byPage("those known", "ru", []int64{11, 99, 12, 0}, tower, byNumber),
		byPage("in the other language", "en", []int64{12, 11}, english),
		byPage("none", "ru", nil),
		placesIn("at the tower", "ru", at(eiffel), 10, tower),
		placesIn("limit: the first leaf cell", "ru", everywhere, 1, nopage),
		placesIn("no limit finds nothing", "ru", everywhere, 0),
		putPlaces("a page found under another name", named),
		byPage("belongs to the place put last", "ru", []int64{12}, named),
		putPlaces("moved", moved),
		place("moved", "Q243", "ru", moved, nil),
		byPage("not under its old page", "ru", []int64{11}),
		byPage("under its new page", "ru", []int64{13}, moved),
		placesIn("not where it was", "ru", at(eiffel), 10),
		placesIn("where it is, by id", "ru", at(louvre), 10, named, moved, nopage, byNumber),
		placesIn("the other language stayed", "en", at(eiffel), 10, english),
	}
}

func rangeOps() []op {
	// Names of many kinds in one leaf cell, and points at the seams of the globe.
	var same []store.Story
	for _, id := range byteWise {
		same = append(same, story(id, "ru", store.Long, eiffel), story(id, "ru", store.Short, eiffel))
	}
	shuffled := append(append([]store.Story{}, same[7:]...), same[:7]...)
	seams := []geo.Point{{Lat: 90}, {Lat: -90}, {Lon: 180}, {Lon: -180}, {}, {Lat: 51.4779, Lon: -0.0001}}
	ops := []op{putStories("shuffled", shuffled...)}
	for _, p := range seams {
		s := story("seam", "en", store.Short, p)
		ops = append(ops, putStories("at a seam", s), storiesIn("at a seam", "en", geo.RangesWithin(p, 50), 5, noon, s))
	}
	leaf := geo.Leaf(eiffel)
	cell := geo.CellAt(eiffel, geo.LevelCache).Range()
	return append(ops,
		storiesIn("byte-wise order", "ru", at(eiffel), 100, noon, same...),
		storiesIn("a whole cell", "ru", []geo.CellRange{cell}, 100, noon, same...),
		storiesIn("circle", "ru", geo.RangesWithin(eiffel, 300), 100, noon, same...),
		storiesIn("limit cuts at the end", "ru", geo.RangesWithin(eiffel, 300), 5, noon, same[:5]...),
		storiesIn("overlapping, in any order", "ru",
			[]geo.CellRange{{Min: leaf, Max: cell.Max}, cell, {Min: leaf, Max: leaf}, {Min: 1, Max: 2}}, 100, noon, same...),
		storiesIn("up to just before", "ru", []geo.CellRange{{Min: 0, Max: leaf - 1}}, 100, noon),
		storiesIn("from just after", "ru", []geo.CellRange{{Min: leaf + 1, Max: ^geo.Cell(0)}}, 100, noon),
		storiesIn("on both sides", "ru", []geo.CellRange{{Min: 0, Max: leaf - 1}, {Min: leaf + 1, Max: ^geo.Cell(0)}}, 100, noon),
		storiesIn("two that touch", "ru", []geo.CellRange{{Min: 0, Max: leaf - 1}, {Min: leaf, Max: cell.Max}}, 100, noon, same...),
		storiesIn("the wrong way round", "ru", []geo.CellRange{{Min: cell.Max, Max: cell.Min}}, 100, noon),
		storiesIn("none", "ru", nil, 100, noon),
	)
}

func sweepOps() []op {
	hour := func(n int) time.Time { return noon.Add(time.Duration(n) * time.Hour) }
	s := func(id string, expires time.Time) store.Story {
		return with(story(id, "ru", store.Short, eiffel), func(s *store.Story) { s.Expires = expires })
	}
	key := func(language string) store.TileKey {
		return store.TileKey{Cell: geo.CellAt(eiffel, geo.LevelTile), Language: language}
	}
	t := func(language string, expires time.Time) store.Tile {
		return store.Tile{TileKey: key(language), Expires: expires}
	}
	at := func(id, language string, fetched time.Time) store.Place {
		return store.Place{ID: id, Language: language, PageID: 5, Point: eiffel, Fetched: fetched}
	}
	day := func(back int) store.Day { return store.DayOf(noon.AddDate(0, 0, -back)) }
	long := time.Unix(0, 0) // so that nothing is hidden because it expired
	return []op{
		sweep("nothing", noon, 10, 0),
		putStories("stories", s("Q1", hour(1)), s("Q2", hour(2)), s("Q3", hour(3)), s("Q4", time.Time{}), s("Q5", hour(1))),
		putStories("put again with a later end", s("Q5", hour(5))),
		putTile("tile", t("ru", hour(1))),
		putTile("tile", t("en", hour(2))),
		putTile("put again with a later end", t("en", hour(6))),
		putTile("without end", t("fr", time.Time{})),
		spend("40 days ago", day(store.LedgerDays), 7, 1, store.Spent{Day: 1, Person: 1}),
		spend("41 days ago", day(store.LedgerDays+1), 7, 1, store.Spent{Day: 1, Person: 1}),
		sweep("no limit deletes nothing", noon, 0, 0),
		sweep("only the two rows of the old day", noon, 10, 2),
		spent("kept", day(store.LedgerDays), 7, store.Spent{Day: 1, Person: 1}),
		spent("swept", day(store.LedgerDays+1), 7, store.Spent{}),
		sweep("just before the first", hour(1).Add(-time.Microsecond), 10, 0),
		sweep("at the limit", hour(2), 2, 2),
		sweep("the rest", hour(2), 2, 1),
		sweep("no more", hour(2), 2, 0),
		storiesIn("left", "ru", everywhere, 10, long, s("Q3", hour(3)), s("Q4", time.Time{}), s("Q5", hour(5))),
		tile("swept", key("ru"), long, store.Tile{}, store.ErrNotFound),
		tile("later end", key("en"), hour(2), t("en", hour(6)), nil),
		sweep("later: all that has an end", hour(11), 10, 3),
		stories("one without end", []store.StoryKey{s("Q3", long).StoryKey, s("Q4", long).StoryKey}, long, s("Q4", time.Time{})),
		tile("one without end", key("fr"), noon.AddDate(100, 0, 0), t("fr", time.Time{}), nil),

		sweep("the day that was kept", noon.Add(store.PlaceLife/2), 10, 2),
		putPlaces("places", at("Q1", "ru", noon), at("Q1", "en", hour(1)), at("Q2", "fr", time.Time{})),
		sweep("a place before its time", noon.Add(store.PlaceLife-time.Microsecond), 10, 0),
		putPlaces("fetched again", at("Q1", "ru", hour(2))),
		sweep("the first one's time", hour(1).Add(store.PlaceLife), 10, 1),
		place("swept", "Q1", "en", store.Place{}, store.ErrNotFound),
		byPage("swept", "en", []int64{5}),
		placesIn("swept", "en", everywhere, 10),
		place("in the other language", "Q1", "ru", at("Q1", "ru", hour(2)), nil),
		sweep("later: all that was fetched", hour(100).Add(store.PlaceLife), 10, 1),
		byPage("swept as well", "ru", []int64{5}),
		place("one without a time", "Q2", "fr", at("Q2", "fr", time.Time{}), nil),
	}
}
