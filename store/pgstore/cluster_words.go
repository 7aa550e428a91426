package pgstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// Words between replicas are notifications: they cost no table, and reach those who listen at that moment.

// word is the payload of one.
type word struct {
	To     string          `json:"to"`
	Chat   int64           `json:"chat"`
	Update json.RawMessage `json:"update,omitempty"`
}

// channel is where the replicas on one schema hear each other: notifications know no schemas.
func (s *Store) channel() string { return fmt.Sprintf("excursobot_%08x", uint32(s.space)) }

// Post implements store.Cluster.
func (s *Store) Post(ctx context.Context, to string, chat int64, update []byte) error {
	payload, err := json.Marshal(word{To: to, Chat: chat, Update: update})
	if err != nil || len(update) > store.MaxPost {
		return fmt.Errorf("%w: an update of %d bytes", store.ErrInvalid, len(update))
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue("SELECT pg_notify($1, $2)", s.channel(), string(payload)) })
}

// Listen implements store.Cluster. It has a connection of its own: one of the pool would be missing there.
func (s *Store) Listen(ctx context.Context, replica string, ready func(), heard func(chat int64, update []byte)) error {
	if err := s.listen(ctx, replica, ready, heard); ctx.Err() == nil {
		return translate(err)
	}
	return nil
}

func (s *Store) listen(ctx context.Context, replica string, ready func(), heard func(chat int64, update []byte)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(last) // nothing is lost with it
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.channel()}.Sanitize()); err != nil {
		return err
	}
	ready()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var w word
		if err := json.Unmarshal([]byte(n.Payload), &w); err != nil {
			s.log.Warn("replica_word", "error", err)
			continue
		}
		if w.To == replica {
			heard(w.Chat, w.Update)
		}
	}
}
