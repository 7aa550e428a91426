package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/guide"
	"excursobot/bot/text"
	"excursobot/store"
)

// onAdmin sends the numbers of the day.
func (o *operators) onAdmin(ctx context.Context, u *update) error {
	now := time.Now()
	midnight := now.UTC().Truncate(24 * time.Hour)
	people, err := o.store.People(ctx, midnight)
	if err != nil {
		return err
	}
	spent, err := o.store.Spent(ctx, store.DayOf(now), 0)
	if err != nil {
		return err
	}
	given, err := o.store.Given(ctx, 0)
	if err != nil {
		return err
	}
	inbox, err := o.store.InboxStats(ctx)
	if err != nil {
		return err
	}
	waiting := 0
	for _, calls := range o.guide.Stats().Gate.Waiting {
		waiting += calls
	}
	today := Today{Since: now}
	if o.today != nil {
		today = o.today()
	}
	walking, w := o.live.Stats(), u.words
	lines := []string{w.Say("admin.title", "since", today.Since.UTC().Format("15:04"))}
	if o.pause.active(ctx) {
		lines = append(lines, w.Say("admin.is_paused"))
	}
	lines = append(lines,
		w.Say("admin.people", "n", people),
		w.Say("admin.walks", "n", walking.Sessions, "parked", walking.Parked),
		w.Say("admin.stories", "list", listed(w, "admin.answer_", today.Answers)),
		w.Say("admin.speed", "first", tenths(today.First), "whole", tenths(today.Story)),
		w.Say("admin.queue", "updates", o.tasks(), "calls", waiting),
	)
	if inbox.DeadLetters > 0 {
		lines = append(lines, w.Say("admin.parked", "n", inbox.DeadLetters, "command", "excursobot parked"))
	}
	if o.shortToken {
		lines = append(lines, w.Say("admin.token_short", "key", "monitor.token"))
	}
	lines = append(lines, o.tokenLines(w, spent)...)
	spoken, err := o.voiceLines(ctx, w, now)
	if err != nil {
		return err
	}
	lines = append(append(lines, spoken...), o.modelLines(w)...)
	if o.guide.Stats().Judged.Ignored {
		objected, of := guide.JudgeLimits()
		lines = append(lines, w.Say("admin.judge_ignored", "most", objected, "n", of))
	}
	lines = append(lines, w.Say("admin.stars", "n", given.All))
	if b, err := o.books.last(ctx); err == nil && b.differences() > 0 {
		lines = append(lines, w.Say("admin.stars_differences",
			"date", b.At.UTC().Format(time.DateOnly), "credited", b.Credited, "refunded", b.Refunded, "unexplained", b.Unexplained))
	}
	lines = append(lines,
		w.Say("admin.errors", "list", listed(w, "", today.Errors)),
		"", w.Say("admin.commands"),
	)
	return o.reply.say(ctx, u, strings.Join(lines, "\n"))
}

// voiceLines returns the lines about voices, none if stories are not spoken.
func (o *operators) voiceLines(ctx context.Context, w *text.Words, now time.Time) ([]string, error) {
	if o.voices == nil {
		return nil, nil
	}
	stats := o.voices.Stats()
	spoken, err := o.store.Speak(ctx, store.DayOf(now), 0)
	if err != nil {
		return nil, err
	}
	lines := []string{w.Say("admin.voices", "list", listed(w, "admin.voice_", stats.Outcomes))}
	if o.dailyCharacters > 0 {
		lines = append(lines, w.Say("admin.spoken_left", "n", spoken, "left", max(0, o.dailyCharacters-spoken)))
	} else {
		lines = append(lines, w.Say("admin.spoken", "n", spoken))
	}
	if stats.Down || len(stats.Languages) == 0 {
		lines = append(lines, w.Say("admin.voices_down"))
	}
	return lines, nil
}

// ModelNote is what the operators should know about the model.
type ModelNote struct {
	Name     string
	Unknown  bool      // its server does not know it
	Ends     time.Time // the day on which it is shut down, if that is soon; else zero
	DaysLeft int       // until then
}

// modelLines returns the lines about a model that needs another name in the configuration, now or soon.
func (o *operators) modelLines(w *text.Words) []string {
	if o.model == nil {
		return nil
	}
	const key = "openai.model"
	note := o.model()
	switch {
	case note.Unknown:
		return []string{w.Say("admin.model_unknown", "model", note.Name, "key", key)}
	case !note.Ends.IsZero():
		return []string{w.Say("admin.model_ends", "model", note.Name, "date", note.Ends.Format(time.DateOnly), "n", note.DaysLeft, "key", key)}
	}
	return nil
}

// tokenLines returns the lines about the day's tokens and their cost.
func (o *operators) tokenLines(w *text.Words, spent store.Spent) []string {
	left := max(0, o.dailyTokens-spent.Day)
	var lines []string
	if o.dailyTokens > 0 {
		lines = append(lines, w.Say("admin.tokens_left", "n", spent.Day, "left", left))
	} else {
		lines = append(lines, w.Say("admin.tokens", "n", spent.Day))
	}
	money := func(dollars float64) string { return fmt.Sprintf("%.2f $", dollars) }
	switch cost := o.prices.of(spent); {
	case o.prices == prices{}:
	case o.dailyTokens > 0:
		lines = append(lines, w.Say("admin.money_left", "spent", money(cost), "left", money(o.prices.left(spent, left))))
	default:
		lines = append(lines, w.Say("admin.money", "spent", money(cost)))
	}
	return lines
}

// prices are the dollars for a million tokens of prompts and of answers.
type prices struct{ in, out float64 }

// of returns what the tokens of a day cost in dollars.
func (p prices) of(spent store.Spent) float64 {
	return (float64(spent.Day-spent.Answers)*p.in + float64(spent.Answers)*p.out) / 1e6
}

// left returns what the rest of a day's tokens would cost in dollars. The share of answers in it is the one so far, or a quarter if nothing was spent.
func (p prices) left(spent store.Spent, left int64) float64 {
	answers := 0.25
	if spent.Day > 0 {
		answers = float64(spent.Answers) / float64(spent.Day)
	}
	return float64(left) * ((1-answers)*p.in + answers*p.out) / 1e6
}

// tenths returns seconds, rounded to one decimal place.
func tenths(d time.Duration) float64 {
	return float64(d.Round(100*time.Millisecond)) / float64(time.Second)
}

// listed returns counts as text, the largest first: "from the library 12, written 3". A count has its label under the prefix; without one it
// has its name.
func listed(w *text.Words, prefix string, counts map[string]uint64) string {
	if len(counts) == 0 {
		return "–"
	}
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	for i, name := range names {
		words := name
		if key := prefix + name; prefix != "" && w.Plain(key) != key {
			words = w.Plain(key)
		}
		names[i] = words + " " + strconv.FormatUint(counts[name], 10)
	}
	return strings.Join(names, ", ")
}
