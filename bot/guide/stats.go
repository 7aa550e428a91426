package guide

import (
	"time"

	"excursobot/geo"
	"excursobot/limiter"
)

// Stats counts the guide's work since the start of the process, and shows the work in progress.
type Stats struct {
	Library, Generated, Extract, Pack, None uint64            // answers by source
	Cards                                   uint64            // cards shown before a story
	Joined                                  uint64            // requests that joined a batch in progress
	Refused                                 uint64            // batches that the gate refused
	Batches                                 uint64            // batches that reached the model
	Waited                                  time.Duration     // total wait of all batches in the gate
	Written, Dropped                        uint64            // stories that passed the checks, stories that failed them
	DroppedBy                               map[string]uint64 // the latter by rule
	Failed                                  uint64            // calls that failed
	Prepared                                uint64            // batches of read-ahead
	Warmed                                  uint64            // batches of warm-up
	Rewritten                               uint64            // batches that write a story again
	Spared                                  uint64            // answers without a call, because the model could not write the story lately
	Panics                                  uint64            // panics in calls and read-ahead
	Likes, Dislikes, Wrong                  uint64            // votes
	Reported                                uint64            // extracts that a person called wrong
	Claims, Open, Preparing, Resting        int               // now: claims, stories being written, people with a read-ahead in progress, stories that rest
	Questions                               Questions
	Judged                                  Judged
	Cache                                   geo.CacheStats
	Gate                                    limiter.GateStats // zero without a model
}

// Questions counts the questions that the model was asked, and what they took.
type Questions struct{ Asked, Calls, Tokens uint64 }

// Judged counts stories by what the judge did. Ignored is set while its word does not count, because it objected too often today.
type Judged struct {
	Passed, Objected, Refused, Skipped uint64 // Objected = sent back to be rewritten; such a story gets another verdict
	Ignored                            bool
}

// Stats returns the numbers.
func (g *Guide) Stats() Stats {
	c := &g.counts
	s := Stats{
		Library: c.library.Load(), Generated: c.generated.Load(), Extract: c.extract.Load(), Pack: c.pack.Load(), None: c.none.Load(),
		Cards: c.cards.Load(), Joined: c.joined.Load(), Refused: c.refused.Load(),
		Batches: c.batches.Load(), Waited: time.Duration(c.waited.Load()), Written: c.written.Load(), Dropped: c.dropped.Load(), DroppedBy: c.drops(), Failed: c.failed.Load(),
		Prepared: c.prepared.Load(), Warmed: c.warmed.Load(), Rewritten: c.rewritten.Load(), Spared: c.spared.Load(), Panics: c.panics.Load(),
		Likes: c.likes.Load(), Dislikes: c.dislikes.Load(), Wrong: c.wrong.Load(), Reported: c.reported.Load(),
		Claims: g.claims.len(), Open: g.batches.len(), Resting: g.batches.rests.len(),
		Cache: g.cfg.Cache.Stats(),
	}
	s.Questions = Questions{Asked: c.questions.Load(), Calls: c.questionCalls.Load(), Tokens: c.questionTokens.Load()}
	s.Judged = Judged{
		Passed: c.judgePassed.Load(), Objected: c.judgeObjected.Load(), Refused: c.judgeRefused.Load(), Skipped: c.judgeSkipped.Load(),
		Ignored: g.judging.watch.ignored(time.Now()),
	}
	if g.cfg.Gate != nil {
		s.Gate = g.cfg.Gate.Stats()
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s.Preparing = len(g.preparing)
	return s
}
