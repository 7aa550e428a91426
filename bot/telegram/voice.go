package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// Errors of SendVoice.
var (
	ErrNoVoices = errors.New("voice messages are refused")    // by the person's settings, or in the group
	ErrNoFile   = errors.New("the file_id is not known here") // any more, or to this bot
)

// Voice is a voice message: a file that Telegram keeps, or one to upload.
type Voice struct {
	FileID   string // "" = Data is uploaded
	Data     []byte // Ogg/Opus or MP3
	Name     string // of the file
	Duration time.Duration
	Caption  string // markup, at most 1024 characters without it
	Silent   bool
	Music    bool   // an MP3 that is sent as a piece of music, which ErrNoVoices does not concern
	Title    string // of the music
}

// Words in the descriptions, in lower case, of refusals.
var (
	noVoiceWords = []string{"voice_messages_forbidden", "chat_send_voices_forbidden", "chat_send_audios_forbidden", "rights to send voice", "rights to send audio"}
	noFileWords  = []string{"file identifier", "file_id", "file reference", "file_reference", "file id"}
)

// SentVoice is a voice message as Telegram has it.
type SentVoice struct {
	FileID  string
	Message int
}

// SendVoice sends a voice message. It returns nothing of it if the message may have arrived but the answer did not (ErrAmbiguous).
func (s *Sender) SendVoice(ctx context.Context, to Target, v Voice) (SentVoice, error) {
	method, field := "sendVoice", "voice"
	if v.Music {
		method, field = "sendAudio", "audio"
	}
	parameters := map[string]any{"caption": v.Caption, "parse_mode": "HTML"}
	if v.Duration > 0 {
		parameters["duration"] = max(1, int(v.Duration.Round(time.Second)/time.Second))
	}
	if v.Silent {
		parameters["disable_notification"] = true
	}
	if v.Music && v.Title != "" {
		parameters["title"] = v.Title
	}
	req := Request{To: to, Method: method, Payload: parameters}
	if v.FileID != "" {
		parameters[field] = v.FileID
	} else {
		fields := map[string]string{}
		for name, value := range parameters {
			fields[name] = fmt.Sprint(value)
		}
		req.Payload = Form{Fields: fields, Field: field, Name: v.Name, Data: v.Data}
	}
	var sent struct {
		ID           int `json:"message_id"`
		Voice, Audio *struct {
			ID string `json:"file_id"`
		}
	}
	err := s.Do(ctx, req, &sent)
	var refusal *APIError
	switch refused := errors.As(err, &refusal); {
	case refused && refusal.mentions(noVoiceWords...):
		return SentVoice{}, fmt.Errorf("%w: %w", ErrNoVoices, err)
	case refused && v.FileID != "" && refusal.Code == http.StatusBadRequest && refusal.mentions(noFileWords...):
		return SentVoice{}, fmt.Errorf("%w: %w", ErrNoFile, err)
	case err != nil:
		return SentVoice{}, err
	case sent.Voice != nil:
		return SentVoice{sent.Voice.ID, sent.ID}, nil
	case sent.Audio != nil: // Telegram takes some voices for music
		return SentVoice{sent.Audio.ID, sent.ID}, nil
	}
	return SentVoice{Message: sent.ID}, nil
}
