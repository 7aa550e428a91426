package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/geo/maplink"
)

type evaluateCommand struct {
	Around    string   `required:"" placeholder:"LAT,LON" help:"Around which point: degrees, such as 48.8584,2.2945, or a map link."`
	Places    int      `default:"50" help:"How many places, the nearest first, in each language."`
	Languages []string `default:"en" help:"The languages of the stories."`
	Out       string   `required:"" type:"path" placeholder:"FILE" help:"The new file for the report, in Markdown."`
	Yes       bool     `help:"Do not ask after the estimate."`
}

// Run writes stories about real places with the configured models, for a person to compare with their sources.
func (c evaluateCommand) Run(p *process) (err error) {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	found := maplink.Find(c.Around)
	known := app.StoryLanguages()
	switch {
	case found.Result != maplink.Found || !found.Point.Valid():
		return config.UsageError{Err: fmt.Errorf("%q is no place: want degrees such as 48.8584,2.2945", c.Around)}
	case c.Places < 1 || c.Places > app.MaxEvaluated:
		return config.UsageError{Err: fmt.Errorf("--places must be 1 to %d", app.MaxEvaluated)}
	case slices.ContainsFunc(c.Languages, func(l string) bool { return !slices.Contains(known, l) }):
		return config.UsageError{Err: errors.New("--languages must be among " + strings.Join(known, ", "))}
	case cfg.OpenAI.APIKey == "":
		return config.UsageError{Err: errors.New("openai.api_key is not set, so there is no model to evaluate")}
	}
	out, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // a report costs money, so none is overwritten
	if err != nil {
		return config.UsageError{Err: fmt.Errorf("--out: %w", err)}
	}
	defer func() {
		if info, statErr := out.Stat(); err != nil && statErr == nil && info.Size() == 0 {
			err = errors.Join(err, os.Remove(c.Out))
		}
		err = errors.Join(err, out.Close())
	}()
	var languages []string // in the order of the command
	for _, l := range c.Languages {
		if !slices.Contains(languages, l) {
			languages = append(languages, l)
		}
	}
	order := app.Evaluation{Around: found.Point, Places: c.Places, Languages: languages, Agree: func(estimate string) error {
		fmt.Fprintln(p.stderr, estimate)
		if c.Yes {
			return nil
		}
		fmt.Fprint(p.stderr, "Go on? [y/N] ")
		answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
		if strings.EqualFold(strings.TrimSpace(answer), "y") || strings.EqualFold(strings.TrimSpace(answer), "yes") {
			return nil
		}
		return errors.New("nothing was spent: --yes answers the question beforehand")
	}}
	log := slog.New(slog.DiscardHandler) // the report has what the operator needs
	return p.untilSignalled(func(ctx context.Context) error {
		err := app.Evaluate(ctx, cfg, order, app.World{Env: p.env}, log, out, p.stderr)
		if info, statErr := out.Stat(); ctx.Err() != nil && err != nil && statErr == nil && info.Size() > 0 {
			return fmt.Errorf("interrupted; %s holds what was paid for until then, so a repeated command needs another --out", c.Out)
		}
		return err
	})
}
