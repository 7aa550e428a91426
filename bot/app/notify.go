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

// notifier tells systemd how the service is (sd_notify(3)): a datagram to the socket that NOTIFY_SOCKET names. Without one it says nothing.
type notifier struct {
	socket string        // "" = nobody listens
	every  time.Duration // between two signs of life; 0 = none are wanted
	log    *slog.Logger
}

func newNotifier(env config.Environment, log *slog.Logger) *notifier {
	n := &notifier{socket: env["NOTIFY_SOCKET"], log: log}
	// systemd wants one within WATCHDOG_USEC and advises half of it; WATCHDOG_PID says for whom it is meant.
	usec, err := strconv.ParseInt(env["WATCHDOG_USEC"], 10, 64)
	if pid := env["WATCHDOG_PID"]; err == nil && usec > 0 && (pid == "" || pid == strconv.Itoa(os.Getpid())) {
		n.every = time.Duration(usec) * time.Microsecond / 2
	}
	return n
}

// tell sends one state, like READY=1.
func (n *notifier) tell(state string) {
	if n.socket == "" {
		return
	}
	if err := n.send(state); err != nil {
		n.log.Warn("sd_notify", "state", state, "error", err)
	}
}

func (n *notifier) send(state string) error {
	if n.socket[0] != '/' && n.socket[0] != '@' { // @ begins an abstract socket, for systemd as for Go
		return fmt.Errorf("NOTIFY_SOCKET %q is no socket", n.socket)
	}
	conn, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.socket, Net: "unixgram"})
	if err != nil {
		return err
	}
	_, err = conn.Write([]byte(state))
	return errors.Join(err, conn.Close())
}

// run says READY once ready does, then signs of life as long as alive agrees, until ctx ends.
func (n *notifier) run(ctx context.Context, ready, alive func(context.Context) error) {
	const look = 250 * time.Millisecond
	ticker := time.NewTicker(look)
	defer ticker.Stop()
	said := false
	var last time.Time
	for n.socket != "" {
		if !said && ready(ctx) == nil {
			n.tell("READY=1")
			said = true
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
