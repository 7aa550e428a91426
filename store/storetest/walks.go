package storetest

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
)

func saveWalks(name string, walks ...store.Walk) op {
	return op{name: name, do: func(ctx context.Context, s store.Store) (any, error) { return nil, s.SaveWalks(ctx, walks) }}
}

func getWalk(name, id string, want store.Walk, err error) op {
	return op{name: name, want: want, err: err, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Walk(ctx, id)
	}}
}

func openWalks(name string, want ...store.Walk) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) { return s.OpenWalks(ctx) }}
}

func stops(name, walk string, want ...store.Stop) op {
	return op{name: name, want: want, reads: true, do: func(ctx context.Context, s store.Store) (any, error) {
		return s.Stops(ctx, walk)
	}}
}

// aWalk has something in every field that is kept while a walk goes on.
func aWalk(id string, revision uint64) store.Walk {
	return store.Walk{
		ID:       id,
		Person:   7,
		Share:    store.Share{Chat: -7, Message: 12, Topic: 3, Began: noon, Date: noon.Add(-time.Second), Ends: noon.Add(time.Hour)},
		Revision: revision,
		Rhythm:   store.Rhythm{Interval: 10 * time.Minute, Anchor: noon, Due: noon.Add(10 * time.Minute), First: true, Chosen: true, Quiet: true, QuietAt: geo.Point{Lat: -16.5, Lon: -180}, Pass: true, ToldAt: geo.Point{Lat: -16.49, Lon: 180}, Aim: eiffel},
		Position: store.Position{Point: geo.Point{Lat: -16.5, Lon: 179.999}, Heading: -1, Fixed: noon, Metres: 1234.5, Track: []byte{0, 255, 1}},
		Attempt:  store.Attempt{Number: 3, Asked: true, Place: "Q243", Message: 14},
	}
}

// closed returns the walk as it is remembered after its end.
func closed(w store.Walk, revision uint64, expires time.Time) store.Walk {
	w.Revision, w.Ended, w.Reason, w.Closed, w.Expires = revision, noon, "stopped", true, expires
	w.Track = nil
	return w
}

func walkOps() []op {
	louvreStop := store.Stop{Number: 1, Place: "Q19675", Title: "Лувр", Point: louvre, At: noon.Add(time.Minute)}
	towerStop := store.Stop{Number: 2, Place: "Q243", Title: "Эйфелева башня", Point: eiffel, At: noon.Add(2 * time.Minute)}
	of := func(walk string, s store.Stop) store.Delivery {
		return store.Delivery{Person: 7, Place: s.Place, Walk: walk, Number: s.Number, Title: s.Title, Point: s.Point, At: s.At}
	}
	told := func(w store.Walk, last store.Stop) store.Walk {
		w.Number, w.Told = last.Number, last.At
		return w
	}
	claimed := told(aWalk("7:1", 5), store.Stop{Number: 99, At: noon})
	older := aWalk("7:1", 4)
	older.Metres = 0
	end := noon.Add(25 * time.Hour)
	return []op{
		getWalk("unknown", "7:1", store.Walk{}, store.ErrNotFound),
		openWalks("none"),
		stops("none", "7:1"),
		delivered("a story in an unknown walk is told, and not listed", of("7:1", louvreStop)),
		stops("still none", "7:1"),
		saveWalks("none"),
		saveWalks("two; what is told is not for SaveWalks to say", claimed, aWalk("7:10", 1)),
		getWalk("nothing told", "7:1", aWalk("7:1", 5), nil),
		saveWalks("an older revision stays behind", older),
		saveWalks("so does the same one", func() store.Walk { w := older; w.Revision = 5; return w }()),
		saveWalks("inside one call too", aWalk("7:2", 3), aWalk("7:2", 2)),
		openWalks("by ID", aWalk("7:1", 5), aWalk("7:10", 1), aWalk("7:2", 3)),
		delivered("the second", of("7:1", towerStop)),
		delivered("the first, heard of before, and listed now", of("7:1", louvreStop)),
		delivered("a number once given stays", of("7:1", store.Stop{Number: 2, Place: "Q1", Title: "another", At: noon})),
		delivered("of a walk whose ID begins alike", of("7:10", louvreStop)),
		delivered("without a number", of("7:10", store.Stop{Place: "Q2", At: noon})),
		delivered("a number that is none", of("7:10", store.Stop{Number: -1, Place: "Q3", At: noon})),
		stops("by number", "7:1", louvreStop, towerStop),
		stops("of the other", "7:10", louvreStop),
		stops("of an unknown walk", "7:"),
		getWalk("the highest number", "7:1", told(aWalk("7:1", 5), towerStop), nil),
		saveWalks("no save lowers it", aWalk("7:1", 6)),
		openWalks("with numbers", told(aWalk("7:1", 6), towerStop), told(aWalk("7:10", 1), louvreStop), aWalk("7:2", 3)),

		saveWalks("closed: its track and its stops go", func() store.Walk {
			w := closed(aWalk("7:1", 0), 7, end)
			w.Track = []byte{1}
			return w
		}()),
		getWalk("closed", "7:1", closed(aWalk("7:1", 0), 7, end), nil),
		stops("gone", "7:1"),
		delivered("a story in a closed walk is not listed", of("7:1", store.Stop{Number: 3, Place: "Q5", At: noon})),
		stops("still gone", "7:1"),
		openWalks("not closed", told(aWalk("7:10", 1), louvreStop), aWalk("7:2", 3)),
		saveWalks("no older revision opens it", aWalk("7:1", 6)),
		saveWalks("prolonged", closed(aWalk("7:1", 0), 8, end.Add(time.Hour)), closed(aWalk("never open", 0), 1, time.Time{})),
		sweep("not yet", end, 10, 0),
		sweep("expired", end.Add(time.Hour), 10, 1),
		getWalk("swept", "7:1", store.Walk{}, store.ErrNotFound),
		saveWalks("an open one does not expire", func() store.Walk { w := aWalk("7:2", 4); w.Expires = noon; return w }()),
		sweep("nothing", end.AddDate(100, 0, 0), 10, 0),
		getWalk("remembered for ever", "never open", closed(aWalk("never open", 0), 1, time.Time{}), nil),
		stops("none of the unnamed", ""),
		getWalk("the highest revision", "7:2", func() store.Walk { w := aWalk("7:2", 4); w.Expires = noon; return w }(), nil),
	}
}

// closedWalkOps fills the memory of closed walks.
func closedWalkOps() []op {
	id := func(i int) string { return fmt.Sprint("w", i) }
	many := make([]store.Walk, store.WalksKept)
	for i := range many {
		many[i] = store.Walk{ID: id(i), Revision: math.MaxUint64, Closed: true, Expires: noon.Add(time.Hour)}
	}
	return []op{
		saveWalks("open", aWalk("open", 1)),
		saveWalks("closed first", closed(aWalk("first", 0), 1, noon.Add(time.Hour))),
		saveWalks("as many as are kept", many...),
		getWalk("the first is forgotten", "first", store.Walk{}, store.ErrNotFound),
		getWalk("the next is not", id(0), many[0], nil),
		saveWalks("the open one closes", closed(aWalk("open", 0), 2, time.Time{})),
		getWalk("forgotten", id(0), store.Walk{}, store.ErrNotFound),
		saveWalks("known again", store.Walk{ID: id(0), Revision: 1}),
		openWalks("it is open", store.Walk{ID: id(0), Revision: 1}),
		sweep("nothing is forgotten twice", noon.Add(time.Hour), 2*store.WalksKept, store.WalksKept-1),
		getWalk("the last to close", "open", closed(aWalk("open", 0), 2, time.Time{}), nil),
	}
}

// testWalkFields checks that every field of an open walk is kept, and that none shares memory with the store.
func testWalkFields(t *testing.T, open OpenFunc) {
	ctx, s := t.Context(), open(t, t.TempDir())
	defer closeStore(t, s)
	want := filled[store.Walk]()
	want.Closed, want.Number, want.Told = false, 0, time.Time{}
	saved := want
	saved.Track = append([]byte(nil), want.Track...)
	must(t, s.SaveWalks(ctx, []store.Walk{saved}))
	saved.Track[0] = 0
	for range 2 { // what the first round spoils is the caller's own
		got, err := s.Walk(ctx, want.ID)
		must(t, err)
		all, err := s.OpenWalks(ctx)
		must(t, err)
		if diff := cmp.Diff([]store.Walk{want, want}, append(all, got), sameTime); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
		got.Track[0], all[0].Track[1] = 0, 0
	}
}
