package demo

import (
	"bytes"
	"context"
	"io"
	"mime"
	"net/http"
	"slices"
	"time"

	"excursobot/bot/pack"
	"excursobot/geo/places"
)

// cityReach holds all places of a city of the built-in pack, in metres from its centre.
const cityReach = 2600

// makePack collects an area with the demo's own bot and writes the pack.
type makePack func(ctx context.Context, o pack.Order, to io.Writer) error

// servePack builds a pack of one of the cities. With a model of the operator's it has no stories, because they would cost money.
func (d *pageServer) servePack(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(d.cities, func(c places.City) bool { return c.ID == r.URL.Query().Get("city") })
	if i < 0 {
		http.NotFound(w, r)
		return
	}
	_ = http.NewResponseController(w).SetWriteDeadline(time.Time{}) // it takes a minute or two; a recorder of a test has none
	area, err := pack.Circle(d.cities[i].Center, cityReach)
	var file bytes.Buffer // of a few kilobytes
	if err == nil {
		err = d.pack(r.Context(), pack.Order{Area: area, Languages: []string{"ru", "en"}, Stories: !d.world.realModel}, &file)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": d.cities[i].ID + ".pack"}))
	_, _ = w.Write(file.Bytes())
}
