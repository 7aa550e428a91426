package limiter

import "container/list"

// room holds the tickets that wait: a queue for each class, in it a line for each key. Every change takes
// constant time, apart from a walk over the classes.
type room struct {
	size   int // most tickets that may wait
	n      int // tickets that wait
	queues []queue
}

// queue is one class.
type queue struct {
	lines map[int64]*line // by key, only those with tickets
	ring  list.List       // of *line, the next to be served in front
	order list.List       // of *Ticket, the newest at the back
	deep  []int           // deep[i] is the number of lines with more than i tickets
}

// line is one key's tickets, first come first served.
type line struct {
	key     int64
	tickets list.List // of *Ticket
	inRing  *list.Element
}

func newRoom(size, classes int) room {
	r := room{size: size, queues: make([]queue, classes)}
	for i := range r.queues {
		r.queues[i].lines = make(map[int64]*line)
	}
	return r
}

func (r *room) full() bool { return r.n >= r.size }

// add puts t at the end of its key's line.
func (r *room) add(t *Ticket) {
	q := &r.queues[t.job.Class]
	l := q.lines[t.job.Key]
	if l == nil {
		l = &line{key: t.job.Key}
		l.inRing = q.ring.PushBack(l)
		q.lines[t.job.Key] = l
	}
	if l.tickets.Len() == len(q.deep) {
		q.deep = append(q.deep, 0)
	}
	q.deep[l.tickets.Len()]++
	t.line = l
	t.inLine = l.tickets.PushBack(t)
	t.inOrder = q.order.PushBack(t)
	r.n++
}

// remove takes a waiting ticket out, wherever it stands.
func (r *room) remove(t *Ticket) {
	q, l := &r.queues[t.job.Class], t.line
	l.tickets.Remove(t.inLine)
	q.order.Remove(t.inOrder)
	q.deep[l.tickets.Len()]--
	if l.tickets.Len() == 0 {
		q.ring.Remove(l.inRing)
		delete(q.lines, l.key)
	}
	t.line, t.inLine, t.inOrder = nil, nil, nil
	r.n--
}

// serve takes t out because its turn has come: its key goes behind the others.
func (r *room) serve(t *Ticket) {
	q, l := &r.queues[t.job.Class], t.line
	r.remove(t)
	if l.tickets.Len() > 0 {
		q.ring.MoveToBack(l.inRing)
	}
}

// next returns the ticket whose turn it is, nil in an empty room.
func (r *room) next() *Ticket {
	for i := range r.queues {
		if first := r.queues[i].ring.Front(); first != nil {
			return first.Value.(*line).tickets.Front().Value.(*Ticket)
		}
	}
	return nil
}

// worst returns the newest ticket of the worst class, nil in an empty room.
func (r *room) worst() *Ticket {
	for i := len(r.queues) - 1; i >= 0; i-- {
		if last := r.queues[i].order.Back(); last != nil {
			return last.Value.(*Ticket)
		}
	}
	return nil
}

// depth returns how many tickets of the key wait in the class.
func (r *room) depth(c Class, key int64) int {
	if l := r.queues[c].lines[key]; l != nil {
		return l.tickets.Len()
	}
	return 0
}

// ahead returns how many tickets would go before one that came now to the class and found depth tickets
// of its own key there: all of better classes, and of each line of its own class no more than go in the same rounds.
func (r *room) ahead(c Class, depth int) int {
	n := 0
	for i := range r.queues[:c] {
		n += r.queues[i].order.Len()
	}
	deep := r.queues[c].deep
	for _, lines := range deep[:min(depth+1, len(deep))] {
		n += lines
	}
	return n
}

// waiting returns the number of tickets in each class.
func (r *room) waiting() []int {
	n := make([]int, len(r.queues))
	for i := range r.queues {
		n[i] = r.queues[i].order.Len()
	}
	return n
}
