package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strconv"
	"time"

	"excursobot/bot/config"
)

// notifier sends the state of the service to systemd (sd_notify(3)), as a datagram to the socket in NOTIFY_SOCKET. Without that variable it
// sends nothing.
type notifier struct {
	socket string        // "" = there is no systemd
	every  time.Duration // between two heartbeats; 0 = systemd wants none
	log    *slog.Logger
}

func newNotifier(env config.Environment, log *slog.Logger) *notifier {
	n := &notifier{socket: env["NOTIFY_SOCKET"], log: log}
	// systemd expects a heartbeat within WATCHDOG_USEC and advises half of it. WATCHDOG_PID is the process that it means.
	usec, err := strconv.ParseInt(env["WATCHDOG_USEC"], 10, 64)
	if pid := env["WATCHDOG_PID"]; err == nil && usec > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		n.every = time.Duration(usec) * time.Microsecond / 2
	}
	return n
}

// tell sends one state, such as READY=1.
func (n *notifier) tell(state string) {
	if n.socket == "" {
		return
	}
	if err := n.send(state); err != nil {
		n.log.Warn("systemd_notify_failed", "state", state, "error", err)
	}
}

func (n *notifier) send(state string) error {
	if n.socket[0] != '/' && n.socket[0] != '@' { // @ is the first character of an abstract socket
		return fmt.Errorf("NOTIFY_SOCKET %q is not a socket", n.socket)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte(state))
	return errors.Join(err, conn.Close())
}

// run sends READY when ready returns nil, then heartbeats while alive returns nil, until ctx ends.
func (n *notifier) run(ctx context.Context, ready, alive func(context.Context) error) {
	const look = 250 * time.Millisecond
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	sent := false
	var last time.Time
	for n.socket != "" {
		if !sent && ready(ctx) == nil {
			n.tell("READY=1")
			sent = true
		}
		if now := time.Now(); n.every > 0 && now.Sub(last) >= n.every-look && alive(ctx) == nil {
			n.tell("WATCHDOG=1")
			last = now
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
	<-ctx.Done()
}
