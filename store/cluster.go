package store

import (
	"context"
	"time"
)

// Cluster lets several processes, the replicas, share the work on one store. What is shared out is chats: a chat's inbox and its walks
// belong to one replica at a time, so that a person's updates stay in order wherever they come in. A replica is alive while it renews
// its lease; what a dead one owned is free. All times are the database's, so that no replica's clock decides.
//
// An adapter for a single process does not have it.
type Cluster interface {
	// Heartbeat renews the replica's lease, or begins it, and says how things stand.
	Heartbeat(ctx context.Context, replica string, lease time.Duration) (Standing, error)
	// Leave ends the replica: its chats and slots are free at once.
	Leave(ctx context.Context, replica string) error

	// Claim makes the chat the replica's if it is free, and returns whose it is from now on.
	Claim(ctx context.Context, replica string, chat int64) (owner string, err error)
	// ClaimOrphans makes at most limit free chats with work (updates in the inbox, walks not closed) the replica's and returns them. Replicas that
	// adopt at once get different ones.
	ClaimOrphans(ctx context.Context, replica string, limit int) ([]int64, error)
	// Owned returns the replica's chats, ordered.
	Owned(ctx context.Context, replica string) ([]int64, error)
	// Release frees those of the chats that are the replica's, have nothing in the inbox and were not asked for with Claim for that long.
	Release(ctx context.Context, replica string, idle time.Duration, chats ...int64) error
	// PendingIn is Inbox.Pending for the chats alone, all of their entries with an Update below the given one.
	PendingIn(ctx context.Context, before int64, chats ...int64) ([]Entry, error)
	// WalksIn is Walks.OpenWalks for the chats alone.
	WalksIn(ctx context.Context, chats ...int64) ([]Walk, error)

	// Post hands a word about a chat to another replica that listens: an update that is kept nowhere, or nil for "look into the inbox". It
	// may be lost. An update of more than MaxPost bytes is ErrInvalid.
	Post(ctx context.Context, to string, chat int64, update []byte) error
	// Listen calls heard for each word to the replica until ctx ends, which is no error, or the connection is lost. Words posted
	// before it listened are not heard. ready is called once it listens.
	Listen(ctx context.Context, replica string, ready func(), heard func(chat int64, update []byte)) error

	// Take takes one of the kind's slots, numbered from 0, that nobody holds, until the lease ends: false if there is none.
	Take(ctx context.Context, kind string, slots int, replica string, lease time.Duration) (slot int, ok bool, err error)
	// Renew prolongs the replica's slots of a kind and returns them, ordered.
	Renew(ctx context.Context, kind string, replica string, lease time.Duration) ([]int, error)
	// Return frees a slot that the replica holds; else it does nothing.
	Return(ctx context.Context, kind string, slot int, replica string) error
}

// Standing is how a replica stands among the others.
type Standing struct {
	Alive int  // replicas with a lease, this one too
	Lost  bool // the replica's own lease had ended: others may have taken what it owned
}

// MaxPost is the most bytes of an update that Post carries.
const MaxPost = 7000
