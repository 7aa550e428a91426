package limiter

import "container/list"

// waitlist holds the tickets that wait: by class, and within a class by key. Every change takes constant time, apart from a loop over the
// classes.
type waitlist struct {
	size    int // tickets that may wait
	n       int // tickets that wait
	classes []classQueue
}

// classQueue holds the tickets of one class.
type classQueue struct {
	lines map[int64]*line // by key, only keys with tickets
	ring  list.List       // of *line, the next to be served at the front
	order list.List       // of *Ticket, the newest at the back
	deep  []int           // deep[i] is the number of lines with more than i tickets
}

// line holds the tickets of one key, first come first served.
type line struct {
	key     int64
	tickets list.List // of *Ticket
	inRing  *list.Element
}

func newWaitlist(size, classes int) waitlist {
	r := waitlist{size: size, classes: make([]classQueue, classes)}
	for i := range r.classes {
		r.classes[i].lines = make(map[int64]*line)
	}
	return r
}

func (r *waitlist) full() bool { return r.n >= r.size }

// add puts t at the end of the line of its key.
func (r *waitlist) add(t *Ticket) {
	q := &r.classes[t.job.Class]
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

// remove takes a waiting ticket out.
func (r *waitlist) remove(t *Ticket) {
	q, l := &r.classes[t.job.Class], t.line
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

// serve takes t out because its turn has come. Its key goes behind the other keys.
func (r *waitlist) serve(t *Ticket) {
	q, l := &r.classes[t.job.Class], t.line
	r.remove(t)
	if l.tickets.Len() > 0 {
		q.ring.MoveToBack(l.inRing)
	}
}

// next returns the ticket whose turn it is, or nil if none waits.
func (r *waitlist) next() *Ticket {
	for i := range r.classes {
		if first := r.classes[i].ring.Front(); first != nil {
			return first.Value.(*line).tickets.Front().Value.(*Ticket)
		}
	}
	return nil
}

// worst returns the newest ticket of the worst class, or nil if none waits.
func (r *waitlist) worst() *Ticket {
	for i := len(r.classes) - 1; i >= 0; i-- {
		if last := r.classes[i].order.Back(); last != nil {
			return last.Value.(*Ticket)
		}
	}
	return nil
}

// depth returns the number of tickets of the key that wait in the class.
func (r *waitlist) depth(c Class, key int64) int {
	if l := r.classes[c].lines[key]; l != nil {
		return l.tickets.Len()
	}
	return 0
}

// before returns the number of tickets that go before one that arrives now in the class and finds depth tickets of its key there: all
// tickets of better classes, and depth+1 tickets at most of each other key of its class.
func (r *waitlist) before(c Class, depth int) int {
	n := 0
	for i := range r.classes[:c] {
		n += r.classes[i].order.Len()
	}
	deep := r.classes[c].deep
	for _, lines := range deep[:min(depth+1, len(deep))] {
		n += lines
	}
	return n
}

// waiting returns the number of tickets in each class.
func (r *waitlist) waiting() []int {
	n := make([]int, len(r.classes))
	for i := range r.classes {
		n[i] = r.classes[i].order.Len()
	}
	return n
}
