// Package telegram is the client of the Bot API. It makes calls (Client), and sends messages (Sender): it splits them, keeps to Telegram's rates,
// repeats calls where that does no harm, and names the kinds of errors. It knows no handlers and nothing that the bot wants to say.
package telegram
