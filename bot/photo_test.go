package bot

import (
	"bytes"
	"image"
	"image/png"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/sim"
)

// picture is a small picture that shows, to the simulated model, what the words say.
func picture(t testing.TB, words string) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	if words != "" {
		b.WriteString(sim.SightOf(words))
	}
	return b.Bytes()
}

func looks(c *Config) { c.Vision = true }

func TestAPhotoIsAnsweredWithTheStoryOfItsPlace(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: looks}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")

		w.waitDone(p.Photo(picture(t, "whatever"), "", "", 0))
		if got := last(p); got.HTML != words.Say("photo.where") || len(got.Keyboard) == 0 {
			t.Errorf("without a position: %q", got.HTML)
		}
		story := w.toldStory(p)
		title, _, _ := strings.Cut(story.Text, "\n")
		w.waitDone(p.Photo(picture(t, title), "what is this?", "", 0))
		if got := last(p); !strings.HasPrefix(got.Text, title+"\n") || got.ID == story.ID || data(got, "vote:") == "" {
			t.Errorf("a place that was told: %q", got.Text)
		}
		lines := strings.Split(story.Text, "\n") // the location and the photo are from the same point, so the place is as far in both
		if got := strings.Split(last(p).Text, "\n"); got[1] != lines[1] || lines[1] == words.Where(0, "") {
			t.Errorf("the place is %q, and was %q", got[1], lines[1])
		}
		time.Sleep(time.Minute)
		w.waitDone(p.Photo(picture(t, "a cat"), "", "", 0))
		if got := last(p); got.HTML != words.Say("photo.none") {
			t.Errorf("a cat: %q", got.HTML)
		}
		time.Sleep(photoFresh)
		w.waitDone(p.Photo(picture(t, title), "", "", 0))
		if got := last(p); got.HTML != words.Say("photo.where") {
			t.Errorf("with an old position: %q", got.HTML)
		}
		if strings.Contains(w.logs.String(), "sim-photo") {
			t.Error("the log names the photo")
		}
	})
}

func TestAnAlbumGetsOneAnswerAndPhotosAreLimited(t *testing.T) {
	inWorld(t, newWorld, worldConfig{edit: looks}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")
		w.toldStory(p)
		n := len(answers(p))
		for range 4 {
			p.Photo(picture(t, "a cat"), "", "one", 0)
		}
		time.Sleep(time.Minute)
		if got := len(answers(p)) - n; got != 1 {
			t.Errorf("an album got %d answers", got)
		}
		for range photosAnHour - 1 {
			w.waitDone(p.Photo(picture(t, "a cat"), "", "", 0))
			time.Sleep(20 * time.Second)
		}
		calls := w.model.Stats().Calls
		w.waitDone(p.Photo(picture(t, "a cat"), "", "", 0))
		if got := last(p); got.HTML != words.Say("photo.limit", "n", photosAnHour) || w.model.Stats().Calls != calls {
			t.Errorf("one too many: %q", got.HTML)
		}
	})
}

func TestPhotosThatAreNotLookedAt(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		words := w.words("en")
		p := w.person(1, "en")
		w.toldStory(p)
		w.waitDone(p.Photo(picture(t, "a cat"), "", "", 0))
		if got := last(p); got.HTML != words.Say("text.other") || w.tg.Calls()["getFile"] != 0 {
			t.Errorf("with openai.vision off: %q", got.HTML)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: looks})
		defer w.close()
		words := w.words("en")
		g := w.tg.Group(sim.GroupProfile{ID: -100, Title: "G"})
		p := w.person(1, "en").In(g)
		w.waitDone(p.Locate(cityLat, cityLon))
		time.Sleep(time.Minute)
		story := last(p)
		p.Photo(picture(t, "a cat"), "", "", 0)
		time.Sleep(time.Minute)
		if last(p).ID != story.ID {
			t.Errorf("a photo that was not meant for the bot got %q", last(p).Text)
		}
		w.waitDone(p.Photo(picture(t, "a cat"), "", "", story.ID))
		if got := last(p); got.HTML != words.Say("photo.none") {
			t.Errorf("a reply with a photo: %q", got.HTML)
		}
		one := w.person(1, "en")
		w.toldStory(one)
		w.waitDone(one.Photo(bytes.Repeat([]byte{7}, 2<<20), "", "", 0))
		if got := last(one); got.HTML != words.Say("photo.too_large") || w.tg.Calls()["file"] != 1 {
			t.Errorf("two megabytes: %q, %d files read", got.HTML, w.tg.Calls()["file"])
		}
		time.Sleep(time.Minute)
		w.waitDone(one.Photo([]byte("no picture"), "", "", 0))
		if got := last(one); got.HTML != words.Say("photo.blind") {
			t.Errorf("no picture: %q", got.HTML)
		}
		time.Sleep(time.Minute)
		w.waitDone(one.Photo(picture(t, ""), "48.2000, 11.5000", "", 0))
		if got := last(one); data(got, "vote:") == "" {
			t.Errorf("a caption with coordinates: %q", got.Text)
		}
	})
}
