package telegram

import (
	"context"
	"sync"
)

// maxMoves bounds the moves of chats that are remembered. A forgotten one costs a refused call.
const maxMoves = 1000

// moves remembers groups that became supergroups: Telegram refuses every call to the old id and names the new one.
type moves struct {
	tell func(ctx context.Context, from, to int64)

	mu    sync.Mutex
	to    map[int64]int64
	order [maxMoves]int64 // keys of to, a ring
	next  int
}

// follow returns the id that a chat has now.
func (m *moves) follow(chat int64) int64 {
	m.mu.Lock()
	defer m.mu.Unlock()
	if to, moved := m.to[chat]; moved {
		return to
	}
	return chat
}

// note remembers a move, and tells of it the first time.
func (m *moves) note(ctx context.Context, from, to int64) {
	if m.add(from, to) {
		m.tell(ctx, from, to)
	}
}

func (m *moves) add(from, to int64) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.to == nil {
		m.to = make(map[int64]int64)
	}
	if m.to[from] == to {
		return false
	}
	if _, known := m.to[from]; !known {
		delete(m.to, m.order[m.next])
		m.order[m.next] = from
		m.next = (m.next + 1) % maxMoves
	}
	m.to[from] = to
	return true
}

// NoteMove tells that a group became a supergroup, as a message in it reported: later calls go to the new id.
func (s *Sender) NoteMove(ctx context.Context, from, to int64) { s.moves.note(ctx, from, to) }
