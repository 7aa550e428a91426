package cli

import (
	"context"

	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/demo"
	"excursobot/bot/loadtest"
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
