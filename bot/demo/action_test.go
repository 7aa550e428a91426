package demo

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"testing"
)

func TestDemoRequests(t *testing.T) {
	page, mux := newTestPage(t)
	if w := ask(mux, http.MethodPost, "/demo/join", `{"language":"en"}`); !strings.Contains(w.Body.String(), `"person":100001`) {
		t.Fatalf("join: %d %s", w.Code, w.Body)
	}
	tests := []struct {
		name, path, body string
		header           []string
		status           int
	}{
		{"location", "/demo/act", `{"person":100001,"lat":55.75,"lon":37.62}`, nil, http.StatusNoContent},
		{"equator and meridian", "/demo/act", `{"person":100001,"lat":0,"lon":0}`, nil, http.StatusNoContent},
		{"sharing", "/demo/act", `{"person":100001,"lat":55.75,"lon":37.62,"share":true}`, nil, http.StatusOK},
		{"a step of no walk", "/demo/act", `{"person":100001,"lat":55.75,"lon":37.62,"walk":77}`, nil, http.StatusNotFound},
		{"the end of sharing", "/demo/act", `{"person":100001,"walk":3}`, nil, http.StatusNoContent},
		{"text", "/demo/act", `{"person":100001,"text":"/help"}`, nil, http.StatusNoContent},
		{"by localhost", "/demo/act", `{"person":100001,"text":"/help"}`, []string{"Host", "localhost:8080"}, http.StatusNoContent},
		{"an invoice that is none", "/demo/act", `{"person":100001,"pay":1}`, nil, http.StatusNotFound},
		{"button of no message", "/demo/act", `{"person":100001,"message":7,"data":"x"}`, nil, http.StatusNotFound},
		{"latitude too large", "/demo/act", `{"person":100001,"lat":91,"lon":0}`, nil, http.StatusBadRequest},
		{"half a location", "/demo/act", `{"person":100001,"lat":1}`, nil, http.StatusBadRequest},
		{"nothing", "/demo/act", `{"person":100001}`, nil, http.StatusBadRequest},
		{"long text", "/demo/act", `{"person":100001,"text":"` + strings.Repeat("x", maxText+1) + `"}`, nil, http.StatusBadRequest},
		{"long body", "/demo/act", `{"person":100001,"text":"` + strings.Repeat("x", maxBody) + `"}`, nil, http.StatusBadRequest},
		{"not JSON", "/demo/act", `person=1`, nil, http.StatusBadRequest},
		{"unknown person", "/demo/act", `{"person":1,"text":"/help"}`, nil, http.StatusNotFound},
		{"unknown language", "/demo/join", `{"language":"xx"}`, nil, http.StatusBadRequest},
		{"from another site", "/demo/join", `{"language":"ru"}`, []string{"Sec-Fetch-Site", "cross-site"}, http.StatusForbidden},
		{"from another origin", "/demo/join", `{"language":"ru"}`, []string{"Origin", "http://evil.example"}, http.StatusForbidden},
		{"by a name that points here", "/demo/join", `{"language":"ru"}`, []string{"Host", "evil.example:8080"}, http.StatusForbidden},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if w := ask(mux, http.MethodPost, tt.path, tt.body, tt.header...); w.Code != tt.status {
				t.Errorf("status %d, want %d: %s", w.Code, tt.status, w.Body)
			}
		})
	}
	if got := len(page.person(100001).Messages()); got != 5 {
		t.Errorf("%d messages in the chat, want the 5 accepted ones", got)
	}
}

func TestDemoPays(t *testing.T) {
	page, mux := newTestPage(t)
	ask(mux, http.MethodPost, "/demo/join", `{"language":"en"}`)
	callAsBot(t, page, "sendInvoice", `{"chat_id":100001,"title":"A gift","description":"d","payload":"p","currency":"XTR","prices":[{"label":"l","amount":50}]}`)
	invoice := page.person(100001).Messages()[0].ID
	if w := ask(mux, http.MethodPost, "/demo/act", `{"person":100001,"pay":`+strconv.Itoa(invoice)+`}`); w.Code != http.StatusNoContent {
		t.Fatalf("status %d: %s", w.Code, w.Body)
	}
	if got := updates(t, page); !strings.Contains(got, `"pre_checkout_query"`) {
		t.Errorf("the bot got no checkout: %s", got)
	}
}

func TestDemoFiles(t *testing.T) {
	page, mux := newTestPage(t)
	ask(mux, http.MethodPost, "/demo/join", `{"language":"en"}`)
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	_ = form.WriteField("chat_id", "100001")
	file, err := form.CreateFormFile("document", `a "walk".gpx`)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = file.Write([]byte("<gpx/>"))
	_ = form.Close()
	w := ask(page.world.telegram, http.MethodPost, "/bot1000:demo/sendDocument", body.String(), "Content-Type", form.FormDataContentType())
	if w.Code != http.StatusOK {
		t.Fatalf("sendDocument: %d %s", w.Code, w.Body)
	}
	document := strconv.Itoa(page.person(100001).Messages()[0].ID)
	w = ask(mux, http.MethodGet, "/demo/file?person=100001&message="+document, "")
	if w.Code != http.StatusOK || w.Body.String() != "<gpx/>" || w.Header().Get("Content-Disposition") != `attachment; filename="a \"walk\".gpx"` {
		t.Errorf("%d %q, %v", w.Code, w.Body, w.Header())
	}
	for _, path := range []string{"?person=100001&message=99", "?person=1&message=" + document, "?person=x", ""} {
		if w := ask(mux, http.MethodGet, "/demo/file"+path, ""); w.Code != http.StatusNotFound {
			t.Errorf("%q: status %d", path, w.Code)
		}
	}
}
