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
	"excursobot/store/boltstore"
	"excursobot/store/dump"
)

// Export writes everything that a store holds as a dump, to a file that only its owner may read, or to stdout if file is "".
func Export(ctx context.Context, cfg config.Config, fromArg, file, program string, stdout io.Writer) (err error) {
	if file == "" && config.IsTerminal(stdout) {
		return config.UsageError{Err: errors.New("a dump is compressed: name a file for it, or redirect the output")}
	}
	if file != "" {
		if err := mayWrite(cfg, aDump, file); err != nil {
			return err
		}
	}
	source, err := openComplete(ctx, whereOf(cfg, fromArg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	write := func(w io.Writer) error {
		return source.still(ctx, func(from store.RowReader) error { return writeDump(ctx, w, from, program) })
	}
	if file == "" {
		return write(stdout)
	}
	if err := boltstore.Replace(file, streamed(write)); err != nil {
		return fmt.Errorf("export %s: %w", file, interrupted(ctx, err))
	}
	return nil
}

func writeDump(ctx context.Context, to io.Writer, from store.RowReader, program string) error {
	w, err := dump.NewWriter(to, dump.Header{Content: dumpContent, Program: program, Created: time.Now()})
	if err != nil {
		return err
	}
	for rows, err := range dump.Batches(ctx, from, batchRows) {
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := w.Put(row); err != nil {
				return err
			}
		}
	}
	return w.Close()
}

// dumpContent is what the rows of an exported store are together.
const dumpContent = "store"

// Import fills a store from a dump. It reads the whole dump before it changes anything. With force it replaces what the store holds.
func Import(ctx context.Context, cfg config.Config, file, toArg string, force bool, stdout, stderr io.Writer) (err error) {
	bar := newProgress(stderr, "check")
	err = readDump(ctx, file, func(r *dump.Reader) error {
		for rows, err := range r.Batches(batchRows) {
			if err = errors.Join(err, ctx.Err()); err != nil {
				return err
			}
			bar.add("read", len(rows))
		}
		return nil
	})
	bar.end()
	if err != nil {
		return err
	}
	f := filling{to: whereOf(cfg, toArg), force: force, stderr: stderr}
	if sameFile(f.to, where{file: file}) {
		return config.UsageError{Err: fmt.Errorf("%s is the store itself", file)}
	}
	target, err := f.open(ctx)
	if err != nil {
		return fmt.Errorf("the target: %w", err)
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	bar = newProgress(stderr, "import")
	defer bar.end()
	return readDump(ctx, file, func(r *dump.Reader) error {
		sums, err := fill(ctx, target, r.Batches(batchRows), bar)
		if err != nil {
			return interrupted(ctx, err)
		}
		return report(stdout, target.name, file, sums)
	})
}

// readDump calls fn with a reader of the dump in a file.
func readDump(_ context.Context, file string, fn func(*dump.Reader) error) error {
	f, err := openInput(file, "a dump")
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := dump.NewReader(bufio.NewReader(f))
	if errors.Is(err, dump.ErrFormat) && boltstore.Is(file) {
		return config.UsageError{Err: fmt.Errorf("%s is a backup or a store, not a dump: \"excursobot restore\" takes a backup, \"migrate --from\" both", file)}
	}
	if err == nil && r.Header().Content != dumpContent {
		err = fmt.Errorf("its content is %q, not a store", r.Header().Content)
	}
	if err == nil {
		err = fn(r)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}
