package admin

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/killpoint"
	"excursobot/bot/web"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// The running bot answers commands on a socket in the data directory. Only users who can read the store's file can open it.
const (
	controlSocket  = "excursobot.sock"
	askBackup      = "/backup"
	askDeadLetters = "/parked"
	askPayments    = "/payments"
	controlTimeout = 10 * time.Minute // for a whole backup
)

// listenControl creates the socket. It has mode 0600 before it gets its name.
func listenControl(dir string) (net.Listener, error) {
	path := filepath.Join(dir, controlSocket)
	temp, err := os.MkdirTemp(dir, ".sock-") // 0700
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(temp)
	hidden := filepath.Join(temp, "s")
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: hidden, Net: "unix"})
	if err != nil {
		return nil, err
	}
	l.SetUnlinkOnClose(false)                                                             // it is renamed
	if err := errors.Join(os.Chmod(hidden, 0o600), os.Rename(hidden, path)); err != nil { // replaces one that a killed process left
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Control lets operators' commands read the store of a running bot, over a socket in the data directory.
type Control struct {
	Dir   string           // the data directory
	File  *boltstore.Store // nil = the store is a database, which commands open themselves
	Store reader           // File, or a wrapper around it
	Packs *Packs           // nil = no packs
	Log   *slog.Logger
}

// reader has the roles that commands read.
type reader interface {
	store.Inbox
	store.Payments
}

// Run serves the socket until ctx ends. If the socket cannot be created, it logs that and waits: the bot works without it.
func (c *Control) Run(ctx context.Context) error {
	l, err := listenControl(c.Dir)
	if err != nil {
		c.Log.Warn("control_socket_failed", "hint", "excursobot backup and pack work only while the bot is stopped", "error", err)
		<-ctx.Done()
		return nil
	}
	defer os.Remove(filepath.Join(c.Dir, controlSocket))
	mux := http.NewServeMux()
	if c.File != nil {
		mux.HandleFunc("POST "+askBackup, c.streamBackup)
		mux.HandleFunc("POST "+askDeadLetters, c.streamDeadLetters)
		mux.HandleFunc("POST "+askPayments, c.streamPayments)
	}
	if c.Packs != nil {
		c.Packs.routes(mux, c.Dir)
	}
	srv := web.NewServer(mux, c.Log)
	srv.WriteTimeout = controlTimeout
	const patience = time.Second // the command that waits for a backup notices if it is cut off
	return web.Serve(ctx, srv, web.LimitListener(l, 4), patience)
}

// streamBackup writes the whole store. If that fails it closes the connection, so that the command does not take a part for the whole.
func (c *Control) streamBackup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := c.File.Backup(r.Context(), killpoint.Writer(w)); err != nil {
		c.Log.Error("backup_failed", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// streamPayments writes every payment as a line of JSON. If that fails it closes the connection.
func (c *Control) streamPayments(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	if err := writePayments(r.Context(), w, c.Store); err != nil {
		c.Log.Error("payments_read_failed", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// streamDeadLetters writes every dead letter as a line of JSON. If that fails it closes the connection.
func (c *Control) streamDeadLetters(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/jsonl")
	if err := writeDeadLetters(r.Context(), c.Store, w); err != nil {
		c.Log.Error("dead_letters_read_failed", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// errNotRunning means that no process answers on the socket.
var errNotRunning = errors.New("the bot is not running")

// controlTransport sends every request to the socket of the bot that runs on the data directory. Its error is errNotRunning if there is none.
func controlTransport(dir string) *http.Transport {
	var d net.Dialer
	return &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := d.DialContext(ctx, "unix", filepath.Join(dir, controlSocket))
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errNotRunning, err)
			}
			return conn, nil
		},
	}
}

// askBot writes the running bot's answer to w. It returns errNotRunning if no bot runs.
func askBot(ctx context.Context, dir, question string, w io.Writer) error {
	client := http.Client{Timeout: controlTimeout, Transport: controlTransport(dir)}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://excursobot"+question, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot answered %s", resp.Status)
	}
	_, err = io.Copy(w, resp.Body)
	return err
}

// askFile is askBot for a store that only the bot can read while it runs: a file. Of a database it returns errNotRunning.
func askFile(ctx context.Context, cfg config.Config, question string, w io.Writer) error {
	if cfg.Store.Postgres != "" {
		return errNotRunning
	}
	return askBot(ctx, cfg.Store.Dir, question, w)
}

// startPatience is how long a command waits for a bot that holds the store already and does not listen on its socket yet.
const startPatience = 10 * time.Second

// askOrOpen calls ask, and if no bot runs, open, which opens the store itself. While a process that has just started holds the store, both are
// called again.
func askOrOpen(ctx context.Context, ask, open func() error) error {
	for until := time.Now().Add(startPatience); ; {
		if err := ask(); !errors.Is(err, errNotRunning) {
			return err
		}
		err := open()
		if !errors.Is(err, boltstore.ErrInUse) || time.Now().After(until) {
			return err
		}
		if limiter.Sleep(ctx, 200*time.Millisecond) != nil {
			return err
		}
	}
}
