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
	"time"

	"excursobot/store"
)

// A build with the tag chaos kills itself, as by kill -9, when it passes a named point for the n-th time: EXCURSOBOT_CHAOS=point:n. With
// EXCURSOBOT_CHAOS_HOW=panic it panics there instead, in a goroutine without a recover. The points are before and after everything that leaves the
// process: writes to the store, calls of Telegram, replies to Telegram, the bytes of a backup, the steps of a command.
//
//	accept.before   an update is about to be stored
//	accept.after    it is stored, but not in its lane, and the offset has not moved
//	reply.before    it is in its lane, and Telegram has no reply yet
//	reply.after     Telegram may have the reply
//	note.before     the card is in the chat, but not stored
//	note.after      the card is stored, the story is not sent
//	send.before     before a message
//	send.after      Telegram has the message, its answer is not read
//	edit.before, edit.after
//	delivered.before, delivered.after
//	done.before, done.after
//	retry.after     a try is counted, and nothing else is done
//	survived.before, survived.after    tries are reset, because the process lived on
//	walks.before, walks.after    a batch of moves, a beginning or an end of a walk
//	plan.before, plan.after    a tour is planned
//	step.before, step.after    a step of a tour: its start, a stop that was told or skipped, the way to the next one that was shown
//	over.before, over.after    a tour that was summed up is forgotten
//	stories.before  the model has answered, the stories are not stored
//	checkout.before, checkout.after    the answer to a checkout
//	pay.before, pay.after              the record of a payment
//	thanks.before   the payment is stored, the thanks are not sent
//	backup.middle   half of a backup is written
//	restore.copied  the backup is beside the store
//	restore.aside   the old store is renamed, the new one is not in its place
//	migrate.batch   some records are in the other store
//	migrate.checked all records are there, but the store is not marked as complete
//
// EXCURSOBOT_CHAOS_POISON=person makes that person's questions poisonous: every process ends when it looks up what the person was told.

// poison is the person whose questions end processes; "" = nobody.
var poison = os.Getenv("EXCURSOBOT_CHAOS_POISON")

// armedPoint is the point of this process.
var armedPoint = armed(os.Getenv("EXCURSOBOT_CHAOS"))

type killPoint struct {
	name string
	left atomic.Int64 // passes until the kill
}

func armed(at string) *killPoint {
	p := &killPoint{}
	name, n, ok := strings.Cut(at, ":")
	times, err := strconv.ParseInt(n, 10, 64)
	if !ok || err != nil {
		return p
	}
	p.name = name
	p.left.Store(times)
	return p
}

// pass kills the process if the point is armed and its passes are used up.
func pass(point string) {
	if point != armedPoint.name || armedPoint.left.Add(-1) != 0 {
		return
	}
	kill(point)
}

// kill ends the process.
func kill(point string) {
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

type killingStore struct{ store.Store }

// Store returns a store that passes the points of its writes.
func Store(s store.Store) store.Store { return killingStore{s} }

// around passes the points before and after fn.
func around(point string, fn func() error) error {
	pass(point + ".before")
	err := fn()
	if err == nil {
		pass(point + ".after")
	}
	return err
}

func (c killingStore) Accept(ctx context.Context, entries ...store.Entry) (fresh []bool, err error) {
	err = around("accept", func() error { fresh, err = c.Store.Accept(ctx, entries...); return err })
	return fresh, err
}

func (c killingStore) Note(ctx context.Context, update int64, place string, message int) error {
	return around("note", func() error { return c.Store.Note(ctx, update, place, message) })
}

func (c killingStore) Delivered(ctx context.Context, d store.Delivery) error {
	return around("delivered", func() error { return c.Store.Delivered(ctx, d) })
}

func (c killingStore) MarkDone(ctx context.Context, updates ...int64) error {
	return around("done", func() error { return c.Store.MarkDone(ctx, updates...) })
}

func (c killingStore) Retry(ctx context.Context, update int64) (again bool, err error) {
	err = around("retry", func() error { again, err = c.Store.Retry(ctx, update); return err })
	return again, err
}

func (c killingStore) Survived(ctx context.Context, updates ...int64) error {
	return around("survived", func() error { return c.Store.Survived(ctx, updates...) })
}

func (c killingStore) Told(ctx context.Context, person int64, places []string) ([]bool, error) {
	if poison != "" && poison == strconv.FormatInt(person, 10) {
		kill("poison")
	}
	return c.Store.Told(ctx, person, places)
}

func (c killingStore) SaveWalks(ctx context.Context, walks []store.Walk) error {
	return around("walks", func() error { return c.Store.SaveWalks(ctx, walks) })
}

func (c killingStore) PutTour(ctx context.Context, t store.Tour) error {
	return around("plan", func() error { return c.Store.PutTour(ctx, t) })
}

func (c killingStore) UpdateTour(ctx context.Context, person int64, now time.Time, fn func(*store.Tour) error) (t store.Tour, err error) {
	err = around("step", func() error { t, err = c.Store.UpdateTour(ctx, person, now, fn); return err })
	return t, err
}

func (c killingStore) DeleteTour(ctx context.Context, person int64) error {
	return around("over", func() error { return c.Store.DeleteTour(ctx, person) })
}

func (c killingStore) PutStories(ctx context.Context, stories []store.Story) error {
	return around("stories", func() error { return c.Store.PutStories(ctx, stories) })
}

func (c killingStore) Credit(ctx context.Context, p store.Payment) (kept store.Payment, fresh bool, err error) {
	err = around("pay", func() error { kept, fresh, err = c.Store.Credit(ctx, p); return err })
	if err == nil && !fresh { // before the thanks
		pass("thanks.before")
	}
	return kept, fresh, err
}

type killingTransport struct{ next http.RoundTripper }

// Transport returns a transport that passes the points of calls of Telegram.
func Transport(next http.RoundTripper) http.RoundTripper { return killingTransport{next} }

// RoundTrip implements http.RoundTripper.
func (c killingTransport) RoundTrip(r *http.Request) (resp *http.Response, err error) {
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

type killingWriter struct {
	io.Writer
	written int
}

// Writer returns a writer of a backup that passes the point in its middle.
func Writer(w io.Writer) io.Writer { return &killingWriter{Writer: w} }

// Write implements io.Writer.
func (c *killingWriter) Write(b []byte) (int, error) {
	n, err := c.Writer.Write(b)
	if c.written += n; c.written > 16<<10 {
		pass("backup.middle")
	}
	return n, err
}

// Webhook passes the points before and after the reply to a post.
func Webhook(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(killingReply{w}, r)
		pass("reply.after")
	})
}

type killingReply struct{ http.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (c killingReply) WriteHeader(status int) {
	pass("reply.before")
	c.ResponseWriter.WriteHeader(status)
}
