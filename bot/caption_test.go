package bot

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"
)

// injected delivers a message of person 1 with the given content.
func (w *world) injected(content string) int64 {
	return w.tg.Inject(json.RawMessage(fmt.Sprintf(
		`{"message":{"message_id":50,"date":%d,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},%s}}`, time.Now().Unix(), content)))
}

func TestPlacesInPostsAndCaptions(t *testing.T) {
	t.Parallel()
	const photo = `"photo":[{"file_id":"f","file_unique_id":"u","width":9,"height":9}]`
	const link = "https://maps.google.com/?q=48.2,11.5"
	hidden := fmt.Sprintf(`{"type":"text_link","offset":0,"length":5,"url":%q}`, link)
	bold := `{"type":"bold","offset":0,"length":5}`
	for _, tt := range []struct {
		name, content string
		story         bool
	}{
		{"a photo with a link in its caption", photo + `,"caption":"Opera ` + link + `"`, true},
		{"a photo with coordinates in its caption", photo + `,"caption":"Opera\n48.2, 11.5"`, true},
		{"a photo whose words hide a link", photo + `,"caption":"Opera","caption_entities":[` + hidden + `]`, true},
		{"a video whose words hide a link", `"video":{"file_id":"f","file_unique_id":"u","width":9,"height":9,"duration":1},"caption":"Opera","caption_entities":[` + hidden + `]`, true},
		{"a photo with other words", photo + `,"caption":"Opera"`, false},
		{"a photo with a link that names no place", photo + `,"caption":"https://maps.app.goo.gl/AbCdEf"`, false},
		{"a long post with a link behind many marks", `"text":"Opera ` + strings.Repeat("word ", 700) + `","entities":[` + strings.Repeat(bold+",", 60) + hidden + `]`, true},
		{"a forwarded live location", `"forward_origin":{"type":"user","date":1,"sender_user":{"id":9,"first_name":"F"}},"location":{"latitude":48.2,"longitude":11.5,"live_period":3600}`, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{noModel: true}, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				w.waitDone(w.injected(tt.content))
				got := answers(p)
				if len(got) != 1 || (len(got[0].Buttons) > 0) != tt.story {
					t.Fatalf("answered %+v, want a story: %v", got, tt.story)
				}
				if _, walking := w.bot.live.Walk(1); walking {
					t.Error("a walk began")
				}
			})
		})
	}
}

func TestAnUnknownWalkerIsAnsweredInTheirLanguage(t *testing.T) {
	inWorld(t, newWalkWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "ru")
		edit := func(share int) int64 {
			return w.tg.Inject(json.RawMessage(fmt.Sprintf(`{"edited_message":{"message_id":%d,"date":%d,"edit_date":%d,"from":{"id":1,"language_code":"ru"},
				"chat":{"id":1,"type":"private"},"location":{"latitude":48.2,"longitude":11.5,"live_period":3600}}}`, share, time.Now().Unix(), time.Now().Unix())))
		}
		edit(50)
		story := w.waitStory(p, 0)
		words := w.words("ru")
		w.until("the question", func() bool { return len(answers(p)) > 1 })
		if question := words.Plain("live.question"); !strings.Contains(story.Text, " м") || answers(p)[1].Text != question {
			t.Errorf("answered %q and %q, want metres in Russian and %q", story.Text, answers(p)[1].Text, question)
		}
		p.Say("/forget")
		w.until("the question whether to forget", func() bool { return data(last(p), "forget:yes") != "" })
		w.press(p, last(p), data(last(p), "forget:yes"))
		before := len(answers(p))
		edit(50)
		time.Sleep(time.Minute)
		if got := answers(p)[before:]; len(got) != 0 {
			t.Errorf("an edit after /forget is answered: %+v", got)
		}
		if _, err := w.store.User(t.Context(), 1); err == nil {
			t.Error("an edit after /forget brought the profile back")
		}
	})
}
