package bot

import (
	"context"
	"errors"
	"slices"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/telegram"
	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
)

const (
	jobPhoto = "photo" // the kind of photos in the metrics
	// photoFresh is for how long after a position a photo is taken to be from there.
	photoFresh = 15 * time.Minute
	// photosAnHour is how many photos of a person are looked at in an hour.
	photosAnHour = 5
	// photoSide and photoBytes bound the size of a photo that is looked at, in pixels and bytes.
	photoSide  = 1280
	photoBytes = 1 << 20
)

// photos finds out what is in people's photos. A photo is never stored or logged.
type photos struct {
	stories *stories
	store   store.Recent
	people  *limiter.Keyed[int64]
	albums  *limiter.Keyed[album]
}

// album is a group of photos that were sent together. They get one answer.
type album struct {
	chat int64
	id   string
}

func newPhotos(s *stories, recent store.Recent) *photos {
	return &photos{
		stories: s, store: recent,
		people: limiter.NewKeyed[int64](limiter.KeyedConfig{Rate: photosAnHour / time.Hour.Seconds(), Burst: photosAnHour}),
		albums: limiter.NewKeyed[album](limiter.KeyedConfig{Rate: 1 / time.Hour.Seconds(), Burst: 1}),
	}
}

// job returns the job of a message with a photo.
func (ps *photos) job() intake.Job {
	return intake.Reply{Kind: jobPhoto, Lane: intake.Telling, Run: ps.stories.reply.handle(ps.onPhoto)}
}

// onPhoto tells the story of the place in a photo.
func (ps *photos) onPhoto(ctx context.Context, u *update) error {
	s := ps.stories
	if id := u.Message.AlbumID; id != "" && !ps.albums.Allow(album{u.Chat, id}) {
		return nil
	}
	at, known, err := ps.position(ctx, u)
	if err != nil {
		return err
	}
	size, fits := largest(u.Sizes)
	switch {
	case !known:
		return s.reply.askLocation(ctx, u, "photo.where")
	case !fits:
		return s.reply.say(ctx, u, u.words.Say("photo.too_large"))
	case !ps.people.Allow(u.Person):
		return s.reply.notify(ctx, u, "photo.limit", telegram.Message{HTML: u.words.Say("photo.limit", "n", photosAnHour)})
	}
	picture, err := s.out.File(ctx, size.FileID, photoBytes)
	if err != nil {
		s.log.Warn("photo_unread", "update", u.ID, "error", err)
		return s.reply.say(ctx, u, u.words.Say("photo.too_large"))
	}
	_, err = s.tell(ctx, u, standing(at), func(req guide.Request, onCard func(guide.Card)) (guide.Story, *guide.Claim, error) {
		if req.Place == "" { // else an earlier process knew it
			var err error
			if req.Place, err = s.guide.Look(ctx, req, picture); err != nil {
				return guide.Story{}, nil, err
			}
		}
		// TellPlace measures from the place itself.
		story, claim, err := s.guide.TellPlace(ctx, req, slices.Concat([]string{"en"}, s.links.words.Languages()), func(c guide.Card) {
			c.Distance = geo.Distance(at, c.Place.Point)
			onCard(c)
		})
		story.Distance = geo.Distance(at, story.Place.Point)
		return story, claim, err
	})
	return err
}

// position returns where a person was a short time ago: on their walk, or at the last location that they sent.
func (ps *photos) position(ctx context.Context, u *update) (geo.Point, bool, error) {
	if w, walking := ps.stories.live.Walk(u.Person); walking && u.Private {
		return w.Point, true, nil
	}
	last, err := ps.store.LastPoint(ctx, u.Person, u.Chat, u.Arrived)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Arrived.Sub(last.At) > photoFresh {
		return geo.Point{}, false, nil
	}
	return last.Point, err == nil, err
}

// largest returns the largest size of a photo that may be looked at.
func largest(sizes []telegram.PhotoSize) (best telegram.PhotoSize, ok bool) {
	for _, size := range sizes {
		if max(size.Width, size.Height) <= photoSide && size.Bytes <= photoBytes && size.FileID != "" && size.Width*size.Height >= best.Width*best.Height {
			best, ok = size, true
		}
	}
	return best, ok
}
