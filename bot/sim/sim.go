// Package sim is the outside world in a process: a Telegram Bot API, a model server and a Wikipedia, each an http.Handler that speaks
// the real protocol. Tests, the demo and the load run use it, over a socket or in memory through Transport.
package sim
