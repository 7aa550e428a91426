package cli

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/demo"
	"excursobot/bot/loadtest"
	"excursobot/geo/maplink"
)

type demoCommand struct {
	Quirk string `placeholder:"NAME" help:"Let the simulated model have a peculiarity of real servers; 'excursobot load --quirk=list' prints the names."`
}

// Run runs the whole bot against a simulated Telegram, with a page in the browser that plays the person.
func (c demoCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	p.limitMemory(cfg)
	log := app.NewLogger(p.stdout, cfg, p.env)
	return p.untilSignalled(func(intake context.Context) error { return demo.Run(intake, cfg, c.Quirk, log, p.stderr) })
}

type loadCommand struct {
	loadtest.Options `embed:""`
}

// Run measures the bot under load.
func (c loadCommand) Run(p *process) error {
	p.limitMemory(config.Defaults())
	c.Token = p.env["DASHBOARD_TOKEN"]
	return p.untilSignalled(func(ctx context.Context) error { return c.Measure(ctx, p.stdout, p.stderr) })
}

type tryCommand struct {
	Point    string `arg:"" placeholder:"LAT,LON" help:"Where: degrees, such as 48.8584,2.2945, or a map link. Before a negative latitude write \"--\"."`
	Language string `default:"en" help:"The language of the story."`
}

// Run writes one story with the configured servers and reports each step.
func (c tryCommand) Run(p *process) error {
	cfg, err := p.load()
	if err != nil {
		return err
	}
	found := maplink.Find(c.Point)
	if found.Result != maplink.Found || !found.Point.Valid() {
		return config.UsageError{Err: fmt.Errorf("%q is no place: want degrees such as 48.8584,2.2945", c.Point)}
	}
	if languages := app.StoryLanguages(); !slices.Contains(languages, c.Language) {
		return config.UsageError{Err: errors.New("--language must be one of " + strings.Join(languages, ", "))}
	}
	fmt.Fprintln(p.stderr, "Writing one story; this takes up to a minute.")
	log := slog.New(slog.DiscardHandler) // the report has what the operator needs
	return p.untilSignalled(func(ctx context.Context) error {
		return app.Try(ctx, cfg, found.Point, c.Language, app.World{Env: p.env}, log, p.stdout)
	})
}
