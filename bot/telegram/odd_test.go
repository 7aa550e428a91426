package telegram

import (
	"errors"
	"testing"
)

// message returns an update with a text of a person, and more fields of the message.
func messageWith(more string) string {
	return `{"update_id":1,"message":{"message_id":5,"date":1,"from":{"id":7,"language_code":"ru"},"chat":{"id":7,"type":"private"},"text":"/help"` + more + `}}`
}

func TestWhatNobodyReadsMakesNoUpdateUnreadable(t *testing.T) {
	for name, more := range map[string]string{
		"a number of another type":       `,"chat_shared":{"request_id":9007199254740991,"chat_id":1}`,
		"a photo without sizes":          `,"new_chat_photo":[],"photo":[]`,
		"a reply to an empty photo":      `,"reply_to_message":{"message_id":4,"date":1,"chat":{"id":7,"type":"private"},"photo":[]}`,
		"a list instead of an object":    `,"poll":[1,2]`,
		"an object instead of a list":    `,"entities":{"type":"bold"}`,
		"texts instead of numbers":       `,"edit_date":"now","message_thread_id":"7"`,
		"a number instead of a text":     `,"caption":5`,
		"a number that no type can hold": `,"date":1e400,"location":"here"`,
		"an entity of another shape":     `,"entities":[{"type":5},{"type":"bold","offset":0,"length":5}]`,
		"a reply without a chat":         `,"reply_to_message":{"message_id":"x"}`,
	} {
		t.Run(name, func(t *testing.T) {
			u, err := Decode([]byte(messageWith(more)))
			if err != nil {
				t.Fatal(err)
			}
			if u.Odd == nil || u.ID != 1 || u.Person != 7 || u.Chat != 7 || !u.Private || u.LanguageCode != "ru" || u.Message.Text != "/help" {
				t.Errorf("%+v", u)
			}
		})
	}
	if u, err := Decode([]byte(messageWith(`,"unicorn":{"a":[]}`))); err != nil || u.Odd != nil {
		t.Errorf("a field that nobody knows: %+v, %v", u, err)
	}
}

// A field that can be read keeps its value if another one is odd.
func TestOddUpdatesKeepWhatIsRead(t *testing.T) {
	const odd = `"poll":5`
	const start = `"message_id":5,"date":1700000000,"from":{"id":7,"username":"u"},"chat":{"id":-9,"type":"supergroup","title":"T"},` + odd
	for name, tt := range map[string]struct {
		update string
		ok     func(*Update) bool
	}{
		"location": {`"message":{` + start + `,"location":{"latitude":48.5,"longitude":2.25,"live_period":60,"heading":7,"horizontal_accuracy":12.5}}`, func(u *Update) bool {
			l := u.Message.Location
			return l.Lat == 48.5 && l.Lng == 2.25 && l.LivePeriod == 60 && l.Heading == 7 && *l.HorizontalAccuracy == 12.5
		}},
		"a latitude that is none": {`"message":{` + start + `,"location":{"latitude":1e308,"longitude":2.25}}`, func(u *Update) bool { return u.Message.Location.Lat == 999 }},
		"topic":                   {`"edited_message":{` + start + `,"message_thread_id":12,"is_topic_message":true,"edit_date":1700000009}`, func(u *Update) bool { return u.Topic == 12 && u.Edited.LastEdit == 1700000009 }},
		"photo": {`"message":{` + start + `,"photo":[{"file_id":"a","width":1,"height":2,"file_size":3},{"file_id":5}]}`, func(u *Update) bool {
			return len(u.Sizes) == 1 && u.Sizes[0] == PhotoSize{"a", 1, 2, 3} && u.Message.Photo != nil
		}},
		"a pressed button": {`"callback_query":{"id":"8","from":{"id":7},"data":"more:1,2","message":{` + start + `,"reply_markup":{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}}}`, func(u *Update) bool {
			return u.Callback.ID == "8" && u.Callback.Data == "more:1,2" && u.Callback.Message.ReplyMarkup.InlineKeyboard[0][0].Data == "b"
		}},
		"payment": {`"message":{` + start + `,"successful_payment":{"currency":"XTR","total_amount":50,"invoice_payload":"p","telegram_payment_charge_id":"c"}}`, func(u *Update) bool {
			return u.Message.Payment.Total == 50 && u.Message.Payment.TelegramChargeID == "c" && u.Message.Payment.Payload == "p"
		}},
		"refund":        {`"message":{` + start + `,"refunded_payment":{"currency":"XTR","total_amount":50,"telegram_payment_charge_id":"c"}}`, func(u *Update) bool { return u.Refunded.TelegramChargeID == "c" }},
		"checkout":      {`"pre_checkout_query":{"id":"1","from":{"id":7},"currency":"XTR","total_amount":5,"invoice_payload":"p","order_info":7}`, func(u *Update) bool { return u.Checkout.Total == 5 && u.Person == 7 }},
		"inline query":  {`"inline_query":{"id":"1","from":{"id":7},"query":"q","offset":"","location":{"latitude":1,"longitude":2,"live_period":"x"},"chat_type":5}`, func(u *Update) bool { return u.Inline.Text == "q" && u.Inline.Location.Lng == 2 }},
		"guest message": {`"guest_message":{` + start + `,"guest_query_id":"9","text":"@b"}`, func(u *Update) bool { return u.Guest.Query == "9" && u.Guest.Text == "@b" }},
		"block":         {`"my_chat_member":{"chat":{"id":7,"type":"private"},"from":{"id":7},"date":1,"old_chat_member":5,"new_chat_member":{"status":"kicked","user":{"id":1}}}`, func(u *Update) bool { return string(u.Member.NewChatMember.Role) == "kicked" }},
		"move":          {`"message":{` + start + `,"migrate_to_chat_id":-100}`, func(u *Update) bool { return u.MovedTo == -100 }},
		"reply": {`"message":{` + start + `,"reply_to_message":{"message_id":3,"chat":{"id":-9,"type":"group"},"from":{"id":1,"is_bot":true,"username":"b"},"entities":[{"type":"text_link","offset":0,"length":1,"url":"u"}],"game":5}}`, func(u *Update) bool {
			return u.Message.ReplyTo.Sender.IsBot && u.Message.ReplyTo.Entities[0].URL == "u"
		}},
		"forwarded": {`"message":{` + start + `,"forward_origin":{"type":"other","date":"x"},"location":{"latitude":1,"longitude":2}}`, func(u *Update) bool { return u.Message.Origin != nil }},
	} {
		t.Run(name, func(t *testing.T) {
			u, err := Decode([]byte(`{"update_id":3,` + tt.update + `}`))
			if err != nil {
				t.Fatal(err)
			}
			if !tt.ok(u) {
				t.Errorf("%+v", u)
			}
		})
	}
}

// A move that cannot be one leads no call anywhere else: the calls that go to no chat have the chat 0.
func TestOddMoves(t *testing.T) {
	for _, chats := range []string{
		`"chat":{"id":0,"type":"group"},"migrate_to_chat_id":-100`, `"chat":{"id":7,"type":"private"},"migrate_to_chat_id":-100`,
		`"chat":{"id":-9,"type":"group"},"migrate_to_chat_id":-9`, `"chat":{"id":-9,"type":"group"},"migrate_from_chat_id":5`,
	} {
		u, err := Decode([]byte(`{"update_id":3,"message":{"message_id":5,"date":1,"from":{"id":7},` + chats + `}}`))
		if err != nil || u.MovedTo != 0 || u.MovedFrom != 0 {
			t.Errorf("%s: from %d to %d, %v", chats, u.MovedFrom, u.MovedTo, err)
		}
	}
}

// The program does not guess a field that it needs, and never takes a payment for a message without one.
func TestOddUpdatesThatStayUnreadable(t *testing.T) {
	for name, update := range map[string]string{
		"no update at all":           `[1]`,
		"a message without an id":    `{"update_id":1,"message":{"message_id":"x","chat":{"id":1,"type":"private"},"text":"a"}}`,
		"a message that is a number": `{"update_id":1,"message":5}`,
		"a cut update":               `{"update_id":1,"message":{`,
		"a checkout of nobody":       `{"update_id":1,"pre_checkout_query":{"id":"1","from":[],"currency":"XTR","total_amount":5}}`,
	} {
		if u, err := Decode([]byte(update)); err == nil {
			t.Errorf("%s: %+v", name, u)
		}
	}
	for name, update := range map[string]string{
		"an amount that is a text": messageWith(`,"successful_payment":{"currency":"XTR","total_amount":"50","telegram_payment_charge_id":"c"}`),
		"a refund that is a list":  messageWith(`,"poll":5,"refunded_payment":[]`),
	} {
		if u, err := Decode([]byte(update)); !errors.Is(err, errOddPayment) {
			t.Errorf("%s: %+v, %v", name, u, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, more := range []string{"", `,"photo":[]`, `,"poll":5`, `,"location":{"latitude":1e308,"longitude":0}`, `,"successful_payment":[]`} {
		f.Add([]byte(messageWith(more)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		u, err := Decode(raw)
		if (u == nil) == (err == nil) {
			t.Errorf("%v, %v", u, err)
		}
	})
}
