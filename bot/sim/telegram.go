package sim

import (
	"encoding/json"
	"net/http"
	"time"
)

// TelegramConfig sets a simulated Bot API.
type TelegramConfig struct {
	Token    string // default "1000:sim"
	Username string // of the bot, default "excursobot_sim_bot"
	// Limits makes it refuse with 429 over 30 messages a second in all and 1 a second (burst 3) in a chat.
	Limits  bool
	Latency time.Duration // of each call
	// Fault may answer a call itself (status, body) before it takes effect; ok false = no fault. nil = never.
	Fault func(method string, n int) (status int, body string, retryAfter int, ok bool)
}

// Telegram is the Bot API at /bot<token>/<method> (JSON, form and multipart bodies) and the people who use it. It checks what Telegram
// checks: known chats, 4096 UTF-16 units after HTML parsing, well-formed HTML, 64 bytes of callback data, "message is not modified".
// Updates go to getUpdates or, after setWebhook, are posted to the webhook one at a time per chat with Telegram's retries.
type Telegram struct{ _ int }

// NewTelegram returns a server without people. It starts nothing; webhook posts run in Run.
func NewTelegram(cfg TelegramConfig) *Telegram { panic("contract") }

// ServeHTTP is the Bot API.
func (t *Telegram) ServeHTTP(w http.ResponseWriter, r *http.Request) { panic("contract") }

// Button is an inline button of a message.
type Button struct{ Text, Data, URL string }

// Message is a message as a chat shows it now.
type Message struct {
	ID       int
	FromBot  bool
	Method   string // that made it: sendMessage, sendVenue, sendPhoto, ...
	Text     string // as shown, markup removed
	HTML     string // as sent
	Preview  string // link_preview_options.url
	Buttons  [][]Button
	Keyboard [][]string // reply keyboard labels
	Lat, Lon float64    // of a location or venue
	Edits    int
	At       time.Time // sent
	EditedAt time.Time
	File     []byte          // of a photo or document
	Raw      json.RawMessage // the last request that made it
}

// Event tells a subscriber what changed in a chat.
type Event struct {
	Kind    string // "message", "edit", "delete", "typing", "callback_answer", "precheckout_answer"
	Chat    int64
	Message Message // of message and edit
	Text    string  // of answers
	At      time.Time
}

// Subscribe calls fn for every event, in order, without a lock held that people's calls need; the returned function ends it.
func (t *Telegram) Subscribe(fn func(Event)) (cancel func()) { panic("contract") }

// Calls returns how often each method was called.
func (t *Telegram) Calls() map[string]int { panic("contract") }

// Profile is who somebody is.
type Profile struct {
	ID           int64 // chat and user id
	FirstName    string
	LanguageCode string
}

// Person returns the person with the id, joining them on first use.
func (t *Telegram) Person(p Profile) *Person { panic("contract") }

// Person acts in a private chat with the bot. Every method returns the id of the update it caused.
type Person struct{ _ int }

// Say sends a text.
func (p *Person) Say(text string) int64 { panic("contract") }

// Locate sends a static location.
func (p *Person) Locate(lat, lon float64) int64 { panic("contract") }

// Share starts a live location (period in seconds, 0x7FFFFFFF = until stopped) and returns its message id too.
func (p *Person) Share(lat, lon float64, period int) (update int64, message int) { panic("contract") }

// Move edits a live location; period as at the share.
func (p *Person) Move(message int, lat, lon float64, heading int) int64 { panic("contract") }

// StopSharing edits the live location without live_period.
func (p *Person) StopSharing(message int) int64 { panic("contract") }

// Press presses an inline button by its data.
func (p *Person) Press(message int, data string) int64 { panic("contract") }

// Block makes every send to the person fail with 403 until Unblock.
func (p *Person) Block() { panic("contract") }

// Unblock ends Block.
func (p *Person) Unblock() { panic("contract") }

// Messages returns the chat as it looks now, oldest first.
func (p *Person) Messages() []Message { panic("contract") }

// Inject delivers a raw update (without update_id) as JSON, for shapes that the other methods do not make.
func (t *Telegram) Inject(update json.RawMessage) int64 { panic("contract") }

// Pending returns how many updates the bot has not confirmed.
func (t *Telegram) Pending() int { panic("contract") }
