package model

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"

	"excursobot/bot/guide/chat"
	"excursobot/bot/sim"
	"excursobot/geo/places"
)

func TestRepeated(t *testing.T) {
	told := []string{
		"The tower was built in 1894 by a rich merchant who had never climbed a stair. Its first bell broke on the day when it was hung.",
		"Башню построил богатый купец в 1894 году. Первый колокол раскололся в день подъёма.",
		"この塔は1894年に裕福な商人によって建てられた。",
	}
	for _, tc := range []struct {
		name, text string
		again      bool
	}{
		{"the same sentence", "Its first bell broke on the day when it was hung.", true},
		{"nearly the same", "The rich merchant who built Tower 1 had never climbed a stair.", true},
		{"something else", "A railway station gave it the clock, which still runs five minutes late.", false},
		{"one shared word", "A merchant from Riga later bought the clock for the station.", false},
		{"the title alone", "Tower 1", false},
		{"Russian again", "Первый колокол раскололся в день подъёма на башню.", true},
		{"Russian, else", "Часы для неё привезли с железнодорожного вокзала.", false},
		{"Japanese again", "塔は1894年に裕福な商人によって建てられた。", true},
		{"Japanese, else", "時計は駅から運ばれたものである。", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := repeated("Tower 1", tc.text, told); (got != "") != tc.again {
				t.Errorf("repeated %q, want %v", got, tc.again)
			}
		})
	}
}

func TestAStoryThatWasToldIsDropped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newFixture(t, chat.Config{}, sim.ModelConfig{})
		place := towers(1)[0]
		other := "Three brothers raised the money in 1902. A gilded cock turns on the roof and points to the sea. The keeper lived in two rooms below. In winter he heated them with driftwood."
		res, err := b.Write(context.Background(), Request{
			Language: "en", Places: []places.Place{place}, Passages: map[string]Passage{place.ID: {Text: place.Extract + " " + other, Language: "en"}},
			Told: map[string][]string{place.ID: {place.Extract}},
		}, nil)
		if err != nil || len(res.Stories) != 1 {
			t.Fatalf("stories %v, dropped %v, error %v", res.Stories, res.Dropped, err)
		}
		if text := res.Stories[0].Text; !strings.Contains(text, "Three brothers") || strings.Contains(text, "never climbed") {
			t.Errorf("story %q", text)
		}

		// A model that tells the same again, twice.
		ans, err := newAnswer(Request{Language: "en", Places: []places.Place{place}, Told: map[string][]string{place.ID: {place.Extract}}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		ans.add(place.ID, place.Extract, nil)
		if len(ans.result.Dropped) != 1 || ans.result.Dropped[0].Rule != ruleRepeat {
			t.Errorf("dropped %v", ans.result.Dropped)
		}
	})
}
