package admin

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"time"

	"excursobot/bot/killpoint"
	"excursobot/limiter"
	"excursobot/store/boltstore"
	"excursobot/store/pgstore"
)

// Backups makes a backup of the running bot's store at regular times.
type Backups struct {
	Dir   string        // the data directory; backups go into a directory inside it
	Every time.Duration // between two of them
	Keep  int           // the oldest beyond this number are removed
	Log   *slog.Logger
	// One of the two is the store.
	File     *boltstore.Store
	Database *pgstore.Store
	// Of a database, which other replicas may use.
	Replica string        // this process among them
	Lease   time.Duration // after it every living replica is known
}

// backupRetry is how long the schedule waits after a backup that failed, unless the next one is due earlier.
const backupRetry = time.Hour

// now makes a backup in the data directory and removes the oldest beyond backup.keep.
func (b *Backups) now(ctx context.Context, at time.Time) (string, error) {
	fill := streamed(func(w io.Writer) error { return b.File.Backup(ctx, killpoint.Writer(w)) })
	if b.Database != nil {
		fill = moved(ctx, b.Database.Still)
	}
	path := filepath.Join(b.Dir, BackupDir, backupName(at))
	if err := writeBackup(ctx, path, fill); err != nil {
		return "", err
	}
	return path, prune(filepath.Dir(path), b.Keep)
}

const (
	// backupSetting holds when a replica made the last backup that was due: the others need not.
	backupSetting = "backup.last"
	backupKind    = "backup"  // of slot: one replica at a time
	backupLease   = time.Hour // longer than any backup
)

// errNotDue says that another replica made the backup, or is making it.
var errNotDue = errors.New("another replica makes the backup")

// last is when the last one was made that was due, by this process or by another replica; the zero time if there is none.
func (b *Backups) last(ctx context.Context) (time.Time, error) {
	if b.Database != nil {
		text, err := b.Database.Setting(ctx, backupSetting)
		if err != nil || text == "" {
			return time.Time{}, err
		}
		return time.Parse(time.RFC3339Nano, text)
	}
	names, err := BackupFiles(filepath.Join(b.Dir, BackupDir))
	if err != nil || len(names) == 0 {
		return time.Time{}, err
	}
	last, _ := backupTime(names[len(names)-1])
	return last, nil
}

// due makes the backup that is due, unless another replica does.
func (b *Backups) due(ctx context.Context, at time.Time) (path string, err error) {
	if b.Database == nil {
		return b.now(ctx, at)
	}
	slot, ok, err := b.Database.Take(ctx, backupKind, 1, b.Replica, backupLease)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errNotDue
	}
	defer func() {
		err = errors.Join(err, b.Database.Return(context.WithoutCancel(ctx), backupKind, slot, b.Replica))
	}()
	last, err := b.last(ctx)
	if err != nil {
		return "", err
	}
	if at.Sub(last) < b.Every {
		return "", errNotDue
	}
	if path, err = b.now(ctx, at); err != nil {
		return "", err
	}
	return path, b.Database.SetSetting(ctx, backupSetting, at.UTC().Format(time.RFC3339Nano))
}

// Run makes one every backup.every, counted from the last one, until ctx ends.
func (b *Backups) Run(ctx context.Context) error {
	every := b.Every
	if b.Database != nil && limiter.Sleep(ctx, b.Lease) != nil { // until this replica is known among the others
		return nil
	}
	for {
		last, err := b.last(ctx)
		if err != nil {
			b.Log.Error("backup", "error", err)
		}
		wait := time.Duration(0)
		if !last.IsZero() {
			wait = min(every, every-time.Since(last)) // a clock that was ahead must not put them off
		}
		if limiter.Sleep(ctx, wait) != nil {
			return nil
		}
		began := time.Now()
		path, err := b.due(ctx, began)
		switch {
		case err == nil:
			b.Log.Info("backup", "file", path, "duration", time.Since(began))
			continue
		case errors.Is(err, errNotDue):
		case ctx.Err() == nil:
			b.Log.Error("backup", "error", err)
		}
		if limiter.Sleep(ctx, min(every, backupRetry)) != nil {
			return nil
		}
	}
}
