package boltstore

import (
	"time"

	"excursobot/store"
)

// The order of fields is the format: new ones go to the end, none is ever taken out or moved.

func userFields(c *codec, u *store.User) {
	c.int64(&u.ID)
	c.text(&u.Language)
	c.text(&u.LanguageCode)
	c.text((*string)(&u.Length))
	list(c, &u.Interests, (*codec).text)
	c.bool(&u.HidePictures)
	c.bool(&u.HidePins)
	c.bool(&u.Banned)
	c.bool(&u.Unreachable)
	c.time(&u.HintAt)
	c.time(&u.Created)
	c.time(&u.Seen)
	c.time(&u.AskedAt)
	c.int(&u.Walks)
	c.float64(&u.Metres)
}

func paymentFields(c *codec, p *store.Payment) {
	c.text(&p.Charge)
	c.int64(&p.Person)
	c.int64(&p.Stars)
	c.time(&p.At)
	c.time(&p.Refunded)
}

func placeFields(c *codec, p *store.Place) {
	c.text(&p.ID)
	c.text(&p.Language)
	c.int64(&p.PageID)
	c.text(&p.Title)
	c.point(&p.Point)
	c.text(&p.Kind)
	c.int(&p.Dim)
	c.text(&p.Description)
	c.text(&p.Extract)
	c.int(&p.Length)
	c.text(&p.URL)
	c.text(&p.Picture)
	c.int(&p.Year)
	c.text(&p.Source)
	c.time(&p.Fetched)
}

func tileFields(c *codec, t *store.Tile) {
	c.uint64((*uint64)(&t.Cell))
	c.text(&t.Language)
	c.time(&t.Expires)
	list(c, &t.Pages, pageFields)
}

func pageFields(c *codec, p *store.Page) {
	c.int64(&p.ID)
	c.text(&p.Title)
	c.point(&p.Point)
	c.text(&p.Kind)
	c.int(&p.Dim)
}

// storyRow is a story with the number of its text: a vote counts for the text it was given to.
type storyRow struct {
	edition uint64
	store.Story
}

func (s *storyRow) fields(c *codec) {
	c.uint64(&s.edition)
	c.text(&s.Place)
	c.text(&s.Language)
	c.text((*string)(&s.Length))
	c.text(&s.Title)
	c.point(&s.Point)
	c.text(&s.Kind)
	c.text(&s.URL)
	c.text(&s.Picture)
	c.text(&s.Text)
	c.text(&s.Source)
	c.text(&s.Model)
	c.int(&s.Likes)
	c.int(&s.Dislikes)
	list(c, &s.WrongBy, (*codec).int64)
	c.bool(&s.Retired)
	c.time(&s.Created)
	c.time(&s.Expires)
}

func walkFields(c *codec, w *store.Walk) {
	c.text(&w.ID)
	c.int64(&w.Person)
	c.int64(&w.Chat)
	c.int(&w.Message)
	c.uint64(&w.Revision)
	c.time(&w.Began)
	c.time(&w.Date)
	c.time(&w.Ends)
	c.int64((*int64)(&w.Interval))
	c.time(&w.Anchor)
	c.time(&w.Due)
	c.bool(&w.First)
	c.bool(&w.Chosen)
	c.bool(&w.Paused)
	c.bool(&w.Parked)
	c.bool(&w.Quiet)
	c.point(&w.QuietAt)
	c.point(&w.Point)
	c.float64(&w.Heading)
	c.time(&w.Fixed)
	c.float64(&w.Metres)
	c.bytes(&w.Track)
	c.time(&w.Ended)
	c.text(&w.Reason)
	c.bool(&w.Closed)
	c.time(&w.Expires)
	c.int(&w.Question)
	c.int(&w.Attempt.Number)
	c.bool(&w.Attempt.Asked)
	c.text(&w.Attempt.Place)
	c.int(&w.Attempt.Message)
	c.int(&w.Topic)
}

func stopFields(c *codec, s *store.Stop) {
	c.int(&s.Number)
	c.text(&s.Place)
	c.text(&s.Title)
	c.point(&s.Point)
	c.time(&s.At)
}

func entryFields(c *codec, e *store.Entry) {
	c.int64(&e.Update)
	c.int64(&e.Chat)
	c.time(&e.Arrived)
	c.bytes(&e.Raw)
	c.int(&e.Tries)
	c.text(&e.Place)
	c.int(&e.Message)
}

// ifClosed is when a walk is to be swept; the zero time is never.
func ifClosed(w store.Walk) time.Time {
	if !w.Closed {
		return time.Time{}
	}
	return w.Expires
}

// ifFetched is when a place is to be swept; the zero time is never.
func ifFetched(p store.Place) time.Time {
	if p.Fetched.IsZero() {
		return time.Time{}
	}
	return p.Fetched.Add(store.PlaceLife)
}

// toldRow is what is kept of a delivery, with the person's vote.
type toldRow struct {
	at     time.Time
	walk   string
	number int
	vote   vote
}

// vote is a person's mark on one text of a place.
type vote struct {
	mark     store.Mark
	at       time.Time
	language string
	length   store.Length
	edition  uint64 // of the story's text; 0 = the story was gone
}

func (r *toldRow) fields(c *codec) {
	c.time(&r.at)
	c.text(&r.walk)
	c.int(&r.number)
	mark := int64(r.vote.mark)
	c.int64(&mark)
	r.vote.mark = store.Mark(mark)
	c.time(&r.vote.at)
	c.text(&r.vote.language)
	c.text((*string)(&r.vote.length))
	c.uint64(&r.vote.edition)
}
