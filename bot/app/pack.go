package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"

	"excursobot/bot/admin"
	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/geo/places"
)

// packs returns what packs are built and imported with, always the same.
func (a *App) packs() *admin.Packs {
	a.packing.Do(func() { a.packer = a.newPacks() })
	return a.packer
}

func (a *App) newPacks() *admin.Packs {
	b := &pack.Builder{
		Store: a.store, Finder: a.places,
		Requests: int(a.cfg.Limits.WikipediaPerMinute / 2), // the share of the class
		Model: pack.Model{
			PerCall: placesPerCall, AtOnce: max(1, a.cfg.OpenAI.MaxConcurrent-1), PerMinute: float64(a.cfg.OpenAI.RequestsPerMinute),
			PriceIn: a.cfg.OpenAI.PriceIn, PriceOut: a.cfg.OpenAI.PriceOut, Judged: a.cfg.OpenAI.Check,
		},
	}
	if a.model != nil {
		b.Write = a.writeForPack
	}
	return &admin.Packs{Builder: b, Store: a.store, Program: Version(), Imported: a.guide.Imported}
}

// MakePack collects an area with the running bot and writes the pack.
func (a *App) MakePack(ctx context.Context, o pack.Order, to io.Writer) error {
	return a.packs().Make(ctx, o, to)
}

func (a *App) writeForPack(ctx context.Context, list []places.Place, language string, written func(n int)) error {
	return a.guide.WriteAll(ctx, list, language, written)
}

// packArticles is how many bytes of articles a pack may have while it is collected: as many as fit into the file.
const packArticles = pack.MaxBytes

// BuildPack collects an area and writes a pack, with the running bot if there is one. The store in which it collects meanwhile is in a directory beside
// the file, which a repeated command uses again; it is removed when the pack is there.
func BuildPack(ctx context.Context, cfg config.Config, o pack.Order, file string, yes bool, world World, log *slog.Logger, in io.Reader, out, notes io.Writer) error {
	open := func() (*admin.Packs, func(keep bool) error, error) {
		dir := file + ".building"
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, nil, err
		}
		p, stop, err := openPacks(ctx, cfg, dir, world, log)
		if err != nil {
			return nil, nil, err
		}
		return p, func(keep bool) error {
			err := stop()
			if !keep {
				err = errors.Join(err, os.RemoveAll(dir))
			}
			return err
		}, nil
	}
	return admin.BuildPack(ctx, cfg, o, file, yes, open, in, out, notes)
}

// openPacks builds the parts that collect and write, on a store in dir.
func openPacks(ctx context.Context, cfg config.Config, dir string, world World, log *slog.Logger) (_ *admin.Packs, stop func() error, err error) {
	cfg.Store.Dir, cfg.Store.Postgres, cfg.Store.Articles = dir, "", packArticles
	world.WithoutPack = true
	a := &App{cfg: cfg, log: log, notify: new(notifier), stop: steps{log: log}}
	if err := a.openStore(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("pack: %w", err), a.Close())
	}
	if err := a.buildGuide(world); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("pack: %w", err), a.Close())
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	ended := make(chan error, 1)
	go func() { ended <- a.guide.Run(running) }()
	return a.packs(), func() error {
		end()
		return errors.Join(<-ended, a.Close())
	}, nil
}
