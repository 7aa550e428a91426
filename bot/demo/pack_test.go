package demo

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"

	"excursobot/bot/pack"
)

func TestThePacksOfTheCities(t *testing.T) {
	page, mux := newTestPage(t)
	var ordered []pack.Order
	fail := errors.New("not now")
	page.pack = func(_ context.Context, o pack.Order, to io.Writer) error {
		ordered = append(ordered, o)
		if len(ordered) > len(page.cities) {
			return fail
		}
		_, err := io.WriteString(to, "content")
		return err
	}
	for _, city := range page.cities {
		w := ask(mux, http.MethodGet, "/demo/pack?city="+city.ID, "")
		if w.Code != http.StatusOK || w.Body.String() != "content" || w.Header().Get("Content-Disposition") != "attachment; filename="+city.ID+".pack" {
			t.Errorf("%s: %d %q %v", city.ID, w.Code, w.Body, w.Header())
		}
		area := ordered[len(ordered)-1].Area
		for _, p := range city.Places {
			if !area.Contains(p.Point) {
				t.Errorf("%s: %s is outside", city.ID, p.ID)
			}
		}
	}
	if w := ask(mux, http.MethodGet, "/demo/pack?city=paris", ""); w.Code != http.StatusServiceUnavailable {
		t.Errorf("after a failure: %d", w.Code)
	}
	if w := ask(mux, http.MethodGet, "/demo/pack?city=atlantis", ""); w.Code != http.StatusNotFound {
		t.Errorf("no such city: %d", w.Code)
	}
}
