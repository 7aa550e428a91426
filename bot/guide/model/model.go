// Package model asks a language model for stories about several places in one streamed call, and checks every story. It decides whether a text may be
// told. It does not know people, stores nothing and has no queue. Package chat makes the calls.
package model

import (
	"excursobot/bot/guide/chat"
)

// Client writes stories with a language model.
type Client struct{ server *chat.Client }

// New returns a Client of a server. It starts nothing.
func New(server *chat.Client) *Client { return &Client{server} }

// Ready reports whether a call may be tried now.
func (c *Client) Ready() bool { return c.server.Ready() }

// Refused reports whether the server refuses every call until the operator acts.
func (c *Client) Refused() bool { return c.server.Refused() }

// Name returns the model's name.
func (c *Client) Name() string { return c.server.Name() }
