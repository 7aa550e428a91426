package bot

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"excursobot/store"
)

const (
	sentSetting = "described"     // a JSON object of hashes: the subject of a call -> the content with which it was made last
	sentMost    = 2 * time.Second // for reading and writing the setting
	sentKept    = 500             // calls; beyond it all are forgotten, which costs the calls of a first start
)

// sentTexts remembers, in the store, with which content calls that describe the bot were made last. Telegram keeps these texts, and delays a bot that
// sends them at each start. If the store fails, they are sent again.
type sentTexts struct {
	store    store.Settings
	username func() string // of the bot: another bot has other texts
	observe  Observe
	log      *slog.Logger

	mu     sync.Mutex
	loaded bool
	marks  map[string]string
}

// mark is one call: a hash of what it is about, and a hash of the whole call.
type mark struct{ about, content string }

func (s *sentTexts) mark(method string, payload map[string]any) mark {
	return mark{
		about:   hashOf(s.username(), method, payload["scope"], payload["language_code"]),
		content: hashOf(payload),
	}
}

// hashOf returns 72 bits of a hash, as text.
func hashOf(parts ...any) string {
	raw, err := json.Marshal(parts)
	if err != nil { // a type of this package cannot be marshalled
		raw = fmt.Append(nil, parts...)
	}
	sum := sha256.Sum256(raw)
	return base64.RawURLEncoding.EncodeToString(sum[:9])
}

// has reports whether the call was made with this content last.
func (s *sentTexts) has(ctx context.Context, m mark) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loadLocked(ctx)
	return s.marks[m.about] == m.content
}

// add remembers that the call was made.
func (s *sentTexts) add(ctx context.Context, m mark) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.loadLocked(ctx)
	if len(s.marks) >= sentKept {
		clear(s.marks)
	}
	s.marks[m.about] = m.content
	raw, err := json.Marshal(s.marks)
	if err == nil {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sentMost) // the call was made, whatever ends now
		defer cancel()
		err = s.store.SetSetting(ctx, sentSetting, string(raw))
	}
	if err != nil {
		s.observe.Error("store")
		s.log.Warn("description_unsaved", "error", err)
	}
}

// loadLocked reads the setting once.
func (s *sentTexts) loadLocked(ctx context.Context) {
	if s.loaded {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, sentMost)
	defer cancel()
	raw, err := s.store.Setting(ctx, sentSetting)
	if err != nil {
		s.log.Warn("description_unread", "error", err)
	}
	s.marks = map[string]string{}
	_ = json.Unmarshal([]byte(raw), &s.marks) // of another form: all is sent again
	s.loaded = err == nil
}
