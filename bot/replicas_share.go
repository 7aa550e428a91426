package bot

import (
	"context"
	"fmt"
)

// What all replicas together have so much of lies in slots of the store. Calls to the model are taken one by one, by the guide; these two are
// held from round to round.
const (
	// outShares is into how many shares the rate of messages is divided.
	outShares = 12
	outKind   = "telegram"
	// pollKind is the one slot of who polls.
	pollKind = "poll"
)

// shareOut takes this replica's part of the rate at which all together may send: an equal one, as soon as the others let go of theirs.
func (b *Bot) shareOut(ctx context.Context) error {
	r := b.replicas
	r.mu.Lock()
	due := max(1, outShares/max(1, r.alive))
	r.mu.Unlock()
	held, err := r.hub.Renew(ctx, outKind, r.id, r.lease)
	if err != nil {
		return fmt.Errorf("renew the share of sending: %w", err)
	}
	for len(held) > due {
		last := len(held) - 1
		if err := r.hub.Return(ctx, outKind, held[last], r.id); err != nil {
			return fmt.Errorf("return a share of sending: %w", err)
		}
		held = held[:last]
	}
	for len(held) < due {
		slot, ok, err := r.hub.Take(ctx, outKind, outShares, r.id, r.lease)
		if err != nil {
			return fmt.Errorf("take a share of sending: %w", err)
		}
		if !ok {
			break
		}
		held = append(held, slot)
	}
	b.setShare(len(held))
	return nil
}

// choosePoller lets one replica poll, where there is no webhook.
func (b *Bot) choosePoller(ctx context.Context) error {
	if b.cfg.WebhookURL != "" {
		return nil
	}
	r := b.replicas
	held, err := r.hub.Renew(ctx, pollKind, r.id, r.lease)
	polling := len(held) > 0
	if err == nil && !polling {
		_, polling, err = r.hub.Take(ctx, pollKind, 1, r.id, r.lease)
	}
	if err != nil {
		return fmt.Errorf("turn to poll: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.polling = polling
	return nil
}

// setShare sets the rate of sending; a replica without a share yet still answers, slowly.
func (b *Bot) setShare(held int) {
	b.pace.SetRate(b.cfg.Limits.OutRate * max(float64(held), 0.5) / outShares)
}
