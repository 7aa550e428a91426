package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"path/filepath"
	"time"

	"excursobot/bot"
	"excursobot/bot/guide"
	"excursobot/bot/guide/chat"
	"excursobot/bot/monitor"
	"excursobot/bot/web"
	"excursobot/limiter"
	"excursobot/store"
)

// sessionsSetting is the setting of the store with the sessions of the dashboard that people logged out of.
const sessionsSetting = "dashboard_sessions"

// buildMonitor makes the monitor and lets it listen to the log. It is built first, so that every part can report to it. It reads the parts
// only after all are built.
func (a *App) buildMonitor() error {
	const tries = 5          // wrong tokens at once; then limits.unauthorized applies
	var everybody netip.Addr // shares one limit, whatever the addresses
	attempts := limiter.NewKeyed[netip.Addr](limiter.KeyedConfig{Rate: a.cfg.Limits.Unauthorized, Burst: tries})
	m, err := monitor.New(monitor.Config{
		Read:         a.reading,
		Ready:        func(ctx context.Context) map[string]string { return checkReady(ctx, a.probes()).Reasons },
		Version:      Version(),
		Token:        a.cfg.Monitor.Token,
		AllowAttempt: func(from netip.Addr) bool { return attempts.Allow(web.Group(from)) && attempts.Allow(everybody) },
		Sessions: monitor.Saved{
			Read:  func(ctx context.Context) (string, error) { return a.store.Setting(ctx, sessionsSetting) },
			Write: func(ctx context.Context, text string) error { return a.store.SetSetting(ctx, sessionsSetting, text) },
		},
		Log: a.log.With("part", "monitor"),
	})
	if err != nil {
		return err
	}
	a.monitor = m
	a.log = slog.New(m.LogHandler(a.log.Handler(), newRedactor(a.cfg.Secrets()).replaceAttr, "bot"))
	return nil
}

// observeBot connects the bot's events to the monitor, and its answers to answered as well.
func (a *App) observeBot(answered func(string, guide.Source, time.Duration)) bot.Observe {
	m := a.monitor
	if m == nil {
		return bot.Observe{Story: answered}
	}
	if answered == nil {
		answered = func(string, guide.Source, time.Duration) {}
	}
	return bot.Observe{
		Update:   func(kind, _ string) { m.Update(kind) },
		Call:     m.TelegramCall,
		First:    m.First,
		Late:     m.Late,
		Question: m.Question,
		Story: func(kind string, source guide.Source, took time.Duration) {
			m.Request(kind, string(source), took)
			answered(kind, source, took)
		},
		Error: m.Fault,
	}
}

// today returns what gives the operators the day's numbers, nil without a monitor.
func (a *App) today() func() bot.Today {
	if a.monitor == nil {
		return nil
	}
	return func() bot.Today {
		d := a.monitor.Today()
		inTime := func(l monitor.Latency) time.Duration { return time.Duration(l.P95 * float64(time.Second)) }
		return bot.Today{Since: d.Since, Answers: d.Answers, Errors: d.Errors, First: inTime(d.First), Story: inTime(d.Story)}
	}
}

// modelNote returns what gives the operators what the server tells about the model, nil without one.
func (a *App) modelNote() func() bot.ModelNote {
	if a.model == nil {
		return nil
	}
	return func() bot.ModelNote {
		m, now := a.model.Model(), time.Now()
		note := bot.ModelNote{Name: a.model.Name(), Unknown: m.Unknown}
		if m.EndsSoon(now) {
			note.Ends = m.Ends
			note.DaysLeft, _ = m.DaysLeft(now)
		}
		return note
	}
}

func (a *App) observeModel() func(chat.Call) {
	if a.monitor == nil {
		return nil
	}
	return func(c chat.Call) { a.monitor.ModelCall(c.Outcome, c.PromptTokens, c.CompletionTokens) }
}

func (a *App) observePlaces() func(string) {
	if a.monitor == nil {
		return nil
	}
	return a.monitor.PlacesCall
}

// reading collects the numbers of every part.
func (a *App) reading(ctx context.Context) monitor.Reading {
	g, b, p := a.guide.Stats(), a.bot.Stats(), a.places.Stats()
	r := monitor.Reading{
		Ingest: monitor.Ingest{
			Polling: a.cfg.Telegram.WebhookURL == "", InWork: b.Tasks, Capacity: a.cfg.Ingest.MaxInflight,
			DeadLetters: b.DeadLetters, Dropped: b.Dropped, Refused: b.Refused, Panics: b.Panics,
		},
		Gate: monitor.Gate{
			Slots: g.Gate.Slots, Running: g.Gate.Running, Peak: g.Gate.Peak, Room: queueSize,
			Waiting: map[string]int{}, Estimate: monitor.InSeconds(a.gate.Estimate(guide.Interactive)), Mean: monitor.InSeconds(g.Gate.Mean),
			Full: g.Gate.Full + g.Gate.Displaced, Late: g.Gate.Late,
		},
		Cache:  monitor.Cache{Hits: g.Cache.Hits, Misses: g.Cache.Misses, Bytes: g.Cache.Bytes, MaxBytes: uint64(a.cfg.Cache.MaxBytes)},
		Sender: monitor.Sender{Waiting: b.Out.Waiting, Pause: monitor.InSeconds(b.Out.Paused)},
		Places: monitor.Places{TileHits: p.TileHits, TileMisses: p.TileMisses, Pause: monitor.InSeconds(p.Pause)},
		Guide: monitor.Guide{
			Cards: g.Cards, Written: g.Written, Dropped: g.Dropped, DroppedBy: g.DroppedBy, Spared: g.Spared, Resting: g.Resting, Joined: g.Joined, Prepared: g.Prepared, Warmed: g.Warmed,
			Judged: monitor.Judged(g.Judged),
			Likes:  g.Likes, Dislikes: g.Dislikes, Wrong: g.Wrong, Reported: g.Reported,
		},
		Live: monitor.Live{
			Sessions: b.Walks.Sessions, Cap: a.cfg.Live.MaxSessions, Parked: b.Walks.Parked,
			Delivered: b.Walks.Delivered, Dropped: b.Walks.Dropped, Refused: b.Walks.Refused,
		},
		Disk:     diskOf(a.cfg.Store.Dir),
		Replicas: monitor.Replicas{Name: a.replica, Alive: b.Replicas, Chats: b.Chats},
	}
	if a.speech != nil {
		s := a.speech.Stats()
		r.Speech = monitor.Speech{
			Outcomes: s.Outcomes, Characters: s.Characters, Limit: uint64(a.cfg.Speech.DailyCharacters), Languages: s.Languages,
			Mean: monitor.InSeconds(s.Mean), Down: s.Down,
		}
		if spoken, err := a.store.Speak(ctx, store.DayOf(time.Now()), 0); err == nil {
			r.Speech.Today = uint64(max(0, spoken))
		}
	}
	for class, name := range map[limiter.Class]string{
		guide.Interactive: "interactive", guide.LiveTick: "live", guide.NextTick: "next", guide.Judging: "judge",
		guide.ReadAhead: "read_ahead", guide.WarmUp: "warm_up", guide.Packing: "pack",
	} {
		if int(class) < len(g.Gate.Waiting) {
			r.Gate.Waiting[name] = g.Gate.Waiting[class]
		}
	}
	if !b.LastIngest.IsZero() {
		r.Ingest.Silence = monitor.InSeconds(time.Since(b.LastIngest))
	}
	if a.model != nil {
		m, now := a.model.Model(), time.Now()
		r.Model = monitor.Model{Name: a.model.Name(), BreakerOpen: !a.model.Ready(), Unknown: m.Unknown, EndsSoon: m.EndsSoon(now)}
		if days, ok := m.DaysLeft(now); ok {
			r.Model.Ends, r.Model.DaysLeft = m.Ends.Format(time.DateOnly), days
		}
	}
	r.Budget.Limit = a.cfg.OpenAI.DailyTokens
	if spent, err := a.store.Spent(ctx, store.DayOf(time.Now()), 0); err == nil { // otherwise /readyz reports the store
		r.Budget.Spent = spent.Day
	}
	if inbox, err := a.store.InboxStats(ctx); err == nil {
		r.Inbox = monitor.Inbox{Pending: inbox.Pending, DeadLetters: inbox.DeadLetters}
	}
	if n, err := a.bot.StarsDifferences(ctx); err == nil {
		r.StarsDifferences = n
	}
	r.Store = a.readStore(ctx)
	return r
}

// hasRoom reports whether the volume of the store's file has room for payments and some other writes. A database reports it itself.
func (a *App) hasRoom() bool {
	const least = 4 << 20 // bytes
	if a.file == nil {
		return true
	}
	disk := diskOf(a.cfg.Store.Dir)
	return disk.TotalBytes == 0 || disk.FreeBytes >= least
}

// diskOf returns the free and the total space of the directory's volume, or zero if the system does not tell.
func diskOf(dir string) monitor.Disk {
	free, total, err := diskSpace(filepath.Clean(dir))
	if err != nil {
		return monitor.Disk{}
	}
	return monitor.Disk{FreeBytes: free, TotalBytes: total}
}

// runMonitor samples until ctx ends. It serves the pages if monitor.addr is set; if that address is taken, they are off.
func (a *App) runMonitor(ctx context.Context) error {
	addr := a.cfg.Monitor.Addr
	if addr == "" {
		return a.monitor.Run(ctx)
	}
	l, err := web.Listen(ctx, addr)
	if err != nil {
		a.log.Warn("monitor_off", "hint", "the dashboard and the metrics are off: set monitor.addr to a free address", "addr", addr, "error", err)
		return a.monitor.Run(ctx)
	}
	return a.serveMonitor(ctx, l)
}

// serveMonitor is runMonitor with pages on the listener. It closes the listener.
func (a *App) serveMonitor(ctx context.Context, l net.Listener) error {
	mux := http.NewServeMux()
	a.monitor.Routes(mux)
	const connections, patience = 64, time.Second
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	served := make(chan error, 1)
	go func() {
		defer cancel() // if the server ends, the monitor has failed
		served <- Recovered(func() error {
			return web.Serve(ctx, web.NewServer(mux, a.log), web.LimitListener(l, connections), patience)
		})
	}()
	return errors.Join(a.monitor.Run(ctx), <-served)
}
