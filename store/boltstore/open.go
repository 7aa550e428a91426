package boltstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"excursobot/store"
)

const (
	// schema is the version of the layout that this program writes and reads.
	schema  = 5
	program = "excursobot"

	// mapSize is how much address space (not memory) is mapped at once on 64-bit machines: until the file is larger, it
	// grows without waiting for readers, of which a backup may take long.
	mapSize = 1 << 30
	// growBy is the number of bytes by which the file grows.
	growBy = 1 << 20
)

// ErrOlder means that a file opened with Config.ReadOnly would have to be upgraded first.
var ErrOlder = errors.New("was written by an older version of " + program)

// ErrNewer means that a file has a layout that this program does not know.
var ErrNewer = errors.New("was written by a newer version of " + program)

var (
	keySchema  = []byte("schema")
	keyProgram = []byte("program")
)

// Open opens the file, or creates it (0600) if there is none. It refuses a file that bbolt cannot open, that was cut, that
// another program wrote, or that a newer version wrote. It reads only the first pages, whatever the size of the file, unless
// a crash lost a long list of free pages (see weigh); Check reads the rest. It never replaces a file. If another process holds the file, Open waits for Config.Wait and returns
// ErrInUse. With Config.ReadOnly nothing is created or written, and others may read the file too.
func Open(cfg Config) (*Store, error) {
	if cfg.Wait <= 0 {
		cfg.Wait = 3 * time.Second
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	dir := filepath.Dir(cfg.Path)
	if !cfg.ReadOnly {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return nil, fmt.Errorf("store: create directory %s: %w", dir, err)
		}
	}
	db, err := openFile(cfg)
	switch {
	case err == nil:
	case errors.Is(err, berrors.ErrTimeout):
		return nil, fmt.Errorf("store: %s is %w: is the bot running already?", cfg.Path, ErrInUse)
	case errors.Is(err, fs.ErrPermission) && cfg.ReadOnly:
		return nil, fmt.Errorf("store: cannot read %s: %w", cfg.Path, fs.ErrPermission)
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return nil, fmt.Errorf("store: cannot write in directory %s: %w", dir, err)
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrVersionMismatch), errors.Is(err, berrors.ErrChecksum),
		strings.Contains(err.Error(), "file size too small"): // it has no name in bbolt
		return nil, damage(cfg.Path, fmt.Errorf("or not a store at all: %w", err))
	default:
		return nil, fmt.Errorf("store: open %s: %w", cfg.Path, err)
	}

	s := &Store{db: db, path: cfg.Path, log: cfg.Log, articles: cmp.Or(max(cfg.Articles, 0), store.ArticleBudget), listMost: adviseBytes}
	if err := s.prepare(); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// openFile opens the database. On a damaged file bbolt may panic, or read beyond the end of the file. Then openFile unlocks and closes
// the file.
func openFile(cfg Config) (db *bolt.DB, err error) {
	var file *os.File
	opt := &bolt.Options{
		Timeout:      cfg.Wait,
		FreelistType: bolt.FreelistMapType, // the other one slows down with the number of free pages
		MaxSize:      int(min(cfg.MaxSize, math.MaxInt)),
		ReadOnly:     cfg.ReadOnly,
		NoStatistics: true, // statistics cost every reader a lock
		OpenFile: func(name string, flag int, perm os.FileMode) (*os.File, error) {
			var err error
			file, err = os.OpenFile(name, flag, perm)
			return file, err
		},
	}
	if strconv.IntSize == 64 {
		opt.InitialMmapSize = mapSize
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			unlock(file) // the map that bbolt leaves behind would keep the lock beyond Close
			db, err = nil, errors.Join(damage(cfg.Path, fmt.Errorf("%v", p)), file.Close())
		}
	}()
	if db, err = bolt.Open(cfg.Path, 0o600, opt); err != nil {
		return nil, err
	}
	db.AllocSize = growBy
	return db, nil
}

// prepare checks that this program wrote the file in a version that it knows, creates missing buckets, and upgrades the file.
func (s *Store) prepare() error {
	complete, empty, version := true, true, schema
	err := s.view(context.Background(), func(tx *bolt.Tx) error {
		if fi, err := os.Stat(s.path); err != nil || fi.Size() < tx.Size() {
			return damage(s.path, errors.Join(err, fmt.Errorf("shorter than the %d bytes that belong to it", tx.Size())))
		}
		unknown, err := checkBuckets(tx)
		if err != nil {
			return damage(s.path, err)
		}
		for _, name := range buckets {
			complete = complete && tx.Bucket(name) != nil
		}
		k, _ := tx.Cursor().First()
		empty = k == nil
		if empty {
			return nil
		}
		meta := tx.Bucket(bucketMeta)
		if meta == nil || string(meta.Get(keyProgram)) != program {
			return fmt.Errorf("store: %s is not a store of %s", s.path, program)
		}
		if version, err = strconv.Atoi(string(meta.Get(keySchema))); err != nil || version < 1 {
			return damage(s.path, fmt.Errorf("schema version %q", meta.Get(keySchema)))
		}
		if version > schema {
			return fmt.Errorf("store: %s %w (schema %d, this one knows %d): use that version", s.path, ErrNewer, version, schema)
		}
		if unknown != "" { // its name is damaged: the bucket of that name would be created, empty
			return damage(s.path, fmt.Errorf("unknown bucket %q", unknown))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if s.db.IsReadOnly() && (!complete || version != schema) {
		return fmt.Errorf("store: %s %w", s.path, ErrOlder)
	}
	if !complete {
		if err := s.complete(empty); err != nil {
			return err
		}
	}
	return s.upgrade(version)
}

// complete creates the missing buckets. It marks an empty file as written by this program.
func (s *Store) complete(empty bool) error {
	return s.write(context.Background(), func(t *txn) error {
		t.dirty, t.wrote = true, true
		for _, name := range buckets {
			if _, err := t.tx.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		if !empty {
			return nil
		}
		meta := t.bucket(bucketMeta)
		if err := t.put(meta, keyProgram, []byte(program)); err != nil {
			return err
		}
		return t.put(meta, keySchema, []byte(strconv.Itoa(schema)))
	})
}
