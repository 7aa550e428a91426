package demo

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// In a chat in which the bot is not, a person finds stories by its name, and a mention is answered.
func TestDemoInAnotherChat(t *testing.T) {
	for _, tt := range []struct{ language, place, story string }{{"en", "Louvre", "museum"}, {"ru", "Лувр", "муз"}} {
		t.Run(tt.language, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a, w, pack := newDemoApp(t)
				page, mux := newPageServer(w, pack, func() botNumbers { return botNumbers{} }), http.NewServeMux()
				page.routes(mux)
				stop := running(t, a)
				id, _ := page.join(0, tt.language)
				query := func(body string) (answer struct {
					Results []offered
					Button  string
					Start   string
				}) {
					t.Helper()
					got := ask(mux, http.MethodPost, "/demo/elsewhere", strings.Replace(body, "{", `{"person":100001,`, 1))
					if err := json.Unmarshal(got.Body.Bytes(), &answer); err != nil || got.Code != http.StatusOK {
						t.Fatalf("%s: %d %s", body, got.Code, got.Body)
					}
					return answer
				}
				time.Sleep(time.Minute) // the bot switches both on
				if id != 100001 || w.telegram.Username() == "" {
					t.Fatalf("person %d, bot %q", id, w.telegram.Username())
				}
				if got := query(`{"lat":48.8606,"lon":2.3376}`); len(got.Results) > 0 || got.Button == "" || got.Start == "" {
					t.Errorf("before any story was told: %+v", got)
				}
				page.person(id).Locate(48.8606, 2.3376)
				time.Sleep(3 * time.Minute) // the story is written, and judged
				near := query(`{"lat":48.8606,"lon":2.3376}`)
				if len(near.Results) == 0 || len(near.Results[0].Buttons) == 0 || !strings.Contains(near.Results[0].HTML, "<b>") {
					t.Fatalf("near the Louvre: %+v", near)
				}
				time.Sleep(time.Minute)
				if got := query(`{"lat":48.8606,"lon":2.3376,"text":"` + tt.place + `"}`); len(got.Results) == 0 || !strings.Contains(got.Results[0].Title, tt.place) {
					t.Errorf("by name: %+v", got)
				}
				time.Sleep(time.Minute)
				if got := query(`{"lat":0,"lon":0}`); got.Button == "" || got.Start == "" {
					t.Errorf("without a position: %+v", got)
				}
				time.Sleep(time.Minute)
				mention := query(`{"mention":true,"text":"@` + w.telegram.Username() + ` 48.8606, 2.3376"}`)
				if len(mention.Results) != 1 || !strings.Contains(mention.Results[0].HTML, tt.place) || !strings.Contains(strings.ToLower(mention.Results[0].HTML), tt.story) {
					t.Errorf("a mention: %+v", mention)
				}
				if err := stop(); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestDemoRefusesOtherChatsOfNobody(t *testing.T) {
	page, mux := newTestPage(t)
	page.join(0, "en")
	for body, want := range map[string]int{
		`{"person":7}`:               http.StatusNotFound,
		`{"person":100001}`:          http.StatusServiceUnavailable, // there is no bot that switched it on
		`{"person":100001,"lat":91}`: http.StatusBadRequest,
		`{"person":100001,"text":"` + strings.Repeat("x", maxText+1) + `"}`: http.StatusBadRequest,
		`nonsense`: http.StatusBadRequest,
	} {
		if w := ask(mux, http.MethodPost, "/demo/elsewhere", body); w.Code != want {
			t.Errorf("%.40s: %d, want %d", body, w.Code, want)
		}
	}
}
