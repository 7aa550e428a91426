package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"excursobot/store"
	"excursobot/store/boltstore"
)

const (
	backupDir    = "backups" // inside store.dir
	backupPrefix = "excursobot-"
	backupSuffix = ".db"
	backupForm   = "20060102T150405.000Z" // of the UTC time between them: names sort by age

	// backupRetry is how long the schedule waits after a backup that failed, if it would not come sooner anyway.
	backupRetry = time.Hour
)

// backupName is the file of a backup made at t.
func backupName(t time.Time) string { return backupPrefix + t.UTC().Format(backupForm) + backupSuffix }

// writeBackup makes a backup at path of what fill writes to a file: opened and checked before it gets its name.
func writeBackup(ctx context.Context, path string, fill func(file string) error) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	err := boltstore.Replace(path, func(temp string) error {
		if err := fill(temp); err != nil {
			return err
		}
		return boltstore.Verify(ctx, temp)
	})
	if err != nil {
		return fmt.Errorf("backup %s: %w", path, err)
	}
	return nil
}

// streamed fills a file with what copyTo writes.
func streamed(copyTo func(io.Writer) error) func(file string) error {
	return func(file string) error {
		f, err := os.OpenFile(file, os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		return errors.Join(copyTo(f), f.Sync(), f.Close())
	}
}

// moved fills a file with what a store of another kind holds at one moment.
func moved(ctx context.Context, still func(context.Context, func(store.Source) error) error) func(file string) error {
	return func(file string) error {
		return still(ctx, func(from store.Source) (err error) {
			to, err := boltstore.Open(boltstore.Config{Path: file})
			if err != nil {
				return err
			}
			defer func() { err = errors.Join(err, to.Close()) }()
			if err := copyRows(ctx, to, from, moveCursor{From: "backup"}, moveBatch, func(store.Table, int) {}); err != nil {
				return err
			}
			if _, err := compare(ctx, from, to, func(int) {}); err != nil {
				return err
			}
			return endMove(ctx, to)
		})
	}
}

// backups returns the names of the backups in the directory, oldest first. What else lies there is nobody's business.
func backups(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if _, ok := backupTime(e.Name()); ok && e.Type().IsRegular() {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	return names, nil
}

func backupTime(name string) (time.Time, bool) {
	s, ok := strings.CutPrefix(name, backupPrefix)
	s, ok2 := strings.CutSuffix(s, backupSuffix)
	t, err := time.Parse(backupForm, s)
	return t, ok && ok2 && err == nil
}

// prune removes all but the newest keep backups in the directory.
func prune(dir string, keep int) error {
	names, err := backups(dir)
	var errs []error
	for len(names) > keep {
		errs = append(errs, os.Remove(filepath.Join(dir, names[0])))
		names = names[1:]
	}
	return errors.Join(append(errs, err)...)
}

// backupNow makes a backup in the data directory and removes the oldest beyond backup.keep.
func (a *App) backupNow(ctx context.Context, at time.Time) (string, error) {
	fill := streamed(func(w io.Writer) error { return a.file.Backup(ctx, chaosWriter(w)) })
	if a.database != nil {
		fill = moved(ctx, a.database.Still)
	}
	path := filepath.Join(a.cfg.Store.Dir, backupDir, backupName(at))
	if err := writeBackup(ctx, path, fill); err != nil {
		return "", err
	}
	return path, prune(filepath.Dir(path), a.cfg.Backup.Keep)
}

const (
	// backupSetting holds when a replica made the last backup that was due: the others need not.
	backupSetting = "backup.last"
	backupKind    = "backup"  // of slot: one replica at a time
	backupLease   = time.Hour // longer than any backup
)

// errNotDue says that another replica made the backup, or is making it.
var errNotDue = errors.New("another replica makes the backup")

// lastBackup is when the last one was made that was due, by this process or by another replica; the zero time if there is none.
func (a *App) lastBackup(ctx context.Context) (time.Time, error) {
	if a.database != nil {
		text, err := a.database.Setting(ctx, backupSetting)
		if err != nil || text == "" {
			return time.Time{}, err
		}
		return time.Parse(time.RFC3339Nano, text)
	}
	names, err := backups(filepath.Join(a.cfg.Store.Dir, backupDir))
	if err != nil || len(names) == 0 {
		return time.Time{}, err
	}
	last, _ := backupTime(names[len(names)-1])
	return last, nil
}

// backupDue makes the backup that is due, unless another replica does.
func (a *App) backupDue(ctx context.Context, at time.Time) (path string, err error) {
	if a.database == nil {
		return a.backupNow(ctx, at)
	}
	slot, ok, err := a.database.Take(ctx, backupKind, 1, a.replica, backupLease)
	if err != nil {
		return "", err
	}
	if !ok {
		return "", errNotDue
	}
	defer func() {
		err = errors.Join(err, a.database.Return(context.WithoutCancel(ctx), backupKind, slot, a.replica))
	}()
	last, err := a.lastBackup(ctx)
	if err != nil {
		return "", err
	}
	if at.Sub(last) < a.cfg.Backup.Every {
		return "", errNotDue
	}
	if path, err = a.backupNow(ctx, at); err != nil {
		return "", err
	}
	return path, a.database.SetSetting(ctx, backupSetting, at.UTC().Format(time.RFC3339Nano))
}

// scheduleBackups makes one every backup.every, counted from the last one, until ctx ends.
func (a *App) scheduleBackups(ctx context.Context) error {
	every := a.cfg.Backup.Every
	if a.database != nil && !pause(ctx, a.cfg.Store.Lease) { // until this replica is known among the others
		return nil
	}
	for {
		last, err := a.lastBackup(ctx)
		if err != nil {
			a.log.Error("backup", "error", err)
		}
		wait := time.Duration(0)
		if !last.IsZero() {
			wait = min(every, every-time.Since(last)) // a clock that was ahead must not put them off
		}
		if !pause(ctx, wait) {
			return nil
		}
		began := time.Now()
		path, err := a.backupDue(ctx, began)
		switch {
		case err == nil:
			a.log.Info("backup", "file", path, "duration", time.Since(began))
			continue
		case errors.Is(err, errNotDue):
		case ctx.Err() == nil:
			a.log.Error("backup", "error", err)
		}
		if !pause(ctx, min(every, backupRetry)) {
			return nil
		}
	}
}

// pause waits for d and says whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(max(d, 0))
	defer timer.Stop()
	select {
	case <-timer.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
