package bot

import (
	"context"
	"errors"
	"sync"
)

// lane is one of the two queues of a chat.
type lane uint8

const (
	control lane = iota // buttons and commands: never waits for a story
	telling             // stories, one at a time
)

// Refusals of lanes.reserve.
var (
	errRoomFull = errors.New("room is full")
	errChatFull = errors.New("chat's room is full")
)

type laneKey struct {
	chat int64
	lane lane
}

// lanes runs tasks in order inside a lane and in parallel across lanes. A lane has a goroutine only while it has work. Tasks are
// bounded in all and per chat, waiting and running ones counted together.
type lanes struct {
	max, perChat int
	freed        chan struct{} // holds a token after a task ended: for the one who waits in room

	mu    sync.Mutex
	total int
	chats map[int64]int        // tasks by chat, reserved ones too
	queue map[laneKey][]func() // of lanes that run; the task under way is not in it
	idle  chan struct{}        // closed when total falls to 0; nil while nobody waits
}

func newLanes(most, perChat int) *lanes {
	return &lanes{
		max: most, perChat: perChat,
		freed: make(chan struct{}, 1),
		chats: make(map[int64]int),
		queue: make(map[laneKey][]func()),
	}
}

// reserve takes room for one task of the chat, which must be followed by exactly one run or cancel. It comes before
// anything that costs the person something (a token of a bucket), so that an update refused here can come again unharmed.
func (l *lanes) reserve(chat int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.max {
		return errRoomFull
	}
	if l.chats[chat] >= l.perChat {
		return errChatFull
	}
	l.total++
	l.chats[chat]++
	return nil
}

// force takes room where there is none: for payments, which are few, since each costs somebody a star at least, and which must not be lost.
func (l *lanes) force(chat int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	l.chats[chat]++
}

// cancel gives reserved room back.
func (l *lanes) cancel(chat int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.releaseLocked(chat)
}

// run puts a task with reserved room at the end of its lane. The task must not panic: it catches its own.
func (l *lanes) run(chat int64, in lane, task func()) {
	key := laneKey{chat, in}
	l.mu.Lock()
	defer l.mu.Unlock()
	waiting, busy := l.queue[key]
	if busy {
		l.queue[key] = append(waiting, task)
		return
	}
	l.queue[key] = nil
	go l.work(key, task) // wait waits for it, through total
}

func (l *lanes) work(key laneKey, task func()) {
	for task != nil {
		task()
		task = l.next(key)
	}
}

// next ends a task and returns the lane's next one, nil when the lane is empty and its goroutine ends.
func (l *lanes) next(key laneKey) func() {
	l.mu.Lock()
	defer l.mu.Unlock()
	var task func()
	if waiting := l.queue[key]; len(waiting) > 0 {
		task = waiting[0]
		waiting[0] = nil
		l.queue[key] = waiting[1:]
	} else {
		delete(l.queue, key)
	}
	l.releaseLocked(key.chat)
	return task
}

func (l *lanes) releaseLocked(chat int64) {
	l.total--
	if l.chats[chat]--; l.chats[chat] <= 0 {
		delete(l.chats, chat)
	}
	if l.total == 0 && l.idle != nil {
		close(l.idle)
		l.idle = nil
	}
	select {
	case l.freed <- struct{}{}:
	default:
	}
}

// room blocks until there is room for a task or ctx ends. One caller at a time.
func (l *lanes) room(ctx context.Context) error {
	for {
		l.mu.Lock()
		free := l.total < l.max
		l.mu.Unlock()
		if free {
			return nil
		}
		select {
		case <-l.freed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// wait blocks until no task is left. New ones must not be reserved meanwhile, except by tasks.
func (l *lanes) wait() {
	l.mu.Lock()
	if l.total == 0 {
		l.mu.Unlock()
		return
	}
	if l.idle == nil {
		l.idle = make(chan struct{})
	}
	idle := l.idle
	l.mu.Unlock()
	<-idle
}

// busy says whether the chat has tasks, reserved ones too.
func (l *lanes) busy(chat int64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.chats[chat] > 0
}

func (l *lanes) stats() (tasks, running int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.total, len(l.queue)
}
