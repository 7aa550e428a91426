package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// DeadLetters writes the updates that were given up, one JSON object a line, through the running bot if there is one. They hold what people wrote.
func DeadLetters(ctx context.Context, cfg config.Config, w io.Writer) error {
	err := askBot(ctx, cfg.Store.Dir, askParked, w)
	if !errors.Is(err, errNotRunning) {
		return err
	}
	path := cfg.StoreFile()
	if _, err := os.Stat(path); err != nil { // Open would make one
		return err
	}
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		return err
	}
	return errors.Join(writeParked(ctx, s, w), s.Close())
}

// parkedUpdate is a line of what the command prints.
type parkedUpdate struct {
	Update  int64     `json:"update"`
	Arrived time.Time `json:"arrived"`
	Tries   int       `json:"tries"`
	Place   string    `json:"place,omitempty"` // that was being told
	Raw     any       `json:"raw"`             // as Telegram sent it
}

// writeParked writes one JSON object a line, of the update parked last first.
func writeParked(ctx context.Context, inbox store.Inbox, w io.Writer) error {
	entries, err := inbox.Parked(ctx)
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	for _, e := range entries {
		line := parkedUpdate{Update: e.Update, Arrived: e.Arrived, Tries: e.Tries, Place: e.Place, Raw: string(e.Raw)}
		if json.Valid(e.Raw) {
			line.Raw = json.RawMessage(e.Raw)
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
