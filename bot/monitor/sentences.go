package monitor

import "strings"

// sentences explain log events to the operator. The page shows the name of any other event, with spaces.
var sentences = map[string]string{
	"telegram_unreachable": "Telegram cannot be reached; it is tried again",
	"telegram_flood":       "Telegram asked for a pause: too many messages",
	"telegram_retry":       "A message did not get through at once and was sent again",
	"message_refused":      "Telegram refused a message",
	"overload":             "Requests were refused: more than the bot may take",
	"chat_full":            "One chat has too much under way; what it sends beyond that is given up, and it is told so",
	"update_dead_lettered": "An update was put aside: it could not be read, or three processes ended over it",
	"update_unknown":       "The store did not say whether an update is done; Telegram keeps it",
	"update_not_done":      "An answered update could not be remembered as done",
	"update_failed":        "An update failed; the person got an apology",
	"panic":                "A handler panicked; that update alone failed",
	"delivery_unsaved":     "A told story could not be remembered",
	"story_failed":         "A story could not be found for a reason of our own",
	"card_failed":          "A card could not be sent; the story comes without one",
	"model_call_failed":    "A call to the model failed; people get the source's own words",
	"model_request_failed": "A request to the model failed or its answer was unusable",
	"breaker_opened":       "The model failed too often and is left alone for a while",
	"story_dropped":        "A written story failed the checks",
	"story_unkept":         "A written story could not be kept",
	"story_retired":        "Two people called a story wrong; it is told no more",
	"tokens_uncounted":     "Spent tokens could not be counted",
	"library_unasked":      "The library could not be read",
	"sweep":                "Expired rows could not be removed",
	"part_failed":          "A part of the bot failed; the process ends",
	"drain_timed_out":      "Work in flight did not end in time at the stop",
	"volume_missing":       "No volume is mounted",
	"model_missing":        "There is no model",
	"contact_missing":      "Wikipedia is not told whom to contact",
	"read_ahead":           "Stories could not be prepared ahead",
}

// sentenceOf returns the explanation of a log event.
func sentenceOf(event string) string {
	if s, ok := sentences[event]; ok {
		return s
	}
	return strings.ReplaceAll(event, "_", " ")
}
