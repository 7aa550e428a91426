package intake

import (
	"context"
	"errors"
	"sync"
)

// Lane is one of the queues of a chat.
type Lane uint8

// The lanes.
const (
	Control  Lane = iota // buttons and commands: they never wait for a story
	Telling              // stories, one at a time
	Speaking             // voices, one at a time, so that they play in the order of the stories
)

// Refusals of lanes.reserve.
var (
	ErrFull     = errors.New("too many updates are under way")
	errChatFull = errors.New("the chat has too many updates under way")
)

type laneKey struct {
	chat int64
	lane Lane
}

// lanes runs tasks in order inside a lane and in parallel across lanes. A lane has a goroutine only while it has work. Tasks, waiting and running
// ones together, are bounded in all and for each chat.
type lanes struct {
	max, perChat int
	freed        chan struct{} // holds a token after a task ended: for the caller of waitForRoom

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

// reserve takes room for one task of the chat. Exactly one run or cancel must follow. It comes before everything that costs the person something (a
// token of a bucket), so that an update that is refused here can come again.
func (l *lanes) reserve(chat int64) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.total >= l.max {
		return ErrFull
	}
	if l.chats[chat] >= l.perChat {
		return errChatFull
	}
	l.total++
	l.chats[chat]++
	return nil
}

// force takes room even if there is none. It is for payments, which are few and must not be lost.
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
func (l *lanes) run(chat int64, in Lane, task func()) {
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

// waitForRoom blocks until there is room for a task and fits returns true, which the end of a task may change, or until ctx ends. It has one caller at
// a time.
func (l *lanes) waitForRoom(ctx context.Context, fits func() bool) error {
	for {
		l.mu.Lock()
		free := l.total < l.max
		l.mu.Unlock()
		if free && fits() {
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

// busy reports whether the chat has tasks. Reserved ones count.
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
