package bot

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/speech"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/store"
)

// Store is all roles of the store that the subjects need.
type Store interface {
	store.Users
	store.Told
	store.Places
	store.Ledger
	store.Walks
	store.Payments
	store.Settings
	store.Inbox
	store.Deliveries
	store.Recent
	store.Tours
	store.Reports
	// RetiredStories is as in store.Stories.
	RetiredStories(ctx context.Context, after store.StoryKey, limit int) ([]store.Story, error)
	// ForgetUser is as in store.Store.
	ForgetUser(ctx context.Context, person int64, at time.Time) error
	userMover
}

// Config configures a Bot. API, Store, Guide and Words are required.
type Config struct {
	API    telegram.API
	Store  Store
	Guide  *guide.Guide
	Words  *text.Catalog
	Voices *speech.Speech // nil = stories are not spoken
	Log    *slog.Logger   // default: no log

	WebhookURL    string // where Telegram posts updates; "" = long polling
	WebhookSecret string // required with WebhookURL: 1-256 of A-Z a-z 0-9 _ -

	// Room reports whether there is room for a payment, as far as the bot can know before it is made; nil = there is.
	Room func() bool

	// ClockSkew returns by how much this machine's clock is ahead of Telegram's; nil = the clocks agree.
	ClockSkew func() time.Duration

	Silence time.Duration // Run ends with intake.ErrSilent after this long without contact to Telegram; default 10 min, negative = never

	MaxInflight     int              // updates waiting and under way; default 2000. Telegram keeps what is beyond it
	MaxBytes        int              // of these updates together, as Telegram sent them; default 8 MiB
	PerChat         int              // of one chat; default 20
	HidePictures    bool             // no story has a picture
	Vision          bool             // people's photos are looked at
	Admins          []int64          // operators
	Support         string           // whom /paysupport names; "" = nobody
	DailyTokens     int64            // for /admin, as the guide has it; 0 = no limit
	DailyCharacters int64            // for /admin; 0 = no limit
	PriceIn         float64          // dollars for a million tokens of prompts, for /admin; 0 = unknown
	PriceOut        float64          // the same of answers
	Today           func() Today     // the day's numbers for /admin; nil = nobody counts
	ShortToken      bool             // the dashboard's token is shorter than it should be; for /admin
	Model           func() ModelNote // for /admin; nil = there is no model
	Limits          Limits
	Live            live.Config // Store, Log, Shared, Ahead, AskTime and Observe are the Bot's

	// Cluster shares the chats out among several processes on the same Store; nil = there is no other process.
	Cluster store.Cluster
	Replica string        // names this process among them; required with Cluster
	Lease   time.Duration // after it the work of a dead one is taken over; default 30 s

	Observe Observe
}

// Limits are the rates that the bot keeps to and to which it holds people. A zero field is its default, a negative rate is no limit.
type Limits struct {
	intake.Limits
	ChatRate       float64       // messages to one chat, a second; default 1
	ChatBurst      int           // default 3
	GroupRate      float64       // messages to one group, a second; default 0.25
	GroupBurst     int           // default 5: with GroupRate at most 20 in any minute, which is Telegram's limit
	OutRate        float64       // messages in all, a second; default 25
	OutBurst       int           // default 5: with OutRate at most 30 in any second, which is Telegram's own limit
	InlineRate     float64       // inline queries of a person, a second; default 2: people type
	InlineBurst    int           // default 20
	GuestRate      float64       // guest messages of a chat, a second; default 0.1
	GuestBurst     int           // default 3
	NoticeInterval time.Duration // between two notices of a kind to one person; default 1 min
}

func (l Limits) withDefaults() Limits {
	l.ChatRate, l.ChatBurst = cmp.Or(l.ChatRate, 1), cmp.Or(l.ChatBurst, 3)
	l.GroupRate, l.GroupBurst = cmp.Or(l.GroupRate, 0.25), cmp.Or(l.GroupBurst, 5)
	l.OutRate, l.OutBurst = cmp.Or(l.OutRate, 25), cmp.Or(l.OutBurst, 5)
	l.InlineRate, l.InlineBurst = cmp.Or(l.InlineRate, 2), cmp.Or(l.InlineBurst, 20)
	l.GuestRate, l.GuestBurst = cmp.Or(l.GuestRate, 0.1), cmp.Or(l.GuestBurst, 3)
	l.NoticeInterval = cmp.Or(max(l.NoticeInterval, 0), time.Minute)
	return l
}
