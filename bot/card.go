package bot

import (
	"sync"
)

// cardOnWay is a card that is sent while its story is written.
type cardOnWay struct {
	wg      sync.WaitGroup
	message int // 0 = none
}

// show calls send, which sends the card and returns the id of its message, 0 if there is none. It does not wait.
func (c *cardOnWay) show(h host, update int64, send func() int) {
	c.wg.Go(func() {
		_ = h.Guarded(update, func() error {
			c.message = send()
			return nil
		})
	})
}

// join waits until the card is sent and returns the id of its message, 0 if there is none. The story must not be sent before.
func (c *cardOnWay) join() int {
	c.wg.Wait()
	return c.message
}
