package guide

import (
	"errors"
	"testing"

	"excursobot/store"
)

func TestSecondWrongVoteRetiresAStory(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		story := w.mustTell(ask(1))
		w.mustTell(ask(2))
		w.experience(1, 2)
		w.vote(1, story.Key, store.Wrong, false)
		w.vote(1, story.Key, store.Wrong, false)
		if got := w.mustTell(ask(3)); got.Source != FromLibrary {
			t.Errorf("one person's vote retired the story: %s", got.Source)
		}
		w.vote(2, story.Key, store.Wrong, true)
		got := w.mustTell(ask(4))
		for got.Place.ID != story.Place.ID { // other stories are ready and come first
			got = w.mustTell(ask(4))
		}
		if got.Source != FromExtract || got.Reason != Withdrawn {
			t.Errorf("retired story: %s (%s), want the extract", got.Source, got.Reason)
		}
	})
}

func TestSecondWrongVoteRetiresAStoryOfThePack(t *testing.T) {
	run(t, setting{noWiki: true, noModel: true, pack: true}, func(w *world) {
		first := w.mustTell(ask(1))
		w.mustTell(ask(2))
		w.experience(1, 2)
		w.vote(1, first.Key, store.Wrong, false)
		if got := w.mustTell(ask(3)); got.Place.ID != first.Place.ID || got.Source != FromPack {
			t.Errorf("after one vote: %s from %s, want %s from the pack", got.Place.ID, got.Source, first.Place.ID)
		}
		w.vote(2, first.Key, store.Wrong, true)
		for {
			got, err := w.tell(ask(4))
			if errors.Is(err, ErrAllTold) {
				break
			}
			must(t, err)
			if got.Place.ID == first.Place.ID {
				t.Fatalf("%s was told after two people found it wrong", got.Place.ID)
			}
		}
	})
}

func TestFreshAccountsRetireNothing(t *testing.T) {
	run(t, setting{articles: town()}, func(w *world) {
		story := w.mustTell(ask(1))
		for person := int64(2); person < 5; person++ {
			w.mustTell(ask(person))
			w.vote(person, story.Key, store.Wrong, false)
		}
		if got := w.mustTell(ask(9)); got.Source != FromLibrary {
			t.Errorf("fresh accounts retired the story: %s", got.Source)
		}
	})
}
