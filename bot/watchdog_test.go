package bot

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/bot/intake"
)

func TestALongPollIsNoSilence(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{edit: func(c *Config) { c.Silence = 2 * time.Minute }})
		time.Sleep(time.Hour)
		if err := w.bot.Ready(); err != nil {
			t.Error(err)
		}
		w.close()
	})
}

func TestALostWebhookIsSetAgain(t *testing.T) {
	inWorld(t, newWorld, worldConfig{webhook: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		w.must(w.bot.out.Call(t.Context(), "deleteWebhook", struct{}{}, nil))
		update := p.Say("/help")
		time.Sleep(2 * time.Minute)
		w.waitDone(update)
		if !strings.Contains(w.logs.String(), "webhook_gone") {
			t.Errorf("nothing said: %s", w.logs)
		}
	})
}

func TestAWebhookThatFailedBeforeTheStartIsNoReasonToBeNotReady(t *testing.T) {
	inWorld(t, newWorld, worldConfig{webhook: true}, func(t *testing.T, w *world) {
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		w.cut()
		delete(w.hosts, "bot.test")
		update := p.Say("/help")
		time.Sleep(2 * time.Minute)

		w.start()
		route := w.hosts["bot.test"]
		delete(w.hosts, "bot.test") // a platform that waits for the bot to be ready
		time.Sleep(time.Minute / 2)
		if err := w.bot.Ready(); err != nil {
			t.Errorf("not ready: %v", err)
		}
		w.hosts["bot.test"] = route
		w.waitDone(update)
	})
}

func TestAWebhookThatIsNotReachedIsToldAndEndsRun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, worldConfig{webhook: true})
		p := w.person(1, "en")
		w.waitDone(p.Say("/start"))
		delete(w.hosts, "bot.test")
		p.Say("/help")
		time.Sleep(5 * time.Minute)
		if err := w.bot.Ready(); err == nil || !strings.Contains(err.Error(), "cannot post") {
			t.Error(err)
		}
		if err := <-w.ended; !errors.Is(err, intake.ErrSilent) {
			t.Errorf("Run: %v, want ErrSilent", err)
		}
		w.ended <- nil
		w.close()
	})
}
