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

	"excursobot/bot/killpoint"
	"excursobot/bot/web"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// The running process answers its owner on a socket in the data directory: only who may read the store's file may open it.
const (
	controlSocket  = "excursobot.sock"
	askBackup      = "/backup"
	askParked      = "/parked"
	askPayments    = "/payments"
	controlTimeout = 10 * time.Minute // for a whole backup over it
)

// listenControl makes the socket, 0600 before anybody can see it.
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
	if err := errors.Join(os.Chmod(hidden, 0o600), os.Rename(hidden, path)); err != nil { // over one left by a killed process
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// Control answers the operator's commands of the running process. It serves a socket in the data directory.
type Control struct {
	Dir   string // the data directory
	File  *boltstore.Store
	Store store.Store // File, perhaps with something in front of it
	Log   *slog.Logger
}

// Run serves the socket until ctx ends. Without one the bot runs all the same, and is backed up by its schedule.
func (c *Control) Run(ctx context.Context) error {
	l, err := listenControl(c.Dir)
	if err != nil {
		c.Log.Warn("no_control_socket", "hint", "excursobot backup works only while the bot is stopped", "error", err)
		<-ctx.Done()
		return nil
	}
	defer os.Remove(filepath.Join(c.Dir, controlSocket))
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+askBackup, c.streamBackup)
	mux.HandleFunc("POST "+askParked, c.streamParked)
	mux.HandleFunc("POST "+askPayments, c.streamPayments)
	srv := web.NewServer(mux, c.Log)
	srv.WriteTimeout = controlTimeout
	const patience = time.Second // a backup cut off is noticed by who waits for it
	return web.Serve(ctx, srv, web.LimitListener(l, 4), patience)
}

// streamBackup writes the whole store. One that fails on the way cuts the connection, so that it cannot be taken for whole.
func (c *Control) streamBackup(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := c.File.Backup(r.Context(), killpoint.Writer(w)); err != nil {
		c.Log.Error("backup", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// streamPayments writes every payment as a line of JSON. A list that fails on the way is cut off, as a backup is.
func (c *Control) streamPayments(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	if err := writePayments(r.Context(), w, c.Store); err != nil {
		c.Log.Error("payments", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// streamParked writes the updates that were put aside.
func (c *Control) streamParked(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/jsonl")
	if err := writeParked(r.Context(), c.Store, w); err != nil {
		c.Log.Error("parked", "error", err)
		panic(http.ErrAbortHandler)
	}
}

// errNotRunning says that no process answers at the socket.
var errNotRunning = errors.New("the bot is not running")

// askBot writes the running bot's answer to w; errNotRunning if there is no bot.
func askBot(ctx context.Context, dir, question string, w io.Writer) error {
	path := filepath.Join(dir, controlSocket)
	var d net.Dialer
	client := http.Client{Timeout: controlTimeout, Transport: &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			conn, err := d.DialContext(ctx, "unix", path)
			if err != nil {
				return nil, fmt.Errorf("%w: %w", errNotRunning, err)
			}
			return conn, nil
		},
	}}
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
