package sim

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// A hundred people talk to a bot that answers from its webhook. No update is lost, each chat stays in order, and nothing is left running.
func TestTelegramServesACrowd(t *testing.T) {
	const people, texts = 100, 20
	synctest.Test(t, func(t *testing.T) {
		var b *bot
		echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var u sent
			if err := decode(r, &u); err != nil {
				t.Error(err)
			}
			b.must(nil, "sendMessage", "chat_id", u.Message.Chat.ID, "text", "re "+u.Message.Text)
		})
		tg, b2, _ := newWorld(t, TelegramConfig{Latency: 10 * time.Millisecond, Transport: Transport(map[string]http.Handler{"bot.test": echo})})
		b = b2
		var mu sync.Mutex
		heard := map[int64][]string{}
		defer tg.Subscribe(func(e Event) {
			mu.Lock()
			defer mu.Unlock()
			if e.Message.FromBot {
				heard[e.Chat] = append(heard[e.Chat], e.Message.Text)
			}
		})()
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := tg.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		b.must(nil, "setWebhook", "url", "https://bot.test/")
		for id := range int64(people) {
			running.Go(func() {
				p := tg.Person(Profile{ID: 100 + id})
				for i := range texts {
					p.Say(fmt.Sprint(i))
					time.Sleep(time.Millisecond)
				}
			})
		}
		time.Sleep(time.Minute)
		cancel()
		running.Wait()

		want := make([]string, texts)
		for i := range want {
			want[i] = fmt.Sprintf("re %d", i)
		}
		for id := range int64(people) {
			if got := strings.Join(heard[100+id], ","); got != strings.Join(want, ",") {
				t.Errorf("chat %d heard %s", 100+id, got)
			}
		}
		if tg.Pending() != 0 || tg.Calls()["sendMessage"] != people*texts {
			t.Errorf("%d pending, calls %v", tg.Pending(), tg.Calls())
		}
	})
}

func BenchmarkSendMessage(b *testing.B) {
	_, bot, _ := newWorld(b, TelegramConfig{})
	text := "<b>Дом</b> " + strings.Repeat("слова ", 100)
	b.ReportAllocs()
	for b.Loop() {
		bot.send(text, "parse_mode", "HTML")
	}
}

func BenchmarkSayAndPoll(b *testing.B) {
	_, bot, ada := newWorld(b, TelegramConfig{})
	b.ReportAllocs()
	for b.Loop() {
		var id int64
		for range 100 {
			id = ada.Say("hello")
		}
		if got := len(bot.updates()); got != 100 {
			b.Fatalf("%d updates", got)
		}
		bot.updates("offset", id+1)
	}
}
