package cli

import (
	"context"
	"errors"
	"fmt"

	"excursobot/bot/admin"
	"excursobot/bot/app"
	"excursobot/bot/config"
)

// onStore calls fn with the configuration and a context that the first signal ends.
func (p *process) onStore(fn func(ctx context.Context, cfg config.Config) error) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	return p.untilSignalled(func(ctx context.Context) error { return fn(ctx, cfg) })
}

type backupCommand struct {
	File string `arg:"" optional:"" help:"The file to write (default: a new one in store.dir/backups; backup.keep of them are kept)."`
}

// Run copies the store and prints the path of the copy.
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
	Force bool   `help:"Delete what the Postgres database holds. Without a database it is not needed: the old file is kept under another name."`
}

// Run replaces the store with a backup. A database must be empty, unless --force is given.
func (c restoreCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		if cfg.Store.Postgres != "" {
			return admin.RestoreDatabase(ctx, cfg, c.File, c.Force, p.stdout, p.stderr)
		}
		return admin.Restore(ctx, cfg, c.File, p.stdout)
	})
}

type compactCommand struct{}

// Run makes the file small.
func (compactCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error { return admin.Compact(ctx, cfg, p.stdout) })
}

type deadLettersCommand struct{}

// Run prints the dead letters.
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
	From  string `placeholder:"FILE|URL" help:"The store to copy: a file or postgres://... (default: the configured one)."`
	To    string `placeholder:"FILE|URL" help:"The store to fill (default: the configured one)."`
	Force bool   `help:"Replace what the target holds. A file is kept under another name; the rows of a database are deleted."`
}

// Run copies a whole store into another one.
func (c migrateCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return admin.Migrate(ctx, cfg, c.From, c.To, c.Force, p.stdout, p.stderr)
	})
}

type exportCommand struct {
	File string `arg:"" optional:"" help:"The file to write, for its owner only (default: the standard output)."`
	From string `placeholder:"FILE|URL" help:"The store: a file or postgres://... (default: the configured one)."`
}

// Run writes the whole store as a dump.
func (c exportCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return admin.Export(ctx, cfg, c.From, c.File, app.Version(), p.stdout)
	})
}

type importCommand struct {
	File   string `arg:"" optional:"" help:"A dump that export wrote."`
	To     string `placeholder:"FILE|URL" help:"The store to fill (default: the configured one)."`
	Force  bool   `help:"Replace what the store holds. A file is kept under another name; the rows of a database are deleted."`
	Legacy string `placeholder:"URL" help:"Instead of a dump, take payments, people and languages from the Postgres database of the Python bot; for tables in another schema append ?search_path=..."`
}

// Run fills a store from a dump, or adds what the old bot knew.
func (c importCommand) Run(p *process) error {
	switch {
	case (c.File == "") == (c.Legacy == ""):
		return config.UsageError{Err: errors.New("import needs a dump's file or --legacy URL")}
	case c.Legacy != "" && (c.To != "" || c.Force):
		return config.UsageError{Err: errors.New("--to and --force do not go with --legacy, which adds to the configured store")}
	}
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		if c.Legacy != "" {
			return admin.ImportLegacy(ctx, cfg, c.Legacy, p.stdout)
		}
		return admin.Import(ctx, cfg, c.File, c.To, c.Force, p.stdout, p.stderr)
	})
}
