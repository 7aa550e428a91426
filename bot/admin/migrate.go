package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
	"excursobot/store/dump"
)

// Migrate copies a whole store into another one. Each is a file or an address; "" is the configured store. With force it replaces what
// the target holds. A target that an earlier run did not finish is emptied and filled from the beginning.
func Migrate(ctx context.Context, cfg config.Config, fromArg, toArg string, force bool, stdout, stderr io.Writer) (err error) {
	from, to := whereOf(cfg, fromArg), whereOf(cfg, toArg)
	if from == to || sameFile(from, to) {
		return errSameStore
	}
	source, err := openComplete(ctx, from)
	if err != nil {
		return fmt.Errorf("the store to copy: %w", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	return migrate(ctx, source, filling{to: to, force: force, source: source, stderr: stderr}, stdout)
}

var errSameStore = config.UsageError{Err: errors.New("--from and --to are the same store (the one left out is the one configured)")}

func migrate(ctx context.Context, source endpoint, f filling, stdout io.Writer) (err error) {
	if err := source.refuseInUse(ctx); err != nil {
		return err
	}
	f.check = func() error { // what cannot be read replaces nothing
		_, err := tally(ctx, source, newProgress(f.stderr, "check"))
		return err
	}
	target, err := f.open(ctx)
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	bar := newProgress(f.stderr, "migrate")
	defer bar.end()
	return source.still(ctx, func(from store.RowReader) error {
		sums, err := fill(ctx, target, dump.Batches(ctx, from, batchRows), bar)
		if err != nil {
			return interrupted(ctx, err)
		}
		return report(stdout, target.name, source.name, sums)
	})
}

// filling describes a target that is to be filled.
type filling struct {
	to     where
	force  bool
	source store.Settings // a store that must not be the target, or nil
	check  func() error   // runs before anything is replaced
	stderr io.Writer
}

// errNotEmpty means that a target has rows.
var errNotEmpty = errors.New("is not empty; --force replaces what it holds")

// open opens the target, empty and marked as incomplete.
func (f filling) open(ctx context.Context) (_ endpoint, err error) {
	target, err := openTarget(ctx, f.to)
	if err != nil {
		return endpoint{}, err
	}
	defer func() {
		if err != nil && target.Store != nil {
			err = errors.Join(err, target.Close())
		}
	}()
	if err := target.refuseInUse(ctx); err != nil {
		return endpoint{}, err
	}
	cut, err := incomplete(ctx, target)
	if err != nil {
		return endpoint{}, err
	}
	empty, err := isEmpty(ctx, target)
	if err != nil {
		return endpoint{}, err
	}
	switch {
	case cut:
		fmt.Fprintf(f.stderr, "%s was not filled to its end: it is emptied and filled from the beginning\n", target.name)
		target, err = f.clear(ctx, target)
	case !empty && !f.force:
		return endpoint{}, config.UsageError{Err: fmt.Errorf("%s %w", target.name, errNotEmpty)}
	case !empty:
		target, err = f.replace(ctx, target)
	}
	if err != nil {
		return endpoint{}, err
	}
	return target, f.mark(ctx, target)
}

// mark marks the target. If the source has the mark then, both are the same database under two addresses.
func (f filling) mark(ctx context.Context, target endpoint) error {
	if err := mark(ctx, target, "incomplete"); err != nil || f.source == nil {
		return err
	}
	same, err := incomplete(ctx, f.source)
	if err == nil && same {
		err = errSameStore
	}
	if err != nil {
		return errors.Join(err, mark(ctx, target, ""))
	}
	return nil
}

// replace makes a target with rows empty, and keeps the file that was there under another name.
func (f filling) replace(ctx context.Context, target endpoint) (endpoint, error) {
	if f.check != nil {
		if err := f.check(); err != nil {
			return target, err
		}
	}
	if target.erase != nil {
		if err := f.mark(ctx, target); err != nil {
			return target, err
		}
		return target, target.erase(ctx)
	}
	if err := target.Close(); err != nil {
		return endpoint{}, err
	}
	aside, err := setAside(f.to.file, time.Now())
	if err != nil {
		return endpoint{}, err
	}
	fmt.Fprintf(f.stderr, "the store that was there is %s\n", aside)
	return openTarget(ctx, f.to)
}

// clear makes a target empty that holds an unfinished copy.
func (f filling) clear(ctx context.Context, target endpoint) (endpoint, error) {
	if target.erase != nil {
		return target, target.erase(ctx)
	}
	if err := errors.Join(target.Close(), removeFile(f.to.file)); err != nil {
		return endpoint{}, err
	}
	return openTarget(ctx, f.to)
}

// report prints what a target holds now.
func report(stdout io.Writer, target, source string, sums []dump.Sum) error {
	w := bufio.NewWriter(stdout)
	all := 0
	for _, s := range sums {
		fmt.Fprintf(w, "%-8s %9d  sha256 %s\n", s.Table, s.Rows, s.SHA256)
		all += s.Rows
	}
	fmt.Fprintf(w, "%s is now what %s holds: %d rows, equal in number and checksum.\n", target, source, all)
	return w.Flush()
}

// interrupted adds to an error after a signal what to do next.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("interrupted; the same command begins again: %w", err)
}
