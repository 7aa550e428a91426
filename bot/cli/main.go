package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"excursobot/bot/app"
	"excursobot/bot/config"

	"github.com/alecthomas/kong"
)

// Exit codes of the program.
const (
	exitClean   = 0
	exitRuntime = 1
	exitUsage   = 2 // a wrong command line or configuration
)

var errSecondSignal = errors.New("stopped at once by a second signal; accepted updates that were not answered may be lost")

// commandLine is the grammar. Each command has a Run method.
type commandLine struct {
	Config string `short:"c" placeholder:"FILE" help:"Configuration file (default: config.yaml if it exists)."`

	Run         runCommand         `cmd:"" default:"withargs" help:"Run the bot (the default)."`
	Demo        demoCommand        `cmd:"" help:"Try the bot in the browser, without a token, a key or the network."`
	Check       checkCommand       `cmd:"" help:"Check the configuration and print the values in effect."`
	Try         tryCommand         `cmd:"" help:"Write one story with the configured servers, without Telegram, and report each step."`
	Evaluate    evaluateCommand    `cmd:"" help:"Write stories about many real places with the configured models, and report each beside its source."`
	Load        loadCommand        `cmd:"" help:"Measure the bot under load, against simulated servers."`
	Backup      backupCommand      `cmd:"" help:"Copy the store, also while the bot runs."`
	Restore     restoreCommand     `cmd:"" help:"Replace the store with a backup. Stop the bot first."`
	DeadLetters deadLettersCommand `cmd:"" name:"dead-letters" aliases:"parked" help:"Show the updates that the bot gave up, also while it runs."`
	Compact     compactCommand     `cmd:"" help:"Make the store's file as small as possible. Stop the bot first."`
	Migrate     migrateCommand     `cmd:"" help:"Copy a whole store into another one: from file or Postgres, to file or Postgres."`
	Export      exportCommand      `cmd:"" help:"Write the whole store as a dump: compressed lines of JSON."`
	Import      importCommand      `cmd:"" help:"Fill a store from a dump, or take people and payments from the database of the older Python bot."`
	Pack        packCommand        `cmd:"" help:"Build, import and describe packs: the places and stories of a town in one file."`
	Payments    paymentsCommand    `cmd:"" help:"List the payments, also while the bot runs."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask the running bot whether it is alive: exit code 0 if it is."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// process holds the inputs and outputs of a command.
type process struct {
	stdout, stderr io.Writer
	env            config.Environment
	file           string // --config
	signals        chan os.Signal
	hangups        chan os.Signal
}

// Main runs the command line and returns the exit code. After the first SIGINT or SIGTERM the command stops in order, after the second at
// once.
func Main(args []string, stdout, stderr io.Writer, environ []string) int {
	p := &process{stdout: stdout, stderr: stderr, env: config.NewEnvironment(environ), signals: make(chan os.Signal, 2), hangups: make(chan os.Signal, 1)}
	signal.Notify(p.signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(p.signals)
	return p.main(args)
}

func (p *process) main(args []string) int {
	var cli commandLine
	shown := false // --help was printed
	parser, err := kong.New(&cli,
		kong.Name("excursobot"),
		kong.Description("A Telegram guide: share a location, get one true story about a place nearby."),
		kong.Writers(p.stdout, p.stderr),
		kong.Exit(func(int) { shown = true }),
	)
	if err != nil {
		return p.fail(err)
	}
	command, err := parser.Parse(args)
	if shown {
		return exitClean
	}
	if err != nil {
		return p.fail(config.UsageError{Err: fmt.Errorf("%w (%s)", err, helpFor(parser, args))})
	}
	p.file = cli.Config
	return p.fail(command.Run(p))
}

// helpFor names the help about a command line that was not understood.
func helpFor(parser *kong.Kong, args []string) string {
	for _, command := range parser.Model.Children {
		if len(args) > 0 && (command.Name == args[0] || slices.Contains(command.Aliases, args[0])) {
			return "see excursobot " + args[0] + " --help"
		}
	}
	return "excursobot --help lists the commands"
}

// fail prints each line of the error after the program's name, and returns the exit code.
func (p *process) fail(err error) int {
	if err == nil {
		return exitClean
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(p.stderr, "excursobot: "+line)
	}
	if errors.As(err, new(config.UsageError)) {
		return exitUsage
	}
	return exitRuntime
}

// load reads the configuration for a command.
func (p *process) load() (config.Config, error) {
	cfg, err := config.Load(p.file, p.env)
	if err != nil {
		return cfg, config.UsageError{Err: err}
	}
	return cfg, nil
}

// errInterrupted means that a signal ended a command. No command leaves anything half done that repeating it does not put right.
var errInterrupted = errors.New("interrupted; repeat the command")

// untilSignalled calls run with a context that the first signal ends. It returns when run does, or at a second signal.
func (p *process) untilSignalled(run func(intake context.Context) error) error {
	intake, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- app.Recovered(func() error { return run(intake) }) }()
	for stopping := false; ; stopping = true {
		select {
		case err := <-done:
			if stopping && errors.Is(err, context.Canceled) { // wherever it was noticed: "not an undamaged backup: context canceled" would alarm
				return errInterrupted
			}
			return err
		case <-p.signals:
			if stopping {
				return errSecondSignal
			}
			cancel()
		}
	}
}

// garbagePercent is how much garbage there may be for each 100 bytes in use before it is collected. Go's own 100 takes 5 MiB more in 50 walks, and less of
// the bot's processor time; docs/load.md has both.
const garbagePercent = 50

// limitMemory sets the soft memory limit of the configuration and garbagePercent unless the operator has set GOMEMLIMIT or GOGC. Near the limit the
// garbage collector works harder; nothing is refused.
func (p *process) limitMemory(cfg config.Config) {
	if p.env["GOMEMLIMIT"] == "" {
		debug.SetMemoryLimit(cfg.SoftMemory())
	}
	if p.env["GOGC"] == "" {
		debug.SetGCPercent(garbagePercent)
	}
}
