package bot

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
)

// routeMetres is the shortest walk whose route is sent.
const routeMetres = 100

// ended sends the summary of a walk. done is called when the text has arrived: the picture and the file of the route are extras, and their
// failure does not keep the walk open.
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
		if w.Attempt.Number > w.Number && w.Attempt.Message != 0 { // of an earlier process
			ws.withdrawCard(ctx, walkTarget(w), w.Attempt.Message)
		}
		user, words := ws.reply.reader(ctx, w.Person)
		stops, err := ws.store.Stops(ctx, w.ID)
		if err != nil {
			return fmt.Errorf("read what was told: %w", err)
		}
		_, err = ws.out.Send(ctx, walkTarget(w), summaryMessage(words, w, stops))
		told = err == nil || errors.Is(err, telegram.ErrAmbiguous) || errors.Is(err, telegram.ErrUnreachable)
		if err != nil {
			return ws.reached(ctx, w.Person, err)
		}
		if w.Metres >= routeMetres {
			ws.sendRoute(ctx, w, words, walkRoute(words, w, stops), ws.pictures && !user.HidePictures)
		}
		return nil
	})
	if !taken {
		done(intake.ErrFull)
	}
}

// sendRoute sends the route as a picture and as a file. Failures are logged.
func (ws *walks) sendRoute(ctx context.Context, w store.Walk, words *text.Words, r track.Route, pictures bool) {
	if len(r.Track) < 2 {
		return
	}
	name := "excursobot-" + w.Began.UTC().Format(time.DateOnly)
	if pictures {
		png, err := ws.painter.PNG(ctx, r)
		if err == nil {
			err = ws.upload(ctx, walkTarget(w), "sendPhoto", "", telegram.Form{Field: "photo", Name: name + ".png", Data: png})
		}
		if err != nil {
			ws.log.Warn("picture_failed", "walk", w.ID, "error", err)
		}
	}
	var gpx bytes.Buffer
	err := track.GPX(&gpx, r)
	if err == nil {
		err = ws.upload(ctx, walkTarget(w), "sendDocument", words.Say("live.caption_gpx"), telegram.Form{Field: "document", Name: name + ".gpx", Data: gpx.Bytes()})
	}
	if err != nil {
		ws.log.Warn("file_failed", "walk", w.ID, "error", err)
	}
}

// upload sends a file with a caption in HTML, without a sound.
func (ws *walks) upload(ctx context.Context, to telegram.Target, method, caption string, form telegram.Form) error {
	form.Fields = map[string]string{"disable_notification": "true"}
	if caption != "" {
		form.Fields["caption"], form.Fields["parse_mode"] = caption, "HTML"
	}
	return ws.out.Do(ctx, telegram.Request{To: to, Method: method, Payload: form}, nil)
}

// walkRoute returns the route of a walk for geo/track.
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
