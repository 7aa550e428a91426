package store

import (
	"context"
	"time"
)

// Cluster lets several processes, the replicas, share the work on one store by chats: a chat's inbox and its walks belong to one
// replica at a time, so that a person's updates stay in order whichever replica receives them. A replica is alive while it renews its
// lease. The chats of a dead replica are free. All times are the database's, so that clock skew between replicas does not matter.
//
// An adapter for a single process does not implement it.
type Cluster interface {
	// Heartbeat renews the replica's lease, or begins it, and returns the replica's standing.
	Heartbeat(ctx context.Context, replica string, lease time.Duration) (Standing, error)
	// EndLost ends the leases of other replicas whose process died: those that listened, whose connection is gone and which did not
	// connect again within a moment. It returns how many. Call it several times a second.
	EndLost(ctx context.Context, replica string) (int, error)
	// Leave ends the replica: its chats and slots are free at once.
	Leave(ctx context.Context, replica string) error

	// Claim gives the chat to the replica if the chat is free, and returns the chat's owner.
	Claim(ctx context.Context, replica string, chat int64) (owner string, err error)
	// ClaimOrphans gives the replica at most limit free chats that have work (updates in the inbox, open walks) and returns them.
	// Replicas that call it at the same time get different chats.
	ClaimOrphans(ctx context.Context, replica string, limit int) ([]int64, error)
	// Owned returns the replica's chats, ordered.
	Owned(ctx context.Context, replica string) ([]int64, error)
	// Release frees the chats that belong to the replica, have no updates in the inbox, and were not claimed within idle.
	Release(ctx context.Context, replica string, idle time.Duration, chats ...int64) error
	// PendingIn is Inbox.Pending for the given chats: all of their entries with an Update below before.
	PendingIn(ctx context.Context, before int64, chats ...int64) ([]Entry, error)
	// WalksIn is Walks.OpenWalks for the given chats.
	WalksIn(ctx context.Context, chats ...int64) ([]Walk, error)

	// Post sends a message about a chat to another replica: an update that is stored nowhere, or nil for "look into the inbox". The
	// message may be lost. An update of more than MaxPost bytes is ErrInvalid.
	Post(ctx context.Context, to string, chat int64, update []byte) error
	// Listen calls received for each message to the replica until ctx ends, which is not an error, or the connection is lost. Messages
	// posted before it listens are lost. It calls ready once it listens.
	Listen(ctx context.Context, replica string, ready func(), received func(chat int64, update []byte)) error

	// Take takes a free one of the kind's slots, numbered from 0, until the lease ends. It returns false if none is free.
	Take(ctx context.Context, kind string, slots int, replica string, lease time.Duration) (slot int, ok bool, err error)
	// Renew prolongs the replica's slots of a kind and returns them, ordered.
	Renew(ctx context.Context, kind string, replica string, lease time.Duration) ([]int, error)
	// Return frees a slot if the replica holds it.
	Return(ctx context.Context, kind string, slot int, replica string) error
}

// Standing describes a replica among the others.
type Standing struct {
	Alive int  // replicas with a lease, including this one
	Lost  bool // the replica's own lease had ended: others may have claimed its chats
}

// MaxPost is the most bytes of an update that Post carries.
const MaxPost = 7000
