package live

import "container/heap"

// queue is a heap of sessions, ordered by the moment of their next event.
type queue []*session

func (q queue) Len() int           { return len(q) }
func (q queue) Less(i, j int) bool { return q[i].at.Before(q[j].at) }
func (q queue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].index, q[j].index = i, j
}

// Push implements heap.Interface.
func (q *queue) Push(x any) {
	s := x.(*session)
	s.index = len(*q)
	*q = append(*q, s)
}

// Pop implements heap.Interface.
func (q *queue) Pop() any {
	old := *q
	n := len(old) - 1
	s := old[n]
	old[n] = nil
	*q = old[:n]
	s.index = -1
	return s
}

// update moves the session to the position of its next event, or removes it if there is none.
func (q *queue) update(s *session) {
	switch at, any := s.next(); {
	case !any && s.index >= 0:
		heap.Remove(q, s.index)
	case !any:
	case s.index >= 0:
		s.at = at
		heap.Fix(q, s.index)
	default:
		s.at = at
		heap.Push(q, s)
	}
}
