package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
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
	exitUsage   = 2 // of the command line or the configuration
)

var errSecondSignal = errors.New("stopped at once by a second signal; accepted updates that were not answered may be lost")

// commandLine is the grammar; each command's Run method does the work.
type commandLine struct {
	Config string `short:"c" placeholder:"FILE" help:"Configuration file (default: config.yaml if it is there)."`

	Run         runCommand         `cmd:"" default:"withargs" help:"Run the bot (the default)."`
	Demo        demoCommand        `cmd:"" help:"Try the bot in the browser: no token, no key, nothing sent out."`
	Check       checkCommand       `cmd:"" help:"Check the configuration and print what is in effect."`
	Load        loadCommand        `cmd:"" help:"Measure the bot under load, against simulated servers."`
	Backup      backupCommand      `cmd:"" help:"Copy the store, also while the bot runs."`
	Restore     restoreCommand     `cmd:"" help:"Put a backup in the store's place. The bot must be stopped."`
	DeadLetters deadLettersCommand `cmd:"" name:"dead-letters" aliases:"parked" help:"Show the updates that the bot gave up, also while it runs."`
	Compact     compactCommand     `cmd:"" help:"Make the store's file as small as it can be. The bot must be stopped."`
	Migrate     migrateCommand     `cmd:"" help:"Copy a whole store into another: files and Postgres databases, both ways."`
	Export      exportCommand      `cmd:"" help:"Print everything that a store holds, as lines of JSON."`
	Import      importCommand      `cmd:"" help:"Take payments, people and languages from the Python bot that this one replaces."`
	Payments    paymentsCommand    `cmd:"" help:"List the payments, also while the bot runs."`
	Healthcheck healthcheckCommand `cmd:"" help:"Ask the running bot whether it is alive: exit code 0 if it is."`
	Version     versionCommand     `cmd:"" help:"Print the version."`
}

// process is what a command gets from the outside.
type process struct {
	stdout, stderr io.Writer
	env            config.Environment
	file           string // --config
	signals        chan os.Signal
	hangups        chan os.Signal
}

// Main runs the command line and returns the exit code. It reads no global state but the signals SIGINT and SIGTERM: the first
// stops in order, the second at once.
func Main(args []string, stdout, stderr io.Writer, environ []string) int {
	p := &process{stdout: stdout, stderr: stderr, env: config.NewEnvironment(environ), signals: make(chan os.Signal, 2), hangups: make(chan os.Signal, 1)}
	signal.Notify(p.signals, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(p.signals)
	return p.main(args)
}

func (p *process) main(args []string) int {
	var cli commandLine
	shown := false // --help has been printed
	parser, err := kong.New(&cli,
		kong.Name("excursobot"),
		kong.Description("A Telegram guide: share a location, get one true story about a place near by."),
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
		return p.fail(config.UsageError{Err: fmt.Errorf("%w (excursobot --help lists the commands)", err)})
	}
	p.file = cli.Config
	return p.fail(command.Run(p))
}

// fail prints each line of the error with the program's name and returns its exit code.
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

// untilSignalled calls run with the intake context, which the first signal ends. It returns when run does, or on a second signal.
func (p *process) untilSignalled(run func(intake context.Context) error) error {
	intake, cancel := context.WithCancel(context.Background())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- app.Recovered(func() error { return run(intake) }) }()
	for stopping := false; ; stopping = true {
		select {
		case err := <-done:
			return err
		case <-p.signals:
			if stopping {
				return errSecondSignal
			}
			cancel()
		}
	}
}

// limitMemory sets the soft limit unless the operator did: the collector works harder near it, nothing is refused.
func (p *process) limitMemory() {
	const soft = 48 << 20 // bytes
	if p.env["GOMEMLIMIT"] == "" {
		debug.SetMemoryLimit(soft)
	}
}
