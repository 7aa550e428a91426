// Package sim simulates the servers that the bot talks to: a Telegram Bot API, a model server and a Wikipedia. Each is an http.Handler that uses
// the real protocol. Tests, the demo and load runs use them, over a socket or in memory through Transport.
package sim
