package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
)

// keepsakeMetres is from what distance on a walk has a route worth a picture.
const keepsakeMetres = 100

// ended tells the person that the walk is over and what they saw. It is done when the words have arrived: route and file are
// extras, and without them the walk is closed all the same.
func (ws *walks) ended(w store.Walk, done func(error)) {
	if w.Reason == live.Blocked || w.Reason == live.Forgotten {
		done(nil)
		return
	}
	taken := ws.errand(w.Chat, "summary", func(ctx context.Context) (err error) {
		told := false
		defer func() { // after a panic too
			if told {
				err = nil
			} else if err == nil {
				err = errors.New("summary was cut off")
			}
			done(err)
		}()
		if w.Attempt.Number > w.Number && w.Attempt.Message != 0 { // of a process before this one
			ws.withdrawCard(ctx, w.Chat, w.Attempt.Message)
		}
		user, words := ws.reply.reader(ctx, w.Person)
		stops, err := ws.store.Stops(ctx, w.ID)
		if err != nil {
			return fmt.Errorf("read what was told: %w", err)
		}
		_, err = ws.out.Send(ctx, w.Chat, summaryMessage(words, w, stops))
		told = err == nil || errors.Is(err, telegram.ErrAmbiguous) || errors.Is(err, telegram.ErrUnreachable)
		if err != nil {
			return ws.reached(ctx, w.Person, err)
		}
		if w.Metres >= keepsakeMetres {
			ws.sendRoute(ctx, w, walkRoute(words, w, stops), ws.pictures && !user.HidePictures)
		}
		return nil
	})
	if !taken {
		done(intake.ErrFull)
	}
}

// sendRoute sends the route as a picture and as a file, as far as that goes.
func (ws *walks) sendRoute(ctx context.Context, w store.Walk, r track.Route, pictures bool) {
	if len(r.Track) < 2 {
		return
	}
	name := "excursobot-" + w.Began.UTC().Format(time.DateOnly)
	if pictures {
		png, err := ws.painter.PNG(ctx, r)
		if err == nil {
			err = ws.upload(ctx, w.Chat, "sendPhoto", telegram.Form{Field: "photo", Name: name + ".png", Data: png})
		}
		if err != nil {
			ws.log.Warn("walk_picture", "walk", w.ID, "error", err)
		}
	}
	var gpx bytes.Buffer
	err := track.GPX(&gpx, r)
	if err == nil {
		err = ws.upload(ctx, w.Chat, "sendDocument", telegram.Form{Field: "document", Name: name + ".gpx", Data: gpx.Bytes()})
	}
	if err != nil {
		ws.log.Warn("walk_file", "walk", w.ID, "error", err)
	}
}

// upload sends a file without a sound.
func (ws *walks) upload(ctx context.Context, chat int64, method string, form telegram.Form) error {
	form.Fields = map[string]string{"chat_id": strconv.FormatInt(chat, 10), "disable_notification": "true"}
	return ws.out.Do(ctx, telegram.Request{Chat: chat, Method: method, Payload: form}, nil)
}

// walkRoute is the walk as geo/track draws it.
func walkRoute(words *text.Words, w store.Walk, stops []store.Stop) track.Route {
	r := track.Route{Name: w.Began.UTC().Format(time.DateOnly), Track: track.Decode(w.Track), Words: track.Words{
		North: words.Say("route.north"), Metre: words.Say("route.metre"), Kilometre: words.Say("route.kilometre"),
	}}
	for _, s := range stops {
		if s.Point != (geo.Point{}) {
			r.Places = append(r.Places, track.Place{Number: s.Number, Title: s.Title, Point: s.Point, At: s.At})
		}
	}
	return r
}
