// Excursobot is a Telegram guide: share a location, get one true story about a place near by. See package cli.
package main

import (
	"os"

	"excursobot/bot/cli"
)

func main() {
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr, os.Environ()))
}
