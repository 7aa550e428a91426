package storetest

import (
	"context"
	"fmt"
	"time"

	"excursobot/store"
)

// alone lists what is measured with one caller, role by role.
func (f *fixture) alone(ctx context.Context) []measure {
	var asked []string
	var pages []int64
	for i := range 20 {
		asked = append(asked, fmt.Sprint("Q", i*7))
		pages = append(pages, int64(i*7))
	}
	keys := []store.StoryKey{f.city[1].StoryKey, f.city[2].StoryKey, f.city[3].StoryKey, f.city[4].StoryKey}
	ranges := rangesAt(0)
	day := store.DayOf(noon)
	tile, i := f.tile(0), 0
	text := benchArticle(1)
	spoken := aVoice(f.city[0].StoryKey, "anna", f.city[0].Text)
	spoken.Length = store.Extract // whatever the stories become
	var extracts []store.ReportKey
	for i := range 20 {
		extracts = append(extracts, store.ReportKey{Place: fmt.Sprint("Q", i), Language: "ru", Revision: 1})
	}
	return []measure{
		{"User", func() error { _, err := f.User(ctx, 1); return err }},
		{"People", func() error { _, err := f.People(ctx, noon); return err }},
		{"Told20", func() error { _, err := f.Told(ctx, 1, asked); return err }},
		{"CountTold", func() error { _, err := f.CountTold(ctx, 1); return err }},
		{"Tile", func() error { _, err := f.Tile(ctx, tile.TileKey, noon.Add(-time.Hour)); return err }},
		{"Place", func() error { _, err := f.Place(ctx, "Q1", "ru"); return err }},
		{"PlacesByPage20", func() error { _, err := f.PlacesByPage(ctx, "ru", pages); return err }},
		{"PlacesIn20", func() error { _, err := f.PlacesIn(ctx, "ru", ranges, 20); return err }},
		{"Stories4", func() error { _, err := f.Stories(ctx, keys, noon); return err }},
		{"Article", func() error { _, err := f.Article(ctx, text.ArticleKey, noon); return err }},
		{"ArticleStats", func() error { _, err := f.ArticleStats(ctx); return err }},
		{"Spent", func() error { _, err := f.Spent(ctx, day, 1); return err }},
		{"Walk", func() error { _, err := f.Walk(ctx, f.walks[0].ID); return err }},
		{"OpenWalks50", func() error { _, err := f.OpenWalks(ctx); return err }},
		{"Stops10", func() error { _, err := f.Stops(ctx, f.walks[0].ID); return err }},
		{"Payment", func() error { _, err := f.Payment(ctx, "old1"); return err }},
		{"Payments20", func() error { _, err := f.Payments(ctx, "old1", 20); return err }},
		{"Given", func() error { _, err := f.Given(ctx, 1); return err }},
		{"Setting", func() error { _, err := f.Setting(ctx, "paused"); return err }},
		{"Done", func() error { _, err := f.Done(ctx, 1); return err }},
		{"Pending", func() error { _, err := f.Pending(ctx, 0, 100); return err }},
		{"InboxStats", func() error { _, err := f.InboxStats(ctx); return err }},

		{"PutTile", func() error { return f.PutTile(ctx, f.tile(f.n.Add(1))) }},
		{"PutPlaces4", func() error {
			i = (i + 4) % len(f.places)
			return f.PutPlaces(ctx, f.places[i:i+4])
		}},
		{"PutStories4", func() error {
			i = (i + 4) % len(f.city)
			for j := i; j < i+4; j++ {
				f.city[j].Text = fmt.Sprint(f.city[j].Text[:700], f.n.Add(1))
			}
			return f.PutStories(ctx, f.city[i:i+4])
		}},
		{"Voice", func() error { _, err := f.Voice(ctx, spoken.VoiceKey, spoken.Text); return err }},
		{"PutVoice", func() error { return f.PutVoice(ctx, spoken) }},
		{"LastPoint", func() error { _, err := f.LastPoint(ctx, 1, 1, noon); return err }},
		{"LastStory", func() error { _, err := f.LastStory(ctx, 1, 1, noon); return err }},
		{"NotePoint", func() error {
			n := f.n.Add(1)
			return f.NotePoint(ctx, store.LastPoint{Person: n % 1000, Chat: 1, Point: louvre, At: noon.Add(time.Duration(n) * time.Millisecond)})
		}},
		{"Tour", func() error { _, err := f.Tour(ctx, 1, noon); return err }},
		{"PutTour", func() error { return f.PutTour(ctx, aTour(f.n.Add(1)%1000+1)) }},
		{"UpdateTour", func() error {
			_, err := f.UpdateTour(ctx, 1, noon, func(t *store.Tour) error { t.Next = int(f.n.Add(1) % 12); return nil })
			return err
		}},
		{"Withheld20", func() error { _, err := f.Withheld(ctx, extracts); return err }},
		{"WithheldPlaces", func() error { _, err := f.WithheldPlaces(ctx, store.ReportKey{}, 20); return err }},
		{"RetiredStories", func() error { _, err := f.RetiredStories(ctx, store.StoryKey{}, 20); return err }},
		{"Experienced", func() error { _, err := f.Experienced(ctx, 1); return err }},
		{"QueueClaimAndEndJudgement", func() error {
			s := f.city[f.n.Add(1)%int64(len(f.city))]
			if err := f.QueueJudgement(ctx, aJudgement(s, 0, store.Shown{Chat: 1, Message: 2, Person: 1})); err != nil {
				return err
			}
			if _, err := f.ClaimJudgements(ctx, "r", noon, time.Minute, 8); err != nil {
				return err
			}
			_, err := f.EndJudgement(ctx, s.StoryKey, store.TextHash(s.Text), store.JudgedPassed)
			return err
		}},
		{"PutArticle", func() error {
			text.Page = f.n.Add(1) % 1000
			return f.PutArticle(ctx, text, noon)
		}},
		{"Vote", func() error {
			_, err := f.Vote(ctx, 1, keys[0], store.Mark(f.n.Add(1)%2+1), noon)
			return err
		}},
		{"SaveWalks5", func() error {
			revision := uint64(f.n.Add(1)) + 1
			for j := range 5 {
				f.walks[j].Revision = revision
			}
			return f.SaveWalks(ctx, f.walks[:5])
		}},
		{"OpenAndCloseWalk", func() error {
			w := f.walks[0]
			w.ID = fmt.Sprint(f.n.Add(1), ":2")
			if err := f.SaveWalks(ctx, []store.Walk{w}); err != nil {
				return err
			}
			return f.SaveWalks(ctx, []store.Walk{closed(w, w.Revision+1, noon)})
		}},
		{"CreditAndRefund", func() error {
			p := store.Payment{Charge: fmt.Sprint("c", f.n.Add(1)), Person: 1, Stars: 1, At: noon}
			if _, _, err := f.Credit(ctx, p); err != nil {
				return err
			}
			p.Refunded = noon
			_, _, err := f.Refund(ctx, p)
			return err
		}},
		{"SetSetting", func() error { return f.SetSetting(ctx, "paused", fmt.Sprint(f.n.Add(1))) }},
		{"AcceptAndPark", func() error {
			id := f.n.Add(1)
			if _, err := f.Accept(ctx, store.Entry{Update: id, Arrived: noon}); err != nil {
				return err
			}
			for range store.MaxTries {
				if _, err := f.Retry(ctx, id); err != nil {
					return err
				}
			}
			return nil
		}},
		{"ForgetUser", func() error { return f.ForgetUser(ctx, -f.n.Add(1), noon) }},
		{"MoveUser", func() error { return f.MoveUser(ctx, -f.n.Add(1), 0) }},
		{"Sweep", func() error { _, err := f.Sweep(ctx, noon.AddDate(0, 0, -1), 1000); return err }},
	}
}

// together lists what is measured with one caller and with many.
func (f *fixture) together(ctx context.Context) []measure {
	raw := make([]byte, 400) // as a message with a location has
	someone := func(n int64) int64 { return n%benchPeople + 1 }
	return []measure{
		{"Delivered", func() error {
			n := f.n.Add(1)
			return f.Delivered(ctx, store.Delivery{Update: n, Person: someone(n), Place: fmt.Sprint("D", n), At: noon})
		}},
		{"AcceptAndDone", func() error {
			n := f.n.Add(1)
			if _, err := f.Accept(ctx, store.Entry{Update: n, Chat: someone(n), Arrived: noon, Raw: raw}); err != nil {
				return err
			}
			return f.MarkDone(ctx, n)
		}},
		{"AcceptNoteAndDelivered", func() error {
			n := f.n.Add(1)
			if _, err := f.Accept(ctx, store.Entry{Update: n, Chat: someone(n), Arrived: noon, Raw: raw}); err != nil {
				return err
			}
			if err := f.Note(ctx, n, "Q1", 1); err != nil {
				return err
			}
			return f.Delivered(ctx, store.Delivery{Update: n, Person: someone(n), Place: fmt.Sprint("D", n), At: noon})
		}},
		{"Spend", func() error {
			_, err := f.Spend(ctx, store.DayOf(noon), someone(f.n.Add(1)), store.Tokens{Prompt: 1})
			return err
		}},
		{"UpdateUser", func() error {
			n := f.n.Add(1)
			_, err := f.UpdateUser(ctx, someone(n), func(u *store.User) error { u.HintAt = noon.Add(time.Duration(n) * time.Second); return nil })
			return err
		}},
	}
}
