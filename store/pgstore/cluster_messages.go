package pgstore

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// Messages between replicas are notifications: they need no table, and reach the replicas that listen at that moment.

// message is the payload of a notification.
type message struct {
	To     string          `json:"to"`
	Chat   int64           `json:"chat"`
	Update json.RawMessage `json:"update,omitempty"`
}

// channel is the name under which the replicas on one schema listen: notifications do not belong to a schema.
func (s *Store) channel() string { return fmt.Sprintf("excursobot_%08x", uint32(s.space)) }

// Post implements store.Cluster.
func (s *Store) Post(ctx context.Context, to string, chat int64, update []byte) error {
	payload, err := json.Marshal(message{To: to, Chat: chat, Update: update})
	if err != nil || len(update) > store.MaxPost {
		return fmt.Errorf("%w: an update of %d bytes", store.ErrInvalid, len(update))
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue("SELECT pg_notify($1, $2)", s.channel(), string(payload)) })
}

// Listen implements store.Cluster. It opens its own connection, so that the pool does not lack one.
func (s *Store) Listen(ctx context.Context, replica string, ready func(), received func(chat int64, update []byte)) error {
	if err := s.listen(ctx, replica, ready, received); ctx.Err() == nil {
		return translate(err)
	}
	return nil
}

func (s *Store) listen(ctx context.Context, replica string, ready func(), received func(chat int64, update []byte)) error {
	conn, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() {
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		_ = conn.Close(last) // nothing depends on it any more
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+pgx.Identifier{s.channel()}.Sanitize()); err != nil {
		return err
	}
	key, err := s.showAlive(ctx, conn, replica)
	if err != nil {
		return err
	}
	defer s.hideAlive(ctx, replica, key)
	ready()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return err
		}
		var m message
		if err := json.Unmarshal([]byte(n.Payload), &m); err != nil {
			s.log.Warn("replica_message_unreadable", "error", err)
			continue
		}
		if m.To == replica {
			received(m.Chat, m.Update)
		}
	}
}
