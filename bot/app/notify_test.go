package app

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"excursobot/bot/config"
)

func TestSystemdIsTold(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	systemd, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer systemd.Close()
	n := newNotifier(config.Environment{"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "1000"}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	asked := 0
	go func() {
		defer close(ended)
		n.run(ctx,
			func(context.Context) error {
				if asked++; asked == 1 {
					return errors.New("not yet")
				}
				return nil
			},
			func(context.Context) error { return nil })
	}()
	var got []string
	if err := systemd.SetReadDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	for b := make([]byte, 100); len(got) < 3; {
		k, err := systemd.Read(b)
		if err != nil {
			t.Fatalf("after %q: %v", got, err)
		}
		got = append(got, string(b[:k]))
	}
	cancel()
	<-ended
	if want := "WATCHDOG=1 READY=1 WATCHDOG=1"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %s", got, want)
	}
}

func TestWatchdogOfAnotherProcess(t *testing.T) {
	for _, tc := range []struct {
		env  config.Environment
		want time.Duration
	}{
		{config.Environment{}, 0},
		{config.Environment{"WATCHDOG_USEC": "30000000"}, 15 * time.Second},
		{config.Environment{"WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "1"}, 0},
		{config.Environment{"WATCHDOG_USEC": "soon"}, 0},
		{config.Environment{"WATCHDOG_USEC": "-1"}, 0},
	} {
		if got := newNotifier(tc.env, nil).every; got != tc.want {
			t.Errorf("%v: every %v, want %v", tc.env, got, tc.want)
		}
	}
	n := newNotifier(config.Environment{"NOTIFY_SOCKET": "relative"}, slog.New(slog.DiscardHandler))
	if err := n.send("READY=1"); err == nil {
		t.Error("sent to a relative path")
	}
}
