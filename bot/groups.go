package bot

import (
	"context"
	"log/slog"

	"excursobot/bot/intake"
	"excursobot/bot/live"
	"excursobot/bot/telegram"
)

// groups follows groups that become supergroups: Telegram gives them another id.
type groups struct {
	out     *telegram.Sender
	live    *live.Live
	store   userMover
	observe Observe
	log     *slog.Logger
}

// userMover is implemented by store.Store.
type userMover interface {
	MoveUser(ctx context.Context, from, to int64) error
}

// moveJob returns the job of the message with which Telegram reports a move. It comes in the group, and in the supergroup.
func (g *groups) moveJob() intake.Job {
	return intake.Reply{Kind: "moved", Run: func(ctx context.Context, t *intake.Task) error {
		g.out.NoteMove(ctx, t.MovedFrom, t.MovedTo) // which calls moved
		return nil
	}}
}

// moved moves what is kept of a group: its walks, its profile and what it was told. A failure loses these and costs no answer.
func (g *groups) moved(ctx context.Context, from, to int64) {
	g.log.Info("group_moved", "from", from, "to", to)
	if err := g.live.MoveChat(ctx, from, to); err != nil {
		g.observe.Error("store")
		g.log.Error("group_walks_not_moved", "from", from, "to", to, "error", err)
	}
	if err := g.store.MoveUser(ctx, from, to); err != nil {
		g.observe.Error("store")
		g.log.Error("group_not_moved", "from", from, "to", to, "error", err)
	}
}
