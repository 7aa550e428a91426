package bot

import "excursobot/geo"

// Live locations come to these two functions and nowhere else.

// routeLiveShare is the job of a message that begins to share a live location in a private chat: its first point is told like any other.
func (b *Bot) routeLiveShare(_ *update, p geo.Point) job {
	j := b.locationJob(p)
	j.kind = "live"
	return j
}

// routeLiveEdit is the job of an edited location: a step of a walk, or (without live_period) its end. Nobody walks, so there is nothing to do.
func (b *Bot) routeLiveEdit(*update) job { return job{kind: "live"} }
