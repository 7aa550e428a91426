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

// Backups copies the running bot's store at regular times.
type Backups struct {
	Dir   string        // the data directory; the backups are in a directory inside it
	Every time.Duration // between two of them
	Keep  int           // the oldest beyond this number are removed
	Log   *slog.Logger
	// Exactly one of the two is set.
	File     *boltstore.Store
	Database *pgstore.Store
	// With a database, which other replicas can use:
	Replica string        // the name of this process
	Lease   time.Duration // after it every running replica is known
}

// backupRetry is how long the schedule waits after a backup that failed, unless the next one is due earlier.
const backupRetry = time.Hour

func (b *Backups) now(ctx context.Context, at time.Time) (string, error) {
	fill := streamed(func(w io.Writer) error { return b.File.Backup(ctx, killpoint.Writer(w)) })
	if b.Database != nil {
		fill = copied(ctx, b.Database.Still)
	}
	path := filepath.Join(b.Dir, backupDir, backupName(at))
	if err := writeBackup(ctx, path, fill); err != nil {
		return "", err
	}
	return path, prune(filepath.Dir(path), b.Keep)
}

const (
	// backupSetting is the time of the last backup that any replica made on schedule.
	backupSetting = "backup.last"
	backupKind    = "backup"  // of slot, which one replica can hold at a time
	backupLease   = time.Hour // longer than any backup
)

// errNotDue means that another replica has made the backup, or is making it.
var errNotDue = errors.New("another replica makes the backup")

// last returns the time of the last scheduled backup, by this process or another replica; the zero time if there is none.
func (b *Backups) last(ctx context.Context) (time.Time, error) {
	if b.Database != nil {
		text, err := b.Database.Setting(ctx, backupSetting)
		if err != nil || text == "" {
			return time.Time{}, err
		}
		return time.Parse(time.RFC3339Nano, text)
	}
	names, err := backupFiles(filepath.Join(b.Dir, backupDir))
	if err != nil || len(names) == 0 {
		return time.Time{}, err
	}
	last, _ := backupTime(names[len(names)-1])
	return last, nil
}

// due makes the backup that is due and returns its path, or errNotDue.
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

// Run makes a backup whenever Every has passed since the last one, until ctx ends.
func (b *Backups) Run(ctx context.Context) error {
	every := b.Every
	stopped := func(d time.Duration) bool { return limiter.Sleep(ctx, d) != nil }
	if b.Database != nil && stopped(b.Lease) { // until the replicas know each other
		return nil
	}
	for {
		last, err := b.last(ctx)
		if err != nil {
			b.Log.Error("backup_failed", "error", err)
		}
		wait := time.Duration(0)
		if !last.IsZero() {
			wait = min(every, every-time.Since(last)) // a last time in the future, from a wrong clock, must not delay it for longer
		}
		if stopped(wait) {
			return nil
		}
		began := time.Now()
		path, err := b.due(ctx, began)
		switch {
		case err == nil:
			b.Log.Info("backup_made", "file", path, "duration", time.Since(began))
			continue
		case errors.Is(err, errNotDue):
		case ctx.Err() == nil:
			b.Log.Error("backup_failed", "error", err)
		}
		if stopped(min(every, backupRetry)) {
			return nil
		}
	}
}
