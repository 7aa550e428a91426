package app

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
	"excursobot/store/boltstore"
)

func TestOnlyATokenThatWasInUseMayBeShort(t *testing.T) {
	const short, other, long = "12345678", "abcdefgh", "0123456789abcdef"
	for _, c := range []struct {
		name   string
		people bool
		tokens []string
		want   []bool
	}{
		{"a new store takes no short one", false, []string{short, long, short}, []bool{false, true, false}},
		{"an old store keeps its own", true, []string{short, short, other, short, ""}, []bool{true, true, false, true, true}},
		{"once long, always long", true, []string{short, long, long, short}, []bool{true, true, true, false}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := boltstore.Open(boltstore.Config{Path: t.TempDir() + "/x.db"})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if c.people {
				_, err := s.UpdateUser(t.Context(), 7, func(u *store.User) error { u.Seen = time.Now(); return nil })
				if err != nil {
					t.Fatal(err)
				}
			}
			for i, token := range c.tokens {
				a := &App{store: s}
				a.cfg.Monitor.Token = token
				err := a.acceptToken(t.Context())
				var usage config.UsageError
				if (err == nil) != c.want[i] || err != nil && (!errors.As(err, &usage) || !strings.Contains(err.Error(), "at least 16 characters")) {
					t.Errorf("start %d with %q: %v", i, token, err)
				}
				if err != nil && strings.Contains(err.Error(), token) {
					t.Errorf("the token is in %q", err)
				}
			}
			kept, err := s.Setting(t.Context(), tokenSetting)
			if err != nil || kept == "" || strings.Contains(kept, short) || strings.Contains(kept, long) {
				t.Errorf("remembered %q (%v)", kept, err)
			}
		})
	}
	s, err := boltstore.Open(boltstore.Config{Path: t.TempDir() + "/x.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := &App{store: s}
	a.cfg.Monitor.Token = long
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := a.acceptToken(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("a store that does not answer: %v", err)
	}
}

func TestALongTokenIsRememberedBesideTheStart(t *testing.T) {
	s, err := boltstore.Open(boltstore.Config{Path: t.TempDir() + "/x.db"})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		a := &App{store: s}
		a.cfg.Monitor.Token = "0123456789abcdef"
		ended := make(chan error)
		go func() { ended <- a.rememberToken(ctx) }()
		time.Sleep(rememberAfter)
		synctest.Wait()
		kept, err := s.Setting(ctx, tokenSetting)
		if err != nil {
			t.Fatal(err)
		}
		if same, err := isToken(kept, a.cfg.Monitor.Token); !same || err != nil {
			t.Errorf("remembered %q (%v)", kept, err)
		}
		select {
		case err := <-ended: // a part that ends stops the bot
			t.Errorf("ended with %v", err)
		default:
		}
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}
