package store

import (
	"context"
	"time"
)

// User is one person.
type User struct {
	ID           int64     `json:"id,omitzero"`
	Language     string    `json:"language,omitzero"`      // chosen with /language or taken at the first contact; "" = not chosen
	LanguageCode string    `json:"language_code,omitzero"` // as Telegram last sent it
	Length       Length    `json:"length,omitzero"`        // "" = short for single locations, long for walks
	Interests    []string  `json:"interests,omitzero"`     // ids from a fixed list
	HidePictures bool      `json:"hide_pictures,omitzero"`
	HidePins     bool      `json:"hide_pins,omitzero"`
	Banned       bool      `json:"banned,omitzero"`
	Unreachable  bool      `json:"unreachable,omitzero"` // the person blocked the bot
	HintAt       time.Time `json:"hint_at,omitzero"`     // of the last hint about live locations
	AskedAt      time.Time `json:"asked_at,omitzero"`    // when the person was asked how many stars to give; zero = answered
	Created      time.Time `json:"created,omitzero"`
	Seen         time.Time `json:"seen,omitzero"`
	Walks        int       `json:"walks,omitzero"` // that ended; SaveWalks counts
	Metres       float64   `json:"metres"`         // of these walks together

	Voice          VoiceWish `json:"voice,omitzero"`           // when stories are spoken
	VoiceForbidden bool      `json:"voice_forbidden,omitzero"` // the person's settings refuse voice messages
	NoNews         bool      `json:"no_news,omitzero"`         // the person wants no news of the operator's
	QuestionsNoted bool      `json:"questions_noted,omitzero"` // the person was told where questions go
}

// VoiceWish says when a person wants to hear stories.
type VoiceWish string

// The wishes.
const (
	VoiceOnRequest VoiceWish = ""
	VoiceOnWalks   VoiceWish = "walks"
	VoiceAlways    VoiceWish = "always"
)

// Users keeps a profile for each person.
type Users interface {
	// User returns ErrNotFound for an unknown person.
	User(ctx context.Context, id int64) (User, error)
	// UpdateUser calls fn with the person (a zero User with the ID if the person is new) and stores the result. fn may not change the ID.
	UpdateUser(ctx context.Context, id int64, fn func(*User) error) (User, error)
	// UsersAfter returns at most limit people whose ID is above after, ordered by ID.
	UsersAfter(ctx context.Context, after int64, limit int) ([]User, error)
	// People counts the people seen at the time or after it.
	People(ctx context.Context, since time.Time) (int, error)
}
