package admin

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/store/boltstore"
	"excursobot/store/dump"
)

// product is a kind of file that a command writes, as people call it.
type product string

const (
	aBackup product = "backup"
	aDump   product = "dump"
	aPack   product = "pack"
)

// mayWrite returns why a command must not write its result to the file. The result gets its name by a rename, so it would replace whatever is there: a
// store, to which a running bot would then go on writing without a name, a device, or a file of somebody else. Only an empty file and an earlier result
// of the same kind may go.
func mayWrite(cfg config.Config, kind product, path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return config.UsageError{Err: err}
	case info.IsDir():
		return config.UsageError{Err: fmt.Errorf("%s is a directory: name a file in it", path)}
	case !info.Mode().IsRegular():
		return config.UsageError{Err: fmt.Errorf("%s is no ordinary file, so no %s can be written there", path, kind)}
	case sameFile(where{file: cfg.StoreFile()}, where{file: path}):
		return config.UsageError{Err: fmt.Errorf("%s is the store itself: name another file", path)}
	case info.Size() > 0 && !kind.is(path):
		return config.UsageError{Err: fmt.Errorf("%s is there already and is no %s: name another file", path, kind)}
	}
	return nil
}

// is reports whether a file looks like an earlier result of the kind. It reads only what distinguishes them.
func (k product) is(path string) bool {
	if k == aBackup {
		return boltstore.Sealed(path)
	}
	header, err := dumpHeader(path)
	return err == nil && header.Content == map[product]string{aDump: dumpContent, aPack: pack.Content}[k]
}

// dumpHeader returns the header of a dump or a pack.
func dumpHeader(path string) (dump.Header, error) {
	f, err := os.Open(path)
	if err != nil {
		return dump.Header{}, err
	}
	defer f.Close()
	r, err := dump.NewReader(bufio.NewReader(f))
	if err != nil {
		return dump.Header{}, err
	}
	return r.Header(), nil
}

// statStore returns why a file cannot be a store that is to be read, before it is opened: opening could create it.
func statStore(path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return config.UsageError{Err: fmt.Errorf("there is no store at %s", path)}
	case err != nil:
		return config.UsageError{Err: fmt.Errorf("the store cannot be read: %w", err)}
	}
	return statInput(path, info, "a store")
}

// statInput returns why a file cannot hold anything that a command could read; what names the thing that it should hold.
func statInput(path string, info fs.FileInfo, what string) error {
	switch {
	case info.IsDir():
		return config.UsageError{Err: fmt.Errorf("%s is a directory, not %s", path, what)}
	case info.Mode().IsRegular() && info.Size() == 0:
		return config.UsageError{Err: fmt.Errorf("%s is empty, not %s", path, what)}
	}
	return nil
}

// openInput opens a file that a command reads; what names the thing that it should hold.
func openInput(path, what string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, config.UsageError{Err: err}
	}
	info, err := f.Stat()
	if err == nil {
		err = statInput(path, info, what)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
