package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/store"
)

// Migrate copies a whole store into another one, or goes on with a copy that was interrupted. Each is a file or an address; "" is the
// configured one. With force what the target holds is replaced.
func Migrate(ctx context.Context, cfg config.Config, fromArg, toArg string, force bool, stdout, stderr io.Writer) (err error) {
	from, to := whereOf(cfg, fromArg), whereOf(cfg, toArg)
	if from == to || sameFile(from, to) {
		return config.UsageError{Err: errors.New("--from and --to are the same store (the one left out is the one configured)")}
	}
	source, err := openSource(ctx, from)
	if err != nil {
		return fmt.Errorf("the store to copy: %w", err)
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	m := move{source: source, to: to, force: force, batch: moveBatch, stdout: stdout, stderr: stderr}
	return m.run(ctx)
}

// whereOf returns the store that an argument names, the configured one if it is empty.
func whereOf(cfg config.Config, text string) where {
	if text != "" {
		return parseWhere(text)
	}
	return configured(cfg)
}

// move is one run of migrate.
type move struct {
	source         endpoint
	to             where
	force          bool
	batch          int // rows
	stdout, stderr io.Writer
}

func (m *move) run(ctx context.Context) (err error) {
	if err := m.source.refuseInUse(ctx); err != nil {
		return err
	}
	switch c, err := readCursor(ctx, m.source); {
	case err != nil:
		return err
	case c != (moveCursor{}):
		return fmt.Errorf("%s is not complete: a move into it has not ended", m.source.name)
	}
	target, at, err := m.openTarget(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	return m.source.still(ctx, func(from store.Source) error {
		if err := m.copy(ctx, target, from, at); err != nil {
			return interrupted(ctx, err)
		}
		sums, err := m.verify(ctx, target, from)
		if err != nil {
			return interrupted(ctx, err)
		}
		killpoint.Step("migrate.checked")
		if err := endMove(ctx, target); err != nil {
			return interrupted(ctx, err)
		}
		return m.report(target, sums)
	})
}

// openTarget opens the target and returns how far an earlier run came. What else it holds is refused, or replaced.
func (m *move) openTarget(ctx context.Context) (endpoint, moveCursor, error) {
	target, err := openTarget(ctx, m.to)
	if err != nil {
		return endpoint{}, moveCursor{}, fmt.Errorf("the target: %w", err)
	}
	if err := target.refuseInUse(ctx); err != nil {
		return endpoint{}, moveCursor{}, errors.Join(err, target.Close())
	}
	at, err := m.begin(ctx, target)
	if !errors.Is(err, errNotEmpty) {
		if err != nil {
			err = errors.Join(err, target.Close())
		}
		return target, at, err
	}
	if !m.force {
		return endpoint{}, moveCursor{}, errors.Join(config.UsageError{Err: fmt.Errorf("%w; --force replaces it", err)}, target.Close())
	}
	if _, err := writeLines(ctx, io.Discard, m.source, func(int) {}); err != nil { // what cannot be read replaces nothing
		return endpoint{}, moveCursor{}, errors.Join(err, target.Close())
	}
	if target, err = m.replace(ctx, target); err != nil {
		return endpoint{}, moveCursor{}, fmt.Errorf("the target: %w", err)
	}
	return target, moveCursor{From: m.source.id}, nil
}

// errNotEmpty says that a target holds something that is no part of this move.
var errNotEmpty = errors.New("is not empty")

// begin returns where in the target to begin.
func (m *move) begin(ctx context.Context, target endpoint) (moveCursor, error) {
	if target.id == m.source.id {
		return moveCursor{}, config.UsageError{Err: errors.New("--from and --to are the same store")}
	}
	at, err := readCursor(ctx, target)
	switch {
	case err != nil:
		return at, err
	case at.Failed:
		return at, fmt.Errorf("%s %w: an earlier copy into it differs from its source", target.name, errNotEmpty)
	case at.From == m.source.id:
		fmt.Fprintf(m.stderr, "%s: going on with a move that was interrupted\n", target.name)
		return at, nil
	case at.From != "":
		return at, fmt.Errorf("%s %w: a move into it from elsewhere has not ended", target.name, errNotEmpty)
	}
	n, err := countRows(ctx, target)
	if err == nil && n > 0 {
		err = fmt.Errorf("%s %w: %d rows", target.name, errNotEmpty, n)
	}
	return moveCursor{From: m.source.id}, err
}

// replace makes the target empty and returns it open.
func (m *move) replace(ctx context.Context, target endpoint) (endpoint, error) {
	if target.erase != nil {
		if err := target.erase(ctx); err != nil {
			return endpoint{}, errors.Join(err, target.Close())
		}
		return target, nil
	}
	if err := target.Close(); err != nil {
		return endpoint{}, err
	}
	aside, err := setAside(m.to.file, time.Now())
	if err != nil {
		return endpoint{}, err
	}
	fmt.Fprintf(m.stderr, "the store that was there is %s\n", aside)
	return openTarget(ctx, m.to)
}

// copy copies what is not in the target yet.
func (m *move) copy(ctx context.Context, target endpoint, from store.Source, at moveCursor) error {
	total, err := countRows(ctx, from)
	if err != nil {
		return err
	}
	there := 0
	if at.Table != "" {
		if there, err = countRows(ctx, target); err != nil {
			return err
		}
		there-- // the cursor
	}
	bar := newProgress(m.stderr, "copy", total)
	defer bar.end()
	bar.add("begun", there)
	return copyRows(ctx, target, from, at, m.batch, func(table store.Table, n int) { bar.add(string(table), n) })
}

// verify compares the stores. A target that differs is marked, so that nobody goes on with it.
func (m *move) verify(ctx context.Context, target endpoint, from store.Source) ([]tableSum, error) {
	total, err := countRows(ctx, from)
	if err != nil {
		return nil, err
	}
	bar := newProgress(m.stderr, "check", 2*total)
	defer bar.end()
	sums, err := compare(ctx, from, target, func(n int) { bar.add("both sides", n) })
	if !errors.Is(err, errDiffers) {
		return sums, err
	}
	row, failed := moveCursor{From: m.source.id, Failed: true}.row()
	if failed == nil {
		failed = target.Import(ctx, []store.Row{row})
	}
	return nil, errors.Join(err, failed, fmt.Errorf("%s was written while it was copied, or %s was: stop what writes, and repeat with --force", m.source.name, target.name))
}

// report says what was moved.
func (m *move) report(target endpoint, sums []tableSum) error {
	w := bufio.NewWriter(m.stdout)
	all := 0
	for _, s := range sums {
		fmt.Fprintf(w, "%-8s %9d  sha256 %x\n", s.table, s.rows, s.sum)
		all += s.rows
	}
	fmt.Fprintf(w, "%s is now what %s holds: %d rows, equal in number and checksum.\n", target.name, m.source.name, all)
	return w.Flush()
}

// interrupted says how to go on after a signal.
func interrupted(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("interrupted; the same command goes on where it was: %w", err)
}

// Export writes everything that a store holds, one line of JSON for each row, in an order that does not depend on the kind of store.
func Export(ctx context.Context, cfg config.Config, fromArg string, stdout io.Writer) (err error) {
	source, err := openSource(ctx, whereOf(cfg, fromArg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	w := bufio.NewWriterSize(stdout, 1<<16)
	return source.still(ctx, func(from store.Source) error {
		if _, err := writeLines(ctx, w, from, func(int) {}); err != nil {
			return err
		}
		return w.Flush()
	})
}
