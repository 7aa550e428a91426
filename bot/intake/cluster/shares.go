package cluster

import (
	"context"
	"fmt"
)

// The rate of messages and the turn to poll are slots of the store that a replica holds from round to round. The guide takes the slots of calls to
// the model, one by one.
const (
	// outShares is into how many shares the rate of messages is divided.
	outShares = 12
	outKind   = "telegram"
	// pollKind has one slot: the turn to poll.
	pollKind = "poll"
)

// shareOut takes this replica's part of the common rate of messages: an equal one, as soon as the others give theirs back.
func (m *Member) shareOut(ctx context.Context) error {
	m.mu.Lock()
	due := max(1, outShares/max(1, m.alive))
	m.mu.Unlock()
	held, err := m.hub.Renew(ctx, outKind, m.id, m.lease)
	if err != nil {
		return fmt.Errorf("renew the share of sending: %w", err)
	}
	for len(held) > due {
		last := len(held) - 1
		if err := m.hub.Return(ctx, outKind, held[last], m.id); err != nil {
			return fmt.Errorf("return a share of sending: %w", err)
		}
		held = held[:last]
	}
	for len(held) < due {
		slot, ok, err := m.hub.Take(ctx, outKind, outShares, m.id, m.lease)
		if err != nil {
			return fmt.Errorf("take a share of sending: %w", err)
		}
		if !ok {
			break
		}
		held = append(held, slot)
	}
	m.hooks.SetShare(share(len(held)))
	return nil
}

// share returns the part of the rate that belongs to held slots. A replica without a slot still answers, slowly.
func share(held int) float64 { return max(float64(held)/outShares, NoShare) }

// NoShare is the part of the rate that a replica has before its first round.
const NoShare = 0.5 / outShares

// choosePoller lets one replica poll, where there is no webhook.
func (m *Member) choosePoller(ctx context.Context) error {
	if !m.polling {
		return nil
	}
	held, err := m.hub.Renew(ctx, pollKind, m.id, m.lease)
	turn := len(held) > 0
	if err == nil && !turn {
		_, turn, err = m.hub.Take(ctx, pollKind, 1, m.id, m.lease)
	}
	if err != nil {
		return fmt.Errorf("take the turn to poll: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.turn = turn
	return nil
}
