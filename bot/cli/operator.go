package cli

import (
	"context"
	"fmt"

	"excursobot/bot/admin"
	"excursobot/bot/config"
)

// onStore calls fn with the configuration until a signal.
func (p *process) onStore(fn func(ctx context.Context, cfg config.Config) error) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	return p.untilSignalled(func(ctx context.Context) error { return fn(ctx, cfg) })
}

type backupCommand struct {
	File string `arg:"" optional:"" help:"Where to (default: a new file in store.dir/backups, of which backup.keep are kept)."`
}

// Run copies the store and prints where to.
func (c backupCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		path, err := admin.Backup(ctx, cfg, c.File)
		if path == "" {
			return err
		}
		if _, err := fmt.Fprintln(p.stdout, path); err != nil {
			return err
		}
		return err
	})
}

type restoreCommand struct {
	File  string `arg:"" help:"The backup."`
	Force bool   `help:"Empty the Postgres database that it goes into. A file is set aside and needs no force."`
}

// Run puts a backup in the place of the store. A database must be empty.
func (c restoreCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		if cfg.Store.Postgres != "" {
			return admin.Migrate(ctx, cfg, c.File, "", c.Force, p.stdout, p.stderr)
		}
		return admin.Restore(ctx, cfg, c.File, p.stdout)
	})
}

type compactCommand struct{}

// Run gives the disk back what the store does not need.
func (compactCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error { return admin.Compact(ctx, cfg, p.stdout) })
}

type deadLettersCommand struct{}

// Run prints the updates that were given up.
func (deadLettersCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error { return admin.DeadLetters(ctx, cfg, p.stdout) })
}

type paymentsCommand struct {
	JSON bool `help:"One JSON object a line."`
}

// Run lists every payment.
func (c paymentsCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return admin.Payments(ctx, cfg, c.JSON, p.stdout)
	})
}

type migrateCommand struct {
	From  string `placeholder:"FILE|URL" help:"The store to copy: a file or postgres://... (default: the one configured)."`
	To    string `placeholder:"FILE|URL" help:"Where to (default: the one configured)."`
	Force bool   `help:"Replace what the target holds. A file is set aside, a database is emptied."`
}

// Run copies a whole store into another one.
func (c migrateCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return admin.Migrate(ctx, cfg, c.From, c.To, c.Force, p.stdout, p.stderr)
	})
}

type exportCommand struct {
	From string `placeholder:"FILE|URL" help:"The store: a file or postgres://... (default: the one configured)."`
}

// Run prints everything that a store holds.
func (c exportCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error { return admin.Export(ctx, cfg, c.From, p.stdout) })
}

type importCommand struct {
	Legacy string `required:"" placeholder:"URL" help:"Postgres database of the Python bot that this one replaces; tables in another schema are named with ?search_path=..."`
}

// Run takes over from the old bot.
func (c importCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return admin.ImportLegacy(ctx, cfg, c.Legacy, p.stdout)
	})
}
