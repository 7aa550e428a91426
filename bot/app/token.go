package app

import (
	"context"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/limiter"
	"excursobot/store"
)

// tokenSetting is the setting of the store with the hash of the dashboard's token that was accepted last: "<salt>:<hash>", both in hexadecimal.
const tokenSetting = "dashboard_token"

// tokenRounds makes each guess at the token of a stolen backup cost some tens of milliseconds.
const tokenRounds = 200_000

// acceptToken refuses a new monitor.token that can be guessed. One that is in use since before there was a minimum keeps working: the store of a bot
// that people used remembers its token at the first start.
func (a *App) acceptToken(ctx context.Context) error {
	token := a.cfg.Monitor.Token
	if token == "" {
		return nil
	}
	remembered, err := a.store.Setting(ctx, tokenSetting)
	if err != nil {
		return fmt.Errorf("read the setting %s: %w", tokenSetting, err)
	}
	same, err := isToken(remembered, token)
	if err != nil || same {
		return err
	}
	if a.cfg.ShortToken() {
		used, err := used(ctx, a.store)
		if err != nil {
			return err
		}
		if remembered != "" || !used {
			return config.UsageError{Err: fmt.Errorf("monitor.token (%s): a new token must have at least %d characters (only the one that was in use before may be shorter)",
				a.cfg.Origin("monitor.token"), config.TokenLength)}
		}
	}
	hashed, err := hashToken(token, []byte(rand.Text()))
	if err != nil {
		return err
	}
	return a.store.SetSetting(ctx, tokenSetting, hashed)
}

// rememberAfter is how long after the start a token is remembered: its hash takes as much of the processor as half of the start.
const rememberAfter = 5 * time.Second

// rememberToken is acceptToken of a token that is long enough to be accepted in any case. It returns when ctx ends.
func (a *App) rememberToken(ctx context.Context) error {
	if limiter.Sleep(ctx, rememberAfter) == nil {
		if err := a.acceptToken(ctx); err != nil && ctx.Err() == nil {
			a.log.Error("token_not_remembered", "error", err) // the next start tries again
		}
	}
	<-ctx.Done()
	return nil
}

// used reports whether anybody ever wrote to the bot of this store.
func used(ctx context.Context, s store.Users) (bool, error) {
	n, err := s.People(ctx, time.Unix(0, 0))
	return n > 0, err
}

// isToken reports whether a remembered hash is that of the token.
func isToken(remembered, token string) (bool, error) {
	salt, _, ok := strings.Cut(remembered, ":")
	raw, err := hex.DecodeString(salt)
	if !ok || err != nil {
		return false, nil //nolint:nilerr // nothing is remembered
	}
	hashed, err := hashToken(token, raw)
	return subtle.ConstantTimeCompare([]byte(hashed), []byte(remembered)) == 1, err
}

func hashToken(token string, salt []byte) (string, error) {
	key, err := pbkdf2.Key(sha256.New, token, salt, tokenRounds, sha256.Size)
	return hex.EncodeToString(salt) + ":" + hex.EncodeToString(key), err
}
