package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"strings"

	"excursobot/bot/admin"
	"excursobot/bot/app"
	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/geo/maplink"
)

type packCommand struct {
	Build  packBuildCommand  `cmd:"" help:"Collect the places of an area, with the stories if asked, into a file."`
	Import packImportCommand `cmd:"" help:"Put a pack into the store, also while the bot runs."`
	Info   packInfoCommand   `cmd:"" help:"Check a pack and print what it holds."`
}

type packBuildCommand struct {
	Around    string `placeholder:"LAT,LON" xor:"area" help:"The middle of the area: degrees, such as 57.6261,39.8845, or a map link. For a negative latitude write --around=-33.86,151.21."`
	Radius    string `placeholder:"3km" help:"How far the area reaches, with --around: 3km or 800m; at most 30km."`
	Bbox      string `placeholder:"S,W,N,E" xor:"area" help:"Instead: the area between two latitudes and two longitudes, in degrees."`
	Languages string `required:"" placeholder:"ru,en" help:"Languages of the people who will use it."`
	Stories   bool   `help:"Write the stories, too. It needs a model and costs tokens."`
	Out       string `required:"" placeholder:"FILE" help:"The file to write. An interrupted command goes on when it is repeated."`
	Yes       bool   `help:"Do not ask after the estimate."`
}

// Run builds a pack.
func (c packBuildCommand) Run(p *process) error {
	o, err := c.order()
	if err != nil {
		return config.UsageError{Err: err}
	}
	log := slog.New(slog.DiscardHandler) // the bar and the error have what the operator needs
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return app.BuildPack(ctx, cfg, o, c.Out, c.Yes, app.World{Env: p.env}, log, p.stdin(), p.stdout, p.stderr)
	})
}

// order reads the flags.
func (c packBuildCommand) order() (pack.Order, error) {
	o := pack.Order{Languages: strings.Split(strings.ReplaceAll(c.Languages, " ", ""), ","), Stories: c.Stories}
	if err := pack.CheckLanguages(o.Languages); err != nil {
		return o, err
	}
	var err error
	switch {
	case c.Bbox != "" && c.Around == "" && c.Radius == "":
		n, parseErr := pack.ParseNumbers(c.Bbox)
		if parseErr != nil || len(n) != 4 {
			return o, fmt.Errorf("--bbox %q: want SOUTH,WEST,NORTH,EAST in degrees", c.Bbox)
		}
		o.Area, err = pack.Box(n[0], n[1], n[2], n[3])
	case c.Around != "" && c.Bbox == "":
		found := maplink.Find(c.Around)
		if found.Result != maplink.Found {
			return o, fmt.Errorf("%q is no place: want degrees such as 57.6261,39.8845", c.Around)
		}
		radius, parseErr := metres(c.Radius)
		if parseErr != nil {
			return o, parseErr
		}
		o.Area, err = pack.Circle(found.Point, radius)
	default:
		return o, errors.New("name the area: --around LAT,LON --radius 3km, or --bbox SOUTH,WEST,NORTH,EAST")
	}
	return o, err
}

// metres reads a distance: 3km, 800m or 2.5 (kilometres). "" is three kilometres.
func metres(text string) (float64, error) {
	if text == "" {
		return 3000, nil
	}
	number, factor := strings.TrimSpace(text), 1000.0
	if n, ok := strings.CutSuffix(number, "km"); ok {
		number = n
	} else if n, ok := strings.CutSuffix(number, "m"); ok {
		number, factor = n, 1
	}
	value, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	if err != nil {
		return 0, fmt.Errorf("--radius %q: want 3km or 800m", text)
	}
	return value * factor, nil
}

type packImportCommand struct {
	File string `arg:"" help:"The pack."`
}

// Run puts a pack into the configured store.
func (c packImportCommand) Run(p *process) error {
	return p.onStore(func(ctx context.Context, cfg config.Config) error {
		return admin.ImportPack(ctx, cfg, c.File, p.stdout, p.stderr)
	})
}

type packInfoCommand struct {
	File    string `arg:"" help:"The pack."`
	Sources bool   `help:"List each article with what its licence asks for."`
}

// Run describes a pack.
func (c packInfoCommand) Run(p *process) error {
	return p.untilSignalled(func(ctx context.Context) error { return admin.PackInfo(ctx, c.File, c.Sources, p.stdout) })
}

// stdin returns where questions are answered. Without a terminal there is no answer.
func (p *process) stdin() io.Reader {
	if !config.IsTerminal(p.stderr) {
		return strings.NewReader("")
	}
	return os.Stdin
}
