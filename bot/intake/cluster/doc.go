// Package cluster decides which replica owns which chat when several processes share one store, and takes this replica's part of what all of them
// share: the rate of messages, and the turn to poll. It does not handle updates: it tells its owner about chats through Hooks.
package cluster
