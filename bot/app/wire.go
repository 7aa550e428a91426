package app

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"excursobot/bot"
	"excursobot/bot/config"
	"excursobot/bot/guide"
	"excursobot/bot/guide/ask"
	"excursobot/bot/guide/chat"
	"excursobot/bot/guide/model"
	"excursobot/bot/intake"
	"excursobot/bot/killpoint"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo"
	"excursobot/geo/places"
	"excursobot/limiter"
	"excursobot/store"
)

// Values that only a maintainer would change.
const (
	queueSize        = 100             // jobs that can wait for the model: about ten minutes of its work
	placesPerCall    = 3               // a fourth place makes a call too long for a waiting person
	cacheTTL         = time.Hour       // of the stories of a cell; a vote or a new story replaces them earlier
	statementTimeout = 5 * time.Second // of Postgres; a statement takes milliseconds, so after this the database counts as away
)

func (a *App) buildGuide(world World) error {
	cache, err := geo.NewCache[[]store.Story](geo.CacheConfig{MaxBytes: int64(a.cfg.Cache.MaxBytes), TTL: cacheTTL})
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	a.stop.push("cache", func() error { cache.Close(); return nil })

	a.gate = limiter.NewGate(limiter.GateConfig{
		Slots: a.cfg.OpenAI.MaxConcurrent, QueueSize: queueSize, Classes: guide.Classes, Background: guide.Background,
	})
	cfg := guide.Config{
		Store:                a.store,
		Cache:                cache,
		Log:                  a.log.With("part", "guide"),
		Gate:                 a.gate,
		Witness:              world.Witness,
		PlacesPerCall:        placesPerCall,
		DailyTokens:          a.cfg.OpenAI.DailyTokens,
		DailyTokensPerPerson: a.cfg.OpenAI.DailyTokensPerPerson,
	}
	if a.monitor != nil {
		cfg.Edition = a.monitor.Edition
	}
	if a.places, err = a.newFinder(world); err != nil {
		return err
	}
	cfg.Places = a.places
	if !world.WithoutPack {
		if cfg.Pack, err = places.LoadPack(); err != nil {
			return fmt.Errorf("built-in pack: %w", err)
		}
	}
	if a.model, err = a.newModel(world); err != nil {
		return err
	}
	if a.model != nil {
		cfg.Model = model.New(a.model)
		cfg.Asker = ask.New(a.model)
		a.also("model", a.model.Run)
		if cfg.Judge, err = a.newJudge(world); err != nil {
			return err
		}
		cfg.Correct = func(ctx context.Context, c guide.Correction) error { return a.bot.Correct(ctx, c) }
		cfg.Replica = a.replica
	}
	cfg.Passage = a.cfg.OpenAI.Passage
	if a.database != nil {
		cfg.Slot = newSlots(a).take
	}
	if a.guide, err = guide.New(cfg); err != nil {
		return fmt.Errorf("guide: %w", err)
	}
	return nil
}

func (a *App) newFinder(world World) (*places.Finder, error) {
	lim := a.cfg.Limits
	perMinute := lim.WikipediaPerMinute
	if a.cfg.Places.Contact == "" {
		const lowTier = 10 // Wikipedia's limit for clients without a contact
		perMinute = min(perMinute, lowTier)
	}
	f, err := places.New(places.Config{
		Store:       a.store,
		HTTP:        newClient(world.Wikipedia),
		URL:         a.cfg.Places.WikipediaURL,
		WikidataURL: a.cfg.Places.WikidataURL,
		CommonsURL:  a.cfg.Places.CommonsURL,
		Editions:    a.cfg.Places.MoreEditions(),
		Contact:     a.cfg.Places.Contact,
		Version:     Version(),
		Log:         a.log.With("part", "places"),
		Observe:     a.observePlaces(),
		PerSecond:   lim.Wikipedia,
		PerMinute:   perMinute,
		Gate:        places.NewGate(lim.WikipediaAtOnce),
	})
	if err != nil {
		return nil, fmt.Errorf("places: %w", err)
	}
	a.stop.push("places", func() error { f.Close(); return nil })
	return f, nil
}

// newModel returns nil without a key: the guide then answers with extracts of the source.
func (a *App) newModel(world World) (*chat.Client, error) {
	if a.cfg.OpenAI.APIKey == "" {
		return nil, nil
	}
	return a.newChat(world, a.cfg.OpenAI.Model)
}

// newJudge returns nil if new stories are not judged. The judge is the writing model, unless openai.check_model names another one.
func (a *App) newJudge(world World) (*model.Judge, error) {
	o := a.cfg.OpenAI
	switch {
	case !o.Check:
		return nil, nil
	case o.CheckModel == "" || o.CheckModel == o.Model:
		return model.NewJudge(a.model), nil
	}
	own, err := a.newChat(world, o.CheckModel)
	if err != nil {
		return nil, err
	}
	a.also("judge", own.Run)
	return model.NewJudge(own), nil
}

// newChat returns a client of the model with that name.
func (a *App) newChat(world World, name string) (*chat.Client, error) {
	o := a.cfg.OpenAI
	var client *http.Client // by default its own, without a limit for the first byte: a server may have to load the model
	if world.Model != nil {
		client = newClient(world.Model)
	}
	m, err := chat.New(chat.Config{
		APIKey: o.APIKey, BaseURL: o.BaseURL, Model: name, Reasoning: o.Reasoning,
		HTTP:              client,
		Timeout:           o.Timeout,
		RequestsPerMinute: o.RequestsPerMinute,
		Log:               a.log.With("part", "model"),
		Observe:           a.observeModel(),
	})
	if err != nil {
		return nil, fmt.Errorf("model: %w", err)
	}
	return m, nil
}

func (a *App) buildBot(world World, words *text.Catalog) error {
	t, lim := a.cfg.Telegram, a.cfg.Limits
	api, err := telegram.NewClient(telegram.ClientConfig{
		Token: t.Token, URL: t.APIURL, Test: t.Test, Transport: killpoint.Transport(orNetwork(world.Telegram)), Uptime: world.Uptime,
	})
	if err != nil {
		return err
	}
	var cluster store.Cluster
	if a.database != nil {
		cluster = a.database
	}
	a.bot, err = bot.New(bot.Config{
		Cluster:         cluster,
		Replica:         a.replica,
		Lease:           a.cfg.Store.Lease,
		API:             api,
		ClockSkew:       api.ClockSkew,
		Room:            a.hasRoom,
		Store:           a.store,
		Guide:           a.guide,
		Words:           words,
		Voices:          a.speech,
		DailyCharacters: a.cfg.Speech.DailyCharacters,
		Log:             a.log.With("part", "bot"),
		WebhookURL:      t.WebhookURL,
		WebhookSecret:   t.WebhookSecret,
		MaxInflight:     a.cfg.Ingest.MaxInflight,
		MaxBytes:        int(a.cfg.Ingest.MaxBytes),
		Silence:         cmp.Or(a.cfg.Ingest.Silence, -1),
		HidePictures:    !a.cfg.Pictures,
		Vision:          a.cfg.OpenAI.Vision && a.model != nil,
		Admins:          t.Admins,
		Support:         t.Support,
		DailyTokens:     a.cfg.OpenAI.DailyTokens,
		PriceIn:         a.cfg.OpenAI.PriceIn,
		PriceOut:        a.cfg.OpenAI.PriceOut,
		Today:           a.today(),
		ShortToken:      a.cfg.ShortToken(),
		Model:           a.modelNote(),
		Live: live.Config{
			Intervals: a.cfg.Live.Intervals, Default: liveDefault(a.cfg.Live.Default), PassGap: a.cfg.Live.PassGap, Riding: world.Riding, MaxSessions: a.cfg.Live.MaxSessions,
			MaxUpdates: a.cfg.Live.MaxUpdates, BatchSize: a.cfg.Live.BatchSize, BatchTimeout: a.cfg.Live.BatchTimeout,
			Drain: a.cfg.Shutdown.Drain, Uptime: world.Uptime,
		},
		Observe: a.observeBot(world.Answered),
		Limits: bot.Limits{
			Limits: intake.Limits{
				StoryRate: 1 / lim.PersonStoryEvery.Seconds(), StoryBurst: lim.PersonStoryBurst,
				UpdateRate: lim.PersonUpdates, UpdateBurst: lim.PersonUpdatesBurst,
				AllStoryRate: lim.Stories, AllStoryBurst: lim.StoriesBurst,
			},
			ChatRate: lim.ChatMessages, ChatBurst: lim.ChatMessagesBurst,
			OutRate: lim.Messages,
		},
	})
	return err
}

// newClient returns a client without a time limit: each part sets the deadlines of its requests.
func newClient(transport http.RoundTripper) *http.Client {
	return &http.Client{Transport: orNetwork(transport)}
}

// orNetwork returns the transport, or one to the network that keeps as many idle connections as the bot uses at once.
func orNetwork(transport http.RoundTripper) http.RoundTripper {
	if transport != nil {
		return transport
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.MaxIdleConnsPerHost = 32
	t.ResponseHeaderTimeout = 70 * time.Second // longer than the longest poll, so that only a dead peer reaches it
	return t
}

// liveDefault returns how often stories come in a new walk.
func liveDefault(every config.Every) time.Duration {
	if every == config.Pass {
		return live.Pass
	}
	return time.Duration(every)
}
