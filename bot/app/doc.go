// Package app builds the whole bot from its parts, runs it and stops it. It decides nothing for a person: the parts do.
//
// New (wire.go) builds from the bottom up: the store, geo.Cache, places.Finder and places.Pack, the limiter.Gate in front of the
// model.Client, guide.Guide, bot.Bot, the HTTP routes. Run (run.go) starts the HTTP server, the guide and the bot, and stops them in the
// reverse order (lifecycle.go). The monitor (observe.go) receives events through the parts' Observe functions, reads their Stats every 5 s
// and listens to the log. No part waits for it.
//
// World replaces the network in tests, in the demo and in the load run; they build the same App.
package app
