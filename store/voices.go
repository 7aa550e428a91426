package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Extract is the Length in the key of a voice that speaks an extract, for which there is no story.
const Extract Length = "extract"

// VoiceKey names a recording of a text.
type VoiceKey struct {
	StoryKey
	Voice string `json:"voice,omitzero"` // as the speech server names it
}

// Voice is a recording that Telegram keeps.
type Voice struct {
	VoiceKey
	Text     string        `json:"text,omitzero"` // TextHash of the story's or the extract's text
	Model    string        `json:"model,omitzero"`
	FileID   string        `json:"file_id,omitzero"` // Telegram's
	Duration time.Duration `json:"duration,omitzero"`
	Bytes    int           `json:"bytes,omitzero"`
	Created  time.Time     `json:"created,omitzero"`
}

// Voices keeps recordings. When a story gets another text, is retired or deleted, its voices are deleted with it.
type Voices interface {
	// Voice returns ErrNotFound also if the recording is of another text than the one with that TextHash.
	Voice(ctx context.Context, key VoiceKey, text string) (Voice, error)
	// PutVoice stores or replaces. It returns ErrNotFound if no story with that key and text exists that is not retired, except for
	// an Extract. A sweep VoiceLife after Created deletes the voice; one with a zero Created stays.
	PutVoice(ctx context.Context, v Voice) error
	// DeleteVoice deletes a recording that Telegram does not know any more. An unknown one is not an error.
	DeleteVoice(ctx context.Context, key VoiceKey) error
}

// VoiceLife is how long a voice is kept.
const VoiceLife = StoryLife

// TextHash returns what a text is recognised by: 128 bits of its SHA-256, hexadecimal.
func TextHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}
