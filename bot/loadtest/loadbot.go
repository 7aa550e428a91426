package loadtest

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/sim"
	"excursobot/bot/web"
)

// loadBot is a bot between simulated servers, in this process or in a separate one.
type loadBot struct {
	servers
	app      *app.App    // nil if the bot has its own process
	process  *botProcess // nil if it has none
	recorder *recorder
	calls    account
	addr     string       // of its pages
	stop     func() error // stops the bot and waits for its end
}

// newLoadBot starts a bot with its store in dir. A fast one has no limits, and its servers take no time.
func newLoadBot(cfg config.Config, dir string, articles []sim.Article, s scenario, fast bool) (*loadBot, error) {
	rec, err := newRecorder()
	if err != nil {
		return nil, err
	}
	b := &loadBot{recorder: rec, servers: newServers(s.Seed, articles, s.Fail, s.Lies, s.Quirk, fast)}
	b.telegram.Subscribe(rec.record)
	if s.Apart && !fast {
		return b, b.startApart(dir, s)
	}
	cfg.Store = config.StoreConfig{Dir: dir}
	useServers(&cfg)
	if s.Small {
		cfg.Places.Contact = ""
	}
	if fast {
		removeLimits(&cfg)
	} else {
		cfg.Live.Intervals, cfg.Live.Default = []time.Duration{s.every()}, config.Every(s.every())
	}
	world := b.world()
	world.Unwatched, world.Witness = s.Blind, &guide.Witness{Asked: b.calls.note}
	if b.app, err = app.New(cfg, world, slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	addr := s.HTTP
	if addr == "" || fast {
		addr = "127.0.0.1:0"
	}
	l, err := web.Listen(context.Background(), addr)
	if err != nil {
		return nil, errors.Join(err, b.app.Close())
	}
	b.addr = l.Addr().String()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- b.app.Run(ctx, l) }()
	b.stop = func() error {
		cancel()
		return <-ended
	}
	return b, nil
}

// startApart starts the bot in a separate process.
func (b *loadBot) startApart(dir string, s scenario) (err error) {
	env := []string{"LIVE_INTERVALS=" + s.every().String(), "LIVE_DEFAULT=" + s.every().String()}
	if !s.Small {
		env = append(env, "WIKIPEDIA_CONTACT=load")
	}
	if b.process, err = newBotProcess(dir, b.servers, env...); err != nil {
		return err
	}
	b.addr, b.stop = b.process.addr, b.process.close
	if err = b.process.start(context.Background()); err != nil {
		err = errors.Join(err, b.process.close())
	}
	return err
}

// answers returns the bot's answers by source, and the mean wait of its calls to the model, 0 if only the bot itself knows it.
func (b *loadBot) answers(ctx context.Context) (bySource map[guide.Source]uint64, wait time.Duration, err error) {
	if b.process != nil {
		s, err := b.process.stats(ctx)
		bySource = map[guide.Source]uint64{}
		for source, n := range s.Requests.Total {
			bySource[guide.Source(source)] = n
		}
		return bySource, 0, err
	}
	g := b.app.Stats().Guide
	return map[guide.Source]uint64{
		guide.FromLibrary: g.Library, guide.FromModel: g.Generated, guide.FromExtract: g.Extract, guide.FromPack: g.Pack, guide.FromNone: g.None,
	}, g.Waited / time.Duration(max(1, g.Batches)), nil
}

// pid returns the number of the process with the bot.
func (b *loadBot) pid() int {
	if b.process != nil {
		return b.process.pid()
	}
	return os.Getpid()
}

// useServers makes the configuration lead to the simulated servers.
func useServers(cfg *config.Config) {
	cfg.Telegram = config.TelegramConfig{Token: token, APIURL: config.TelegramAPI, Admins: cfg.Telegram.Admins}
	cfg.OpenAI.APIKey, cfg.OpenAI.BaseURL, cfg.OpenAI.Model = "load", "http://model.load/v1", "load"
	cfg.Places.WikipediaURL, cfg.Places.Contact = "http://{lang}.wikipedia.load/w/api.php", "load"
	cfg.Places.WikidataURL, cfg.Places.CommonsURL = "http://data.wikipedia.load/w/api.php", "http://files.wikipedia.load/w/api.php"
}

// world returns the servers as a bot reaches them.
func (s *servers) world() app.World {
	return app.World{
		Telegram:    sim.Transport(map[string]http.Handler{"api.telegram.org": s.telegram}),
		Model:       sim.Transport(map[string]http.Handler{"model.load": s.asked}),
		Wikipedia:   sim.Transport(map[string]http.Handler{"*.wikipedia.load": s.wikipedia}),
		WithoutPack: true, // the built-in stories would improve the figures of a cold store
	}
}

func removeLimits(cfg *config.Config) {
	const unlimited = 1e6
	cfg.OpenAI.RequestsPerMinute = unlimited
	lim := &cfg.Limits
	lim.Wikipedia, lim.WikipediaPerMinute, lim.WikipediaAtOnce = unlimited, unlimited, 64
	lim.PersonStoryEvery, lim.PersonUpdates, lim.Stories = time.Microsecond, unlimited, unlimited
	lim.ChatMessages, lim.Messages = unlimited, unlimited
}
