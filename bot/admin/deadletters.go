package admin

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
)

// DeadLetters writes the updates that the bot gave up, one JSON object a line, the last one first. If the bot runs, it is asked. The lines hold
// what people wrote.
func DeadLetters(ctx context.Context, cfg config.Config, w io.Writer) error {
	ask := func() error { return askFile(ctx, cfg, askDeadLetters, w) }
	return askOrOpen(ctx, ask, func() (err error) {
		source, err := openComplete(ctx, configured(cfg))
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, source.Close()) }()
		return writeDeadLetters(ctx, source, w)
	})
}

// deadLetter is a line of the output.
type deadLetter struct {
	Update  int64     `json:"update"`
	Arrived time.Time `json:"arrived"`
	Tries   int       `json:"tries"`
	Place   string    `json:"place,omitempty"` // of the story that was being told
	Raw     any       `json:"raw"`             // as Telegram sent it
}

// writeDeadLetters writes one JSON object a line, the last update first.
func writeDeadLetters(ctx context.Context, inbox store.Inbox, w io.Writer) error {
	entries, err := inbox.DeadLetters(ctx)
	if err != nil {
		return err
	}
	out := json.NewEncoder(w)
	for _, e := range entries {
		line := deadLetter{Update: e.Update, Arrived: e.Arrived, Tries: e.Tries, Place: e.Place, Raw: string(e.Raw)}
		if json.Valid(e.Raw) {
			line.Raw = json.RawMessage(e.Raw)
		}
		if err := out.Encode(line); err != nil {
			return err
		}
	}
	return nil
}
