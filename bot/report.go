package bot

import (
	"context"
	"log/slog"
	"math"
	"time"

	"excursobot/bot/guide"
	"excursobot/geo"
)

// reporter writes one event per story request to the log and to the metrics.
type reporter struct {
	observe Observe
	log     *slog.Logger
}

// kindStatic is the name of single locations in the metrics.
const kindStatic = "static"

// kindLive is the name of walks in the metrics.
const kindLive = "live"

// fromBusy is the source, in the metrics, of a request that was refused for load.
const fromBusy guide.Source = "busy"

func (r reporter) story(kind string, person int64, p geo.Point, source guide.Source, took time.Duration) {
	r.observe.Story(kind, source, took)
	r.log.LogAttrs(context.Background(), slog.LevelInfo, "fact_requested",
		slog.String("kind", kind), slog.Int64("user_id", person), slog.Float64("lat", coarse(p.Lat)), slog.Float64("lon", coarse(p.Lon)),
		slog.Duration("duration", took.Round(time.Millisecond)), slog.Bool("cache_hit", source == guide.FromLibrary || source == guide.FromPack),
		slog.String("source", string(source)))
}

// question writes one event per question, without its text.
func (r reporter) question(person int64, place string, how string, took, firstDraft time.Duration) {
	r.observe.Question(how)
	r.log.Info("question_answered", "user_id", person, "place", place, "source", how, "duration", took.Round(time.Millisecond),
		"first_draft", firstDraft.Round(time.Millisecond))
}

func coarse(deg float64) float64 { return math.Round(deg*100) / 100 }
