// Excursobot is a Telegram guide: share a location, get one true story about a place near by. See package app.
package main

import (
	"os"

	"excursobot/bot/app"
)

func main() {
	os.Exit(app.Main(os.Args[1:], os.Stdout, os.Stderr, os.Environ()))
}
