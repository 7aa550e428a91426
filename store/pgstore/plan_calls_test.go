package pgstore

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sync/errgroup"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

const (
	planPeople  = 2000
	planReplica = "one"
)

// planFill stores the towns, and enough rows of everything else that the planner does not prefer to read a whole small table.
func planFill(t *testing.T, s *Store, conn *pgx.Conn, towns *storetest.Towns, count int) {
	t.Helper()
	now := time.Now()
	var next atomic.Int64
	g, ctx := errgroup.WithContext(t.Context())
	for range 4 {
		g.Go(func() error {
			for n := int(next.Add(1)) - 1; n < count; n = int(next.Add(1)) - 1 {
				places, stories := towns.Pairs(n, now)
				tile := store.Tile{TileKey: planTile(places[0]), Expires: now.Add(time.Hour)}
				if err := errors.Join(s.PutPlaces(ctx, places), s.PutStories(ctx, stories), s.PutTile(ctx, tile)); err != nil {
					return err
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for rows := planRows(towns, now); len(rows) > 0; {
		n := min(len(rows), 500)
		if err := s.PutRows(t.Context(), rows[:n]); err != nil {
			t.Fatal(err)
		}
		rows = rows[n:]
	}
	if _, err := s.Heartbeat(t.Context(), "former", time.Millisecond); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "INSERT INTO chat_owners (chat, replica, asked_at) SELECT -n, 'former', now() FROM generate_series(1, 20000) n"); err != nil {
		t.Fatal(err)
	}
}

func planTile(p store.Place) store.TileKey {
	return store.TileKey{Cell: geo.CellAt(p.Point, geo.LevelTile), Language: p.Language}
}

// planRows returns rows of people, and of what hangs on them.
func planRows(towns *storetest.Towns, now time.Time) (rows []store.Row) {
	closed := 0
	add := func(record any) { rows = append(rows, store.NewRow(record)) }
	for n := range int64(planPeople) {
		person, id := n+1, fmt.Sprint("Q", 500_000_000+n)
		walk := planWalk(person, now)
		if walk.ID = fmt.Sprint(n, ":old"); n%4 > 0 {
			walk.Closed, walk.Expires = true, now.Add(time.Hour)
		}
		story := store.StoryKey{Place: id, Language: "ru", Length: store.Short}
		add(store.User{ID: person, Language: "ru", Seen: now})
		for k := range 5 {
			add(store.ToldRow{Person: person, Place: fmt.Sprint("Q", 1_000_000+k*7919), At: now.AddDate(0, 0, -k)})
		}
		add(store.Tile{TileKey: store.TileKey{Cell: geo.CellAt(towns.Center(int(n)), geo.LevelTile), Language: "fr"}, Expires: now.Add(time.Hour)})
		add(store.ArticleRow{Article: store.Article{ArticleKey: store.ArticleKey{Edition: "fr", Page: n + 1}, Title: "T", Text: "A text.", Fetched: now}, Used: now})
		add(store.Voice{VoiceKey: store.VoiceKey{StoryKey: store.StoryKey{Place: id, Language: "ru", Length: store.Extract}, Voice: "anna"}, Text: "t", FileID: "f", Created: now})
		add(store.Report{ReportKey: store.ReportKey{Place: id, Language: "ru", Revision: 7}, Title: "T", WrongBy: []int64{person}, Withheld: n%2 == 0, At: now})
		add(store.LastPoint{Person: person, Chat: person, At: now})
		add(store.LastStory{Person: person, Chat: person, StoryKey: story, At: now})
		add(store.Tour{Person: person, Planned: now, Minutes: 30, At: now})
		add(walk)
		if walk.Closed {
			closed++
			add(store.ClosedRow{Position: closed, Walk: walk.ID})
		} else {
			add(store.StopRow{Walk: walk.ID, Stop: store.Stop{Number: 1, Place: id, Title: "T", At: now}})
			add(store.StopRow{Walk: walk.ID, Stop: store.Stop{Number: 2, Place: id, Title: "T", At: now}})
		}
		add(store.LedgerRow{Day: store.DayOf(now), Person: person, Tokens: 5})
		add(store.Entry{Update: 10_000_000 + n, Chat: -person, Arrived: now, Raw: []byte("{}"), Tries: 1})
		add(store.Payment{Charge: fmt.Sprint("charge ", n), Person: person, Stars: 5, At: now})
		if n < store.MaxJudgements-20 {
			add(store.Judgement{StoryKey: story, Text: "t", Queued: now, Shown: []store.Shown{{Chat: person, Message: 1, Person: person}}})
		}
	}
	for n := range store.DoneKept {
		add(store.DoneRow{Position: n + 1, Update: int64(n + 1)})
	}
	return rows
}

func planWalk(person int64, now time.Time) store.Walk {
	w := store.Walk{ID: fmt.Sprint(person, ":9"), Person: person, Revision: 1}
	w.Chat, w.Message, w.Began, w.Ends = person, 9, now, now.Add(time.Hour)
	return w
}

// planCalls makes the calls of the n-th person and of a replica.
func planCalls(t *testing.T, s *Store, n int, towns *storetest.Towns, places []store.Place, stories []store.Story) {
	t.Helper()
	c := caller{t: t, s: s, ctx: t.Context(), now: time.Now(), n: n, person: int64(n + 1), update: int64(1_000_000 + n), place: places[n], story: stories[n]}
	c.ranges = geo.RangesWithin(towns.Center(0), 600)
	c.tellStory()
	c.talkAbout()
	c.walkAndTour()
	c.judgeAndSpeak()
	c.replicate()
	c.administer()
}

// caller makes calls that must not fail.
type caller struct {
	t      *testing.T
	s      *Store
	ctx    context.Context
	now    time.Time
	n      int
	person int64
	update int64
	place  store.Place
	story  store.Story
	ranges []geo.CellRange
}

// did takes the results of a call. A row that was not found is not a failure.
func (c *caller) did(_ any, err error) {
	c.t.Helper()
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		c.t.Fatal(err)
	}
}

func (c *caller) wrote(err error) { c.t.Helper(); c.did(nil, err) }

// tellStory makes the calls of a request for a story.
func (c *caller) tellStory() {
	s, ctx, now := c.s, c.ctx, c.now
	c.did(s.Done(ctx, c.update))
	c.did(s.Accept(ctx, store.Entry{Update: c.update, Chat: c.person, Arrived: now}))
	c.did(s.User(ctx, c.person))
	c.did(s.UpdateUser(ctx, c.person, func(u *store.User) error { u.Seen = now; return nil }))
	c.did(s.StoriesIn(ctx, "ru", c.ranges, 4000, now))
	c.did(s.PlacesIn(ctx, "ru", c.ranges, 500))
	c.did(s.Told(ctx, c.person, []string{c.place.ID, "Q1"}))
	c.did(s.CountTold(ctx, c.person))
	c.did(s.Tile(ctx, planTile(c.place), now))
	c.did(s.Place(ctx, c.place.ID, "ru"))
	c.did(s.PlacesByPage(ctx, "ru", []int64{c.place.PageID, c.place.PageID + 1}))
	c.did(s.Stories(ctx, []store.StoryKey{c.story.StoryKey}, now))
	c.did(s.Withheld(ctx, []store.ReportKey{{Place: c.place.ID, Language: "ru", Revision: c.place.Revision}, {Place: c.place.ID}}))
	c.wrote(s.PutTile(ctx, store.Tile{TileKey: planTile(c.place), Expires: now.Add(time.Hour)}))
	article := store.ArticleKey{Edition: "ru", Page: c.place.PageID}
	c.wrote(s.PutArticle(ctx, store.Article{ArticleKey: article, Title: c.place.Title, Text: c.place.Extract, Fetched: now}, now))
	c.did(s.Article(ctx, article, now.AddDate(0, 0, 1)))
	c.did(s.Spend(ctx, store.DayOf(now), c.person, store.Tokens{Prompt: 7}))
	c.did(s.Spent(ctx, store.DayOf(now), c.person))
	c.wrote(s.Note(ctx, c.update, c.place.ID, 0))
	c.wrote(s.Delivered(ctx, store.Delivery{
		Update: c.update, Person: c.person, Place: c.place.ID, At: now, Chat: c.person, Message: 7, Story: c.story.StoryKey, From: c.place.Point, FromAt: now,
	}))
	c.wrote(s.PutStories(ctx, []store.Story{c.story}))
	c.wrote(s.PutPlaces(ctx, []store.Place{c.place}))
}

// talkAbout makes the calls of buttons and questions after a story.
func (c *caller) talkAbout() {
	s, ctx, now := c.s, c.ctx, c.now
	c.did(s.Vote(ctx, c.person, c.story.StoryKey, store.Like, now))
	c.did(s.Experienced(ctx, c.person))
	c.did(s.ReportExtract(ctx, store.ReportKey{Place: c.place.ID, Language: "ru", Revision: c.place.Revision}, c.person, c.place.Title, now))
	c.did(s.LastPoint(ctx, c.person, c.person, now))
	c.wrote(s.NotePoint(ctx, store.LastPoint{Person: c.person, Chat: c.person, At: now}))
	c.did(s.LastStory(ctx, c.person, c.person, now))
	c.wrote(s.NoteStory(ctx, store.LastStory{Person: c.person, Chat: c.person, StoryKey: c.story.StoryKey, At: now}))
	charge := store.Payment{Charge: fmt.Sprint("new ", c.n), Person: c.person, Stars: 5, At: now, Refunded: now}
	_, _, err := s.Credit(ctx, charge)
	c.wrote(err)
	_, _, err = s.Refund(ctx, charge)
	c.wrote(err)
	c.did(s.Payment(ctx, charge.Charge))
	c.did(s.Given(ctx, c.person))
}

// walkAndTour makes the calls of a walk, in a group, too, and of a tour.
func (c *caller) walkAndTour() {
	s, ctx, now := c.s, c.ctx, c.now
	walk := planWalk(c.person, now)
	c.wrote(s.SaveWalks(ctx, []store.Walk{walk}))
	c.wrote(s.Delivered(ctx, store.Delivery{Person: c.person, Place: "Q7", At: now, Walk: walk.ID, Number: 1, Title: "T", Chat: c.person, Message: 8}))
	c.did(s.Walk(ctx, walk.ID))
	c.did(s.Walk(ctx, "unknown"))
	c.did(s.Stops(ctx, walk.ID))
	c.did(s.WalksIn(ctx, c.person, -1))
	walk.Revision, walk.Closed, walk.Expires = 2, true, now.Add(time.Hour)
	c.wrote(s.SaveWalks(ctx, []store.Walk{walk}))
	c.wrote(s.PutTour(ctx, store.Tour{Person: c.person, Planned: now, Minutes: 30, At: now}))
	c.did(s.Tour(ctx, c.person, now))
	c.did(s.UpdateTour(ctx, c.person, now, func(t *store.Tour) error { t.Next++; return nil }))
	c.wrote(s.DeleteTour(ctx, c.person))
}

// judgeAndSpeak makes the calls of the judge and of voices.
func (c *caller) judgeAndSpeak() {
	s, ctx, now := c.s, c.ctx, c.now
	text := store.TextHash(c.story.Text)
	c.wrote(s.QueueJudgement(ctx, store.Judgement{StoryKey: c.story.StoryKey, Text: text, Queued: now}))
	c.wrote(s.ShowPending(ctx, c.story.StoryKey, store.Shown{Chat: c.person, Message: 7, Person: c.person}))
	c.did(s.ClaimJudgements(ctx, planReplica, now, time.Minute, 8))
	c.did(s.EndJudgement(ctx, c.story.StoryKey, text, store.JudgedPassed))
	key := store.VoiceKey{StoryKey: c.story.StoryKey, Voice: "anna"}
	c.did(s.Voice(ctx, key, text))
	c.wrote(s.PutVoice(ctx, store.Voice{VoiceKey: key, Text: text, FileID: "f", Created: now}))
	c.wrote(s.DeleteVoice(ctx, key))
	c.did(s.Speak(ctx, store.DayOf(now), 100))
}

// replicate makes the calls of a replica, which owns chats, holds leases, and takes over what others left.
func (c *caller) replicate() {
	s, ctx := c.s, c.ctx
	c.did(s.Heartbeat(ctx, planReplica, time.Minute))
	c.did(s.Claim(ctx, planReplica, c.person))
	c.did(s.Owned(ctx, planReplica))
	c.did(s.PendingIn(ctx, 1<<40, c.person, -1))
	c.wrote(s.Release(ctx, planReplica, 0, c.person))
	slot, _, err := s.Take(ctx, "broadcast", 1, planReplica, time.Minute)
	c.wrote(err)
	c.did(s.Renew(ctx, "broadcast", planReplica, time.Minute))
	c.wrote(s.Return(ctx, "broadcast", slot, planReplica))
	c.did(s.Pending(ctx, 10_000_000, 10))
	c.did(s.Retry(ctx, 10_000_000+int64(c.n)))
	c.wrote(s.Survived(ctx, 10_000_000+int64(c.n)))
	c.wrote(s.MarkDone(ctx, 10_000_000+int64(c.n)))
}

// administer makes the calls of the operator, of a broadcast, and of the sweep.
func (c *caller) administer() {
	s, ctx, now := c.s, c.ctx, c.now
	c.did(s.UsersAfter(ctx, 100, 50))
	c.did(s.Payments(ctx, "", 50))
	c.did(s.RetiredStories(ctx, store.StoryKey{}, 20))
	c.did(s.RetiredStories(ctx, c.story.StoryKey, 20))
	c.did(s.WithheldPlaces(ctx, store.ReportKey{}, 20))
	c.did(s.WithheldPlaces(ctx, store.ReportKey{Place: "Q500000900"}, 20))
	c.wrote(s.Withhold(ctx, store.ReportKey{Place: c.place.ID}, c.place.Title, now))
	c.wrote(s.Restore(ctx, store.ReportKey{Place: c.place.ID}, now))
	c.did(s.RestoreStory(ctx, c.story.StoryKey))
	c.did(s.Sweep(ctx, now.AddDate(0, 0, -1), 1000))
}
