// Package app is the command line, the configuration, the wiring and the lifecycle. It is the only package that names every part.
//
// # A tour
//
// Main (main.go) parses the command line; commands.go holds the commands. Load (load.go) reads the configuration that
// settings.go describes key by key.
//
// New (wire.go) builds the bot from the bottom up: boltstore, geo.Cache, places.Finder and places.Pack, the limiter.Gate and
// the model.Client behind it, guide.Guide, bot.Bot, the HTTP routes. Run (run.go) starts what runs (the HTTP server, the guide, the bot)
// and stops it again, last started first (lifecycle.go).
//
// A location then takes this way: bot's webhook handler or poller accepts the update and puts it into a lane of its chat;
// the handler asks guide.Tell; the guide looks through the library, then among places, and has the model write what is
// missing; bot's sender shows the card and later the story; the store remembers what was told.
//
// A shared live location begins a walk: bot hands its positions to live.Live, which calls back when a story is due (bot/walks.go); the
// story then takes the same way through guide and sender (bot/tick.go), and the end is told with a picture (bot/keepsake.go, geo/track).
//
// The monitor stands beside all that: it is told what happens through the parts' Observe functions, reads their Stats every 5 s, and
// listens to the log (observe.go); nothing waits for it.
//
// Package demo builds the same App in a simulated world.
package app
