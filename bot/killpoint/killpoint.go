//go:build chaos

package killpoint

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"

	"excursobot/store"
)

// EXCURSOBOT_CHAOS=point:n kills the process, as kill -9 does, when it passes the point for the n-th time. With EXCURSOBOT_CHAOS_HOW=panic it
// panics there instead, and nothing recovers. The points are around everything that leaves the process: writes to the store, calls to
// Telegram, answers to it, a backup's bytes, steps of a command.
//
//	accept.before   an update is about to be stored
//	accept.after    it is stored, its lane has not heard of it, and the offset has not moved
//	reply.before    it is in its lane, and Telegram has not got its 200
//	reply.after     Telegram may have it
//	note.before     the card is on the screen and is not stored
//	note.after      between card and story
//	send.before     before a message
//	send.after      Telegram has it, the answer is not read: between send and commit
//	edit.before, edit.after
//	delivered.before, delivered.after
//	done.before, done.after
//	retry.after     a try is counted, nothing is done
//	walks.before, walks.after    a batch of moves, a beginning or an end of a walk
//	stories.before  between a batch's answer and the library
//	checkout.before, checkout.after    the answer to a checkout
//	pay.before, pay.after              a payment's row
//	thanks.before   the payment is stored, the person is not thanked
//	backup.middle   half of a backup is written
//	restore.copied  the backup lies beside the store
//	restore.aside   the old store has its second name, the new one is not in its place
//	migrate.batch   some rows are in the other store
//	migrate.checked all are, and it does not know that it is whole

// chaos is the chosen point, and how often it can still be passed.
var chaos = armed(os.Getenv("EXCURSOBOT_CHAOS"))

type chaosPoint struct {
	name string
	left atomic.Int64
}

func armed(at string) *chaosPoint {
	p := &chaosPoint{}
	name, n, ok := strings.Cut(at, ":")
	times, err := strconv.ParseInt(n, 10, 64)
	if !ok || err != nil {
		return p
	}
	p.name = name
	p.left.Store(times)
	return p
}

// pass kills the process if it passes the chosen point for the n-th time.
func pass(point string) {
	if point != chaos.name || chaos.left.Add(-1) != 0 {
		return
	}
	fmt.Fprintln(os.Stderr, "chaos:", point)
	if os.Getenv("EXCURSOBOT_CHAOS_HOW") == "panic" {
		go panic("chaos")
		select {}
	}
	if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
		panic(err)
	}
	select {} // the signal is on its way
}

// Step passes a point between two steps of a command.
func Step(point string) { pass(point) }

type chaoticStore struct{ store.Store }

// Store returns s with a point before and after each write.
func Store(s store.Store) store.Store { return chaoticStore{s} }

// around passes the points before and after fn.
func around(point string, fn func() error) error {
	pass(point + ".before")
	err := fn()
	if err == nil {
		pass(point + ".after")
	}
	return err
}

func (c chaoticStore) Accept(ctx context.Context, entries ...store.Entry) (fresh []bool, err error) {
	err = around("accept", func() error { fresh, err = c.Store.Accept(ctx, entries...); return err })
	return fresh, err
}

func (c chaoticStore) Note(ctx context.Context, update int64, place string, message int) error {
	return around("note", func() error { return c.Store.Note(ctx, update, place, message) })
}

func (c chaoticStore) Delivered(ctx context.Context, d store.Delivery) error {
	return around("delivered", func() error { return c.Store.Delivered(ctx, d) })
}

func (c chaoticStore) MarkDone(ctx context.Context, updates ...int64) error {
	return around("done", func() error { return c.Store.MarkDone(ctx, updates...) })
}

func (c chaoticStore) Retry(ctx context.Context, update int64) (again bool, err error) {
	err = around("retry", func() error { again, err = c.Store.Retry(ctx, update); return err })
	return again, err
}

func (c chaoticStore) SaveWalks(ctx context.Context, walks []store.Walk) error {
	return around("walks", func() error { return c.Store.SaveWalks(ctx, walks) })
}

func (c chaoticStore) PutStories(ctx context.Context, stories []store.Story) error {
	return around("stories", func() error { return c.Store.PutStories(ctx, stories) })
}

func (c chaoticStore) Credit(ctx context.Context, p store.Payment) (kept store.Payment, fresh bool, err error) {
	err = around("pay", func() error { kept, fresh, err = c.Store.Credit(ctx, p); return err })
	if err == nil && !fresh { // as it is before each thanks
		pass("thanks.before")
	}
	return kept, fresh, err
}

type chaoticTransport struct{ next http.RoundTripper }

// Transport returns t with a point before and after each call that shows something to a person.
func Transport(next http.RoundTripper) http.RoundTripper { return chaoticTransport{next} }

// RoundTrip implements http.RoundTripper.
func (c chaoticTransport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
	var point string
	switch {
	case strings.HasSuffix(r.URL.Path, "/sendMessage"):
		point = "send"
	case strings.HasSuffix(r.URL.Path, "/editMessageText"):
		point = "edit"
	case strings.HasSuffix(r.URL.Path, "/answerPreCheckoutQuery"):
		point = "checkout"
	default:
		return c.next.RoundTrip(r)
	}
	err = around(point, func() error { resp, err = c.next.RoundTrip(r); return err }) //nolint:bodyclose // the caller closes it
	return resp, err
}

type chaoticWriter struct {
	io.Writer
	written int
}

// Writer returns w with a point in the middle of a backup.
func Writer(w io.Writer) io.Writer { return &chaoticWriter{Writer: w} }

// Write implements io.Writer.
func (c *chaoticWriter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	if c.written += n; c.written > 16<<10 {
		pass("backup.middle")
	}
	return n, err
}

// Webhook returns h with a point before and after its answer.
func Webhook(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(chaoticReply{w}, r)
		pass("reply.after")
	})
}

type chaoticReply struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c chaoticReply) WriteHeader(status int) {
	pass("reply.before")
	c.ResponseWriter.WriteHeader(status)
}
