package bot

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// TestBadInputGetsASentenceOrNothing sends nonsense and forged input, and checks the answer; "" = none.
func TestBadInputGetsASentenceOrNothing(t *testing.T) {
	t.Parallel()
	text := func(s string) string {
		quoted, _ := json.Marshal(s) // a string always can be
		return `"text":` + string(quoted)
	}
	for name, tt := range map[string]struct{ part, want string }{
		"4096 characters":              {text(strings.Repeat("я", 4096)), "text.other"},
		"control characters":           {text("\x01\x02\x1b[31m\u0000"), "text.other"},
		"a right-to-left override":     {text("\u202e/trats \u2066"), "text.other"},
		"markup":                       {text("<b>&lt;</i>"), "text.other"},
		"an unknown command":           {text("/" + strings.Repeat("x", 3000)), "text.other"},
		"a command of another bot":     {text("/help@otherbot"), "text.other"},
		"a slash":                      {text("/"), "text.other"},
		"a command with junk":          {text("/help \x00 \u202e <b> 99999999999999999999"), "help.text"},
		"a command in capitals":        {text("/HELP"), "help.text"},
		"a latitude of 91":             {`"location":{"latitude":91,"longitude":0}`, "error.bad_location"},
		"a longitude of 1e308":         {`"location":{"latitude":0,"longitude":1e38}`, "error.bad_location"},
		"a venue off the globe":        {`"venue":{"location":{"latitude":-95,"longitude":0},"title":"t","address":"a"}`, "error.bad_location"},
		"coordinates off the globe":    {text("95.5, 200.1"), "error.bad_location"},
		"a live location off the map":  {`"location":{"latitude":91,"longitude":0,"live_period":600}`, "error.bad_location"},
		"a sticker":                    {`"sticker":{"file_id":"x"}`, "text.other"},
		"a contact":                    {`"contact":{"phone_number":"1","first_name":"x"}`, "text.other"},
		"an empty text":                {`"text":""`, ""},
		"a pinned message":             {`"pinned_message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}`, ""},
		"words of another chat member": {`"sender_chat":{"id":-5,"type":"channel"},"text":"/help"`, ""},
		"stars typed as words":         {text("give:100"), "text.other"},
	} {
		t.Run(name, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
				p := w.person(1, "en")
				w.tg.Inject(json.RawMessage(`{"message":{"message_id":70,"date":` + strconv.FormatInt(time.Now().Unix(), 10) +
					`,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},` + tt.part + `}}`))
				time.Sleep(10 * time.Second)
				got := answers(p)
				switch {
				case tt.want == "" && len(got) != 0:
					t.Errorf("answered %q", got[0].HTML)
				case tt.want != "" && (len(got) != 1 || got[0].HTML != w.words("en").Say(tt.want)):
					t.Errorf("answers %+v, want %s", got, tt.want)
				}
				if w.bot.Stats().Panics != 0 {
					t.Errorf("panic: %s", w.logs)
				}
			})
		})
	}
}

// TestSomebodyElsesButtonsChangeNothing presses, in a group and in private, what was offered to another person.
func TestSomebodyElsesButtonsChangeNothing(t *testing.T) {
	t.Parallel()
	for data, want := range map[string]string{
		"forget:yes:1": "toast.not_yours", "forget:no:1": "toast.not_yours", "forget:yes:": "toast.not_yours",
	} {
		t.Run(data, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				api := &recorder{calls: make(chan call, 1000)}
				w := newWorld(t, worldConfig{edit: func(c *Config) { api.next, c.API = c.API, api }})
				defer w.close()
				owner := w.person(1, "en")
				w.ask(owner, "/help")
				w.waitDone(w.tg.Inject(json.RawMessage(fmt.Sprintf(
					`{"callback_query":{"id":"7","from":{"id":2,"language_code":"en"},"data":%q,"message":{"message_id":5,"chat":{"id":2,"type":"private"}}}}`, data))))
				if got := api.wait(t, "answerCallbackQuery")["text"]; got != w.words("en").Plain(want) {
					t.Errorf("toast %v", got)
				}
				if _, err := w.store.User(t.Context(), 1); err != nil {
					t.Errorf("the owner's profile: %v", err)
				}
			})
		})
	}
	for _, data := range []string{"give:50", "give:other", "set:pins:off", "menu:donate", "lang:ru"} {
		t.Run("group "+data, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
				w.waitDone(w.tg.Inject(json.RawMessage(fmt.Sprintf(
					`{"callback_query":{"id":"7","from":{"id":2,"language_code":"en"},"data":%q,"message":{"message_id":5,"chat":{"id":-100,"type":"supergroup"}}}}`, data))))
				user, err := w.store.User(t.Context(), 2)
				w.must(err)
				if user.HidePins || user.Language != "en" || !user.AskedAt.IsZero() {
					t.Errorf("a button in a group made %+v", user)
				}
			})
		})
	}
}

func TestForgedAndOldButtonsGetOneSentence(t *testing.T) {
	t.Parallel()
	for _, data := range []string{
		"", "more", "more:", "more:x,y", "more:NaN,1", "more:91,0", "more:1,2,3", "lang:", "lang:xx", "vote:", "vote:Q1:en:short:0", "vote:Q1:en:short:4",
		"vote:Q1:en:huge:1", "vote::en:short:1", "vote:Q404:en:short:1", "nothing:1", "more:" + strings.Repeat("1", 90), "vote:Q\x00:en:short:1",
		"lang:zz", "menu:", "menu:admin", "set:", "set:length:huge", "set:pins:", "set:pins:maybe", "set:banned:on", "give:", "give:0", "give:10001", "give:1e3", "give:-5",
		"give:99999999999999999999", "forget:", "forget:maybe:1", "live:", "live:dance", "every:", "every:banana", "pack:", "pack:91,0", "pack:x,y", "pack:1", "admin:", "refund:x",
	} {
		t.Run(data, func(t *testing.T) {
			inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
				raw, err := json.Marshal(map[string]any{"callback_query": map[string]any{
					"id": "1", "from": map[string]any{"id": 1, "language_code": "en"}, "data": data,
				}})
				w.must(err)
				id := w.tg.Inject(raw)
				w.waitDone(id)
				if w.bot.Stats().Panics != 0 {
					t.Errorf("panic: %s", w.logs)
				}
				// The simulated server never asked this question, so it refuses the answer; what counts is the attempt.
				if w.seen.count("call answerCallbackQuery ok")+w.seen.count("call answerCallbackQuery refused") != 1 {
					t.Errorf("button not answered: %s", w.logs)
				}
			})
		})
	}
}

func TestStickersAreAnsweredOnceAndNobodyNever(t *testing.T) {
	inWorld(t, newWorld, worldConfig{}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/help"))
		inject := func(update string) int64 { return w.tg.Inject(json.RawMessage(update)) }
		sticker := `{"message":{"message_id":900,"date":1,"from":{"id":1,"language_code":"en"},"chat":{"id":1,"type":"private"},"sticker":{"file_id":"x"}}}`
		w.waitDone(inject(sticker))
		w.waitDone(inject(sticker))
		if got := len(answers(p)); got != 2 {
			t.Errorf("%d answers to /help and two stickers, want 2", got)
		}
		for _, nobody := range []string{
			`{"message":{"message_id":901,"date":1,"chat":{"id":1,"type":"private"},"text":"/start"}}`,
			`{"channel_post":{"message_id":902,"date":1,"chat":{"id":-100,"type":"channel"},"text":"/start"}}`,
			`{"message":{"message_id":903,"date":1,"from":{"id":9,"is_bot":true},"chat":{"id":1,"type":"private"},"text":"/start"}}`,
			`{"edited_message":{"message_id":904,"date":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"text":"/start"}}`,
			`{"message":{"message_id":905,"date":1,"from":{"id":1},"chat":{"id":1,"type":"private"},"pinned_message":{"message_id":1,"date":1,"chat":{"id":1,"type":"private"}}}}`,
			`{"poll_answer":{"poll_id":"1","option_ids":[]}}`,
		} {
			inject(nobody)
		}
		w.waitDone(p.Say("/help")) // behind them all
		if got := len(answers(p)); got != 3 {
			t.Errorf("%d answers, want 3", got)
		}
	})
}
