package telegram

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
)

// telebot decodes every field that it knows, and refuses the whole update if one of them has another shape than it expects: a newer Bot API, an empty list
// of photos, a number that its type cannot hold. The person who wrote would get no answer because of something that nobody reads. So an update that
// telebot refuses is cut down to what this program reads, in the shapes that it reads, and decoded again.

// shape describes a value that is kept. A value of another shape is left out.
type shape func(value any) (kept any, ok bool)

// errOddPayment means that a payment is in a shape that cannot be read. It must not be taken for a message without one.
var errOddPayment = errors.New("a payment in it cannot be read")

// decodeOdd decodes an update that telebot refused with the error refused.
func decodeOdd(raw []byte, refused error) (*Update, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var whole any
	if err := dec.Decode(&whole); err != nil {
		return nil, refused
	}
	kept, ok := updateShape(whole)
	if !ok {
		return nil, refused
	}
	given, left := whole.(map[string]any), kept.(map[string]any)
	for name := range content {
		if given[name] != nil && left[name] == nil { // the whole of what it is about
			return nil, refused
		}
	}
	cut, err := json.Marshal(left)
	if err != nil {
		return nil, refused
	}
	u, err := decode(cut)
	if err != nil {
		return nil, refused
	}
	message, _ := given["message"].(map[string]any)
	if (message["successful_payment"] != nil || message["refunded_payment"] != nil) && !u.paid() {
		return nil, fmt.Errorf("%w: %w", errOddPayment, refused)
	}
	u.Odd = refused
	return u, nil
}

func (u *Update) paid() bool {
	return u.Refunded != nil || u.Message != nil && u.Message.Payment != nil
}

// object keeps the fields that are named, in their shapes. An object in which a required field is missing is left out.
func object(required, optional map[string]shape) shape {
	return func(value any) (any, bool) {
		given, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		kept := map[string]any{}
		for name, s := range required {
			if kept[name], ok = s(given[name]); !ok {
				return nil, false
			}
		}
		for name, s := range optional {
			if v, there := given[name]; there {
				if fit, ok := s(v); ok {
					kept[name] = fit
				}
			}
		}
		return kept, true
	}
}

// list keeps the elements of the shape, and nothing of a list without any.
func list(of shape) shape {
	return func(value any) (any, bool) {
		given, _ := value.([]any)
		var kept []any
		for _, v := range given {
			if fit, ok := of(v); ok {
				kept = append(kept, fit)
			}
		}
		return kept, len(kept) > 0
	}
}

func text(value any) (any, bool) {
	_, ok := value.(string)
	return value, ok
}

func truth(value any) (any, bool) {
	_, ok := value.(bool)
	return value, ok
}

func whole(value any) (any, bool) {
	n, _ := value.(json.Number)
	_, err := n.Int64()
	return value, err == nil
}

// small is a fraction that telebot's 32 bits hold.
func small(value any) (any, bool) {
	n, _ := value.(json.Number)
	f, err := n.Float64()
	return value, err == nil && math.Abs(f) <= math.MaxFloat32
}

// degrees are small numbers, or infinite ones that are not a place.
func degrees(value any) (any, bool) {
	if _, ok := value.(json.Number); !ok {
		return nil, false
	}
	if fit, ok := small(value); ok {
		return fit, true
	}
	return json.Number("999"), true
}

// something is an object of which only that it is there counts.
func something(value any) (any, bool) {
	_, ok := value.(map[string]any)
	return map[string]any{}, ok
}

type fields = map[string]shape

var (
	userShape = object(fields{"id": whole}, fields{"is_bot": truth, "first_name": text, "username": text, "language_code": text})
	chatShape = object(fields{"id": whole, "type": text}, fields{"title": text, "username": text})
	placeIn   = object(fields{"latitude": degrees, "longitude": degrees}, fields{"live_period": whole, "heading": whole, "horizontal_accuracy": small})
	entities  = list(object(fields{"type": text, "offset": whole, "length": whole}, fields{"url": text, "user": userShape}))
	paid      = object(fields{"currency": text, "total_amount": whole, "telegram_payment_charge_id": text}, fields{"invoice_payload": text, "provider_payment_charge_id": text})
	keyboard  = object(fields{"inline_keyboard": list(list(object(fields{"text": text}, fields{"url": text, "callback_data": text})))}, nil)
	sizes     = list(object(fields{"file_id": text, "width": whole, "height": whole}, fields{"file_unique_id": text, "file_size": whole}))

	// bare is a message without the one that it replies to.
	bare = fields{
		"message_thread_id": whole, "is_topic_message": truth, "from": userShape, "sender_chat": chatShape, "date": whole, "edit_date": whole, "text": text, "caption": text,
		"entities": entities, "caption_entities": entities, "location": placeIn, "venue": object(fields{"location": placeIn}, fields{"title": text, "address": text}),
		"forward_origin": something, "forward_date": whole, "media_group_id": text, "photo": sizes, "reply_markup": keyboard, "guest_query_id": text,
		"migrate_to_chat_id": whole, "migrate_from_chat_id": whole, "successful_payment": paid, "refunded_payment": paid,
		"sticker": something, "voice": something, "video": something, "video_note": something, "audio": something, "animation": something, "document": something,
		"contact": something, "poll": something, "dice": something,
	}
	messageShape = object(fields{"message_id": whole, "chat": chatShape}, withReply(bare))

	content = fields{
		"message": messageShape, "edited_message": messageShape, "guest_message": messageShape,
		"callback_query":     object(fields{"id": text, "from": userShape}, fields{"data": text, "message": messageShape}),
		"my_chat_member":     object(fields{"chat": chatShape, "from": userShape}, fields{"date": whole, "new_chat_member": object(fields{"status": text}, fields{"user": userShape})}),
		"pre_checkout_query": object(fields{"id": text, "from": userShape, "currency": text, "total_amount": whole}, fields{"invoice_payload": text}),
		"inline_query":       object(fields{"id": text, "from": userShape}, fields{"query": text, "offset": text, "location": placeIn, "chat_type": text}),
	}
	updateShape = object(fields{"update_id": whole}, content)
)

func withReply(of fields) fields {
	all := maps.Clone(of)
	all["reply_to_message"] = object(fields{"message_id": whole, "chat": chatShape}, of)
	return all
}
