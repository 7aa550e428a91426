package monitor

import "strings"

// sentences explain log events to the operator. The page shows the name of any other event, with spaces.
var sentences = map[string]string{
	"telegram_unreachable": "Telegram cannot be reached; the bot keeps trying",
	"telegram_flood":       "Telegram asked for a pause: too many messages",
	"telegram_retry":       "A message failed and was sent again",
	"message_refused":      "Telegram refused a message",
	"overload":             "Requests were refused because the bot is overloaded",
	"chat_full":            "One chat has too many open requests; further ones are dropped, and the chat is told",
	"update_dead_lettered": "An update became a dead letter: it could not be decoded, or processes ended over it",
	"update_unknown":       "The store did not report whether an update is done; Telegram will deliver it again",
	"update_not_done":      "An answered update could not be marked as done",
	"update_failed":        "An update failed; the person got an apology",
	"panic_recovered":      "A handler or a background task panicked; only that one ended",
	"delivery_unsaved":     "The delivery of a story could not be saved yet",
	"story_failed":         "An unexpected error prevented a story",
	"card_failed":          "A card could not be sent; the story follows without it",
	"model_call_failed":    "The model was not called; people get extracts",
	"model_request_failed": "A request to the model failed or its answer was unusable",
	"model_slot_failed":    "The shared slots for calls to the model are unavailable; people get extracts",
	"model_unknown":        "The model's server does not know openai.model; people get extracts",
	"model_ends":           "The server shuts the model down soon; choose another one (openai.model)",
	"breaker_opened":       "The model failed too often and is not called for a while",
	"story_dropped":        "A story of the model failed the checks",
	"story_save_failed":    "A story of the model could not be saved",
	"story_retired":        "Two people called a story wrong; it is not told any more",
	"token_count_failed":   "Spent tokens could not be counted",
	"library_read_failed":  "Stored stories could not be read",
	"wikipedia_failed":     "Wikipedia did not answer; people get places and stories that are stored",
	"tile_unsaved":         "A search of Wikipedia could not be stored",
	"places_unsaved":       "Articles of Wikipedia could not be stored",
	"walks_unsaved":        "Walks could not be saved yet",
	"walk_saving_stopped":  "The store is closed and walks are no longer saved",
	"summary_dropped":      "The summary of a walk could not be sent for a day",
	"deliveries_abandoned": "Stories of walks did not end in time during the stop",
	"clock_changed":        "The clock of the machine was set; walks continue",
	"sweep_failed":         "Expired rows could not be removed",
	"part_failed":          "A part of the bot failed; the process ends",
	"drain_timed_out":      "Work in progress did not end in time during the stop",
	"volume_missing":       "No volume is mounted",
	"model_missing":        "No model is configured",
	"contact_missing":      "No contact for Wikipedia is configured",
	"read_ahead_failed":    "Stories could not be prepared in advance",
}

// sentenceOf returns the explanation of a log event.
func sentenceOf(event string) string {
	if s, ok := sentences[event]; ok {
		return s
	}
	return strings.ReplaceAll(event, "_", " ")
}
