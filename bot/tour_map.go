package bot

import (
	"bytes"
	"context"
	"net/url"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/track"
	"excursobot/store"
)

// maxWaypoints is how many points Google accepts between the start and the end of a route
// (https://developers.google.com/maps/documentation/urls/get-started).
const maxWaypoints = 9

// mapButton returns the button that opens the route of a tour on foot: in Yandex Maps for people who read Russian, else in Google Maps, which shows
// the first stops of a long tour only.
func mapButton(words *text.Words, t store.Tour) telegram.Button {
	points := make([]geo.Point, 0, len(t.Stops)+2)
	points = append(points, t.From)
	for _, s := range t.Stops {
		points = append(points, s.Point)
	}
	if t.Round {
		points = append(points, t.From)
	}
	b := telegram.Button{Text: words.Plain("button.tour_map")}
	if words.Language() == "ru" {
		b.URL = "https://yandex.ru/maps/?rtext=" + joined(points, "~") + "&rtt=pd"
		return b
	}
	if len(points) > maxWaypoints+2 {
		points = points[:maxWaypoints+2]
		b.Text = words.Plain("button.tour_map_part", "n", maxWaypoints+1)
	}
	last := len(points) - 1
	b.URL = "https://www.google.com/maps/dir/?api=1&travelmode=walking&origin=" + pair(points[0]) + "&destination=" + pair(points[last]) +
		"&waypoints=" + joined(points[1:last], "%7C")
	return b
}

func pair(p geo.Point) string {
	return strconv.FormatFloat(p.Lat, 'f', 6, 64) + url.QueryEscape(",") + strconv.FormatFloat(p.Lon, 'f', 6, 64)
}

func joined(points []geo.Point, separator string) string {
	parts := make([]string, len(points))
	for i, p := range points {
		parts[i] = pair(p)
	}
	return strings.Join(parts, separator)
}

// sendMap sends the plan as a picture and its stops as a file. Failures are logged: the list is there.
func (t *tours) sendMap(ctx context.Context, u *update, tour store.Tour, takes time.Duration) {
	plan := tourRoute(u.words, tour, takes)
	if t.walks.pictures && !u.user.HidePictures {
		png, err := t.walks.painter.PNG(ctx, plan)
		if err == nil {
			err = t.walks.upload(ctx, u.To(), "sendPhoto", "", telegram.Form{Field: "photo", Name: "excursobot-tour.png", Data: png})
		}
		if err != nil {
			t.log.Warn("picture_failed", "update", u.ID, "error", err)
		}
	}
	plan.Track = nil // the lines between the stops are no way to walk
	var gpx bytes.Buffer
	err := track.GPX(&gpx, plan)
	if err == nil {
		err = t.walks.upload(ctx, u.To(), "sendDocument", u.words.Say("pack.caption_gpx"), telegram.Form{Field: "document", Name: "excursobot-tour.gpx", Data: gpx.Bytes()})
	}
	if err != nil {
		t.log.Warn("file_failed", "update", u.ID, "error", err)
	}
}
