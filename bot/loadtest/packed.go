package loadtest

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"excursobot/bot/admin"
	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/bot/sim"
)

// townRadius holds the whole simulated city, in metres.
const townRadius = 3000

// importTown builds a pack of the simulated city, as fast as the machine can, and imports it into the store in dir.
func importTown(ctx context.Context, cfg config.Config, seed uint64, dir string, articles []sim.Article) error {
	temp, err := os.MkdirTemp("", "excursobot-pack-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	area, err := pack.Circle(centre, townRadius)
	if err != nil {
		return err
	}
	cfg.Store = config.StoreConfig{Dir: dir}
	servers := newServers(seed, articles, 0, 0, "", true)
	useServers(&cfg)
	building := cfg
	removeLimits(&building)
	building.OpenAI.Check = false // the simulated judge would only take time
	file, log := filepath.Join(temp, "town.pack"), slog.New(slog.DiscardHandler)
	o := pack.Order{Area: area, Languages: strings.Split("ru,en,fr", ","), Stories: true}
	if err := app.BuildPack(ctx, building, o, file, true, servers.world(), log, nil, io.Discard, io.Discard); err != nil {
		return err
	}
	return admin.ImportPack(ctx, cfg, file, io.Discard, io.Discard)
}
