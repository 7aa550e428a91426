package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// hook is a webhook that answers as configured and records the posts.
type hook struct {
	mu      sync.Mutex
	answer  func(chat int64, text string, n int) (status int, retryAfter string) // n-th post, from 1
	start   time.Time
	got     []string // "after text"
	texts   []string
	running map[int64]int
	worst   int // most posts at once in one chat
	peak    int // most posts at once
	slow    time.Duration
	header  http.Header
}

// decode reads a request's body.
func decode(r *http.Request, out any) error { return json.NewDecoder(r.Body).Decode(out) }

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var u sent
	if err := decode(r, &u); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	chat := u.Message.Chat.ID
	h.mu.Lock()
	h.header = r.Header
	h.got = append(h.got, fmt.Sprint(time.Since(h.start), " ", u.Message.Text))
	h.texts = append(h.texts, u.Message.Text)
	h.running[chat]++
	all := 0
	for _, n := range h.running {
		all += n
	}
	h.worst, h.peak = max(h.worst, h.running[chat]), max(h.peak, all)
	status, retryAfter := 200, ""
	if h.answer != nil {
		status, retryAfter = h.answer(chat, u.Message.Text, len(h.got))
	}
	h.mu.Unlock()
	pause(r, h.slow)
	h.mu.Lock()
	h.running[chat]--
	h.mu.Unlock()
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	w.WriteHeader(status)
}

// seen returns the posts so far: with times, and only the texts.
func (h *hook) seen() (timed, texts []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.got), slices.Clone(h.texts)
}

// hooked runs a test in a bubble with a server that posts to h.
func hooked(t *testing.T, h *hook, test func(t *testing.T, tg *Telegram, b *bot, ada *Person)) {
	synctest.Test(t, func(t *testing.T) {
		h.start, h.running = time.Now(), map[int64]int{}
		tg, b, ada := newWorld(t, TelegramConfig{Transport: Transport(map[string]http.Handler{"bot.test": h})})
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- tg.Run(ctx) }()
		synctest.Wait()
		if err := tg.Run(ctx); err == nil {
			t.Error("a second Run")
		}
		b.must(nil, "setWebhook", "url", "https://bot.test/hook", "secret_token", "s3cret")
		test(t, tg, b, ada)
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

func TestWebhookPosts(t *testing.T) {
	h := &hook{}
	hooked(t, h, func(t *testing.T, tg *Telegram, b *bot, ada *Person) {
		ada.Say("a")
		synctest.Wait()
		if got, _ := h.seen(); !slices.Equal(got, []string{"0s a"}) || tg.Pending() != 0 {
			t.Errorf("posted %v, %d pending", got, tg.Pending())
		}
		if h.header.Get("X-Telegram-Bot-Api-Secret-Token") != "s3cret" || h.header.Get("Content-Type") != "application/json" || h.header.Get("User-Agent") != "" {
			t.Errorf("headers %v", h.header)
		}
		b.must(nil, "deleteWebhook")
		ada.Say("b")
		synctest.Wait()
		if got, _ := h.seen(); tg.Pending() != 1 || len(got) != 1 {
			t.Errorf("without a webhook: posted %v, %d pending", got, tg.Pending())
		}
		b.must(nil, "setWebhook", "url", "https://bot.test/hook", "drop_pending_updates", true)
		ada.Say("c")
		synctest.Wait()
		if _, texts := h.seen(); !slices.Equal(texts, []string{"a", "c"}) {
			t.Errorf("posted %v, want b dropped", texts)
		}
	})
}

func TestWebhookRetries(t *testing.T) {
	h := &hook{answer: func(_ int64, text string, n int) (int, string) {
		if text == "a" && n <= 9 {
			return 503, ""
		}
		return 204, ""
	}}
	hooked(t, h, func(t *testing.T, tg *Telegram, b *bot, ada *Person) {
		ada.Say("a")
		ada.Say("b")
		tg.Person(Profile{ID: 8}).Say("other") // is not blocked
		time.Sleep(30 * time.Second)
		var info struct {
			URL     string `json:"url"`
			Pending int    `json:"pending_update_count"`
			Error   string `json:"last_error_message"`
			Date    int64  `json:"last_error_date"`
		}
		b.must(&info, "getWebhookInfo")
		if info.URL != "https://bot.test/hook" || info.Pending != 2 || info.Error != "Wrong response from the webhook: 503 Service Unavailable" || info.Date == 0 {
			t.Errorf("info %+v", info)
		}
		time.Sleep(10 * time.Minute)
		want := []string{"0s a", "0s a", "2s a", "6s a", "14s a", "30s a", "1m2s a", "2m2s a", "3m2s a", "3m2s b"}
		all, _ := h.seen()
		got := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "0s other" })
		if !slices.Equal(got, want) || len(all) != len(want)+1 {
			t.Errorf("posted\n%v, want\n%v and the other", all, want)
		}
		if tg.Pending() != 0 {
			t.Errorf("%d pending", tg.Pending())
		}
	})
}

func TestWebhookObeysRetryAfter(t *testing.T) {
	h := &hook{answer: func(_ int64, _ string, n int) (int, string) {
		if n <= 2 {
			return 503, "7"
		}
		return 200, ""
	}}
	hooked(t, h, func(t *testing.T, _ *Telegram, _ *bot, ada *Person) {
		ada.Say("a")
		time.Sleep(time.Minute)
		if got, _ := h.seen(); !slices.Equal(got, []string{"0s a", "7s a", "14s a"}) {
			t.Errorf("posted %v, want one each 7 s", got)
		}
	})
}

func TestWebhookKeepsOrderAndConnections(t *testing.T) {
	h := &hook{slow: 100 * time.Millisecond}
	hooked(t, h, func(t *testing.T, tg *Telegram, b *bot, ada *Person) {
		b.must(nil, "setWebhook", "url", "https://bot.test/hook", "max_connections", 5)
		var want []string
		for i := range 20 {
			ada.Say(fmt.Sprint(i))
			want = append(want, fmt.Sprint(i))
			tg.Person(Profile{ID: int64(100 + i)}).Say("other")
		}
		time.Sleep(time.Minute)
		_, all := h.seen()
		got := slices.DeleteFunc(slices.Clone(all), func(s string) bool { return s == "other" })
		if !slices.Equal(got, want) {
			t.Errorf("one chat's order: %v", got)
		}
		if len(all) != 40 || tg.Pending() != 0 {
			t.Errorf("%d posts, %d pending", len(all), tg.Pending())
		}
		if h.worst != 1 || h.peak != 5 {
			t.Errorf("%d at once in a chat, want 1; %d in all, want 5", h.worst, h.peak)
		}
	})
}

func TestWebhookSurvivesAnAbsentBot(t *testing.T) {
	h := &hook{}
	hooked(t, h, func(t *testing.T, tg *Telegram, b *bot, ada *Person) {
		b.must(nil, "setWebhook", "url", "https://gone.test/hook")
		ada.Say("a")
		time.Sleep(10 * time.Second)
		if tg.Pending() != 1 {
			t.Errorf("%d pending", tg.Pending())
		}
		// A new address does not inherit the delay of the old one.
		h.start = time.Now()
		b.must(nil, "setWebhook", "url", "https://bot.test/hook")
		synctest.Wait()
		if got, _ := h.seen(); !slices.Equal(got, []string{"0s a"}) || tg.Pending() != 0 {
			t.Errorf("posted %v, %d pending", got, tg.Pending())
		}
	})
}

func TestRunGivesUpPostsWhenItsContextEnds(t *testing.T) {
	h := &hook{slow: time.Second}
	hooked(t, h, func(t *testing.T, tg *Telegram, _ *bot, ada *Person) {
		ada.Say("a")
		synctest.Wait()
		t.Cleanup(func() {
			if tg.Pending() != 1 {
				t.Errorf("%d pending, want the update whose post was cut", tg.Pending())
			}
		})
	})
}
