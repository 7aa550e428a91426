package bot

import (
	"sync"
)

// cardOnWay is a card that is being sent while its story is being written.
type cardOnWay struct {
	wg      sync.WaitGroup
	message int // 0 = none
}

// show sends the card by send, which returns its message's id, 0 = none. It does not wait.
func (c *cardOnWay) show(h host, update int64, send func() int) {
	c.wg.Go(func() {
		_ = h.Guarded(update, func() error {
			c.message = send()
			return nil
		})
	})
}

// join waits for the card that was shown, if one was, and returns its message's id. Before the story is sent, it must be known.
func (c *cardOnWay) join() int {
	c.wg.Wait()
	return c.message
}
