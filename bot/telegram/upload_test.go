package telegram

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestAFormIsPostedWhole(t *testing.T) {
	t.Parallel()
	var path, chat, name, data string
	client, err := NewClient(ClientConfig{Token: "7:secret", URL: "https://api.test/base", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		path, chat = r.URL.Path, r.FormValue("chat_id")
		file, header, err := r.FormFile("photo")
		if err != nil {
			return nil, err
		}
		got, err := io.ReadAll(file)
		name, data = header.Filename, string(got)
		return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader(`{"ok":true,"result":{}}`))}, err
	})})
	if err != nil {
		t.Fatal(err)
	}
	form := Form{Fields: map[string]string{"chat_id": "5"}, Field: "photo", Name: "walk.png", Data: []byte("\x89PNG\r\n\x00")}
	body, err := client.Call(t.Context(), "sendPhoto", form)
	if _, err = Parse(body, err); err != nil {
		t.Fatal(err)
	}
	if path != "/base/bot7:secret/sendPhoto" || chat != "5" || name != "walk.png" || data != string(form.Data) {
		t.Errorf("posted to %s: chat %q, file %q with %q", path, chat, name, data)
	}
}

func TestAFormsErrorHidesTheToken(t *testing.T) {
	t.Parallel()
	client, err := NewClient(ClientConfig{Token: "7:secret", Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
		return nil, errors.New("cannot reach " + r.URL.String())
	})})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Call(t.Context(), "sendPhoto", Form{Field: "photo"}); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}
