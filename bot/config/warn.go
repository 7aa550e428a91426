package config

import (
	"errors"
	"log/slog"
)

// Warn says what the operator should know of a configuration that is valid.
func (c *Config) Warn(log *slog.Logger, env Environment) {
	if c.Store.Postgres == "" && onRailway(env) && env["RAILWAY_VOLUME_MOUNT_PATH"] == "" {
		log.Warn("no_volume", "hint", "NO VOLUME IS MOUNTED: everything the bot remembers is lost at the next deploy; attach one to this service in Railway")
	}
	if c.OpenAI.APIKey == "" {
		log.Warn("no_model", "hint", "openai.api_key is empty: people get Wikipedia's own words instead of stories")
	}
	if c.Places.Contact == "" {
		log.Warn("no_contact", "hint", "places.contact is empty: Wikipedia answers 10 requests a minute only; set your e-mail or page")
	}
}

// Runnable reports what keeps a valid configuration from running.
func (c *Config) Runnable() error {
	if c.Telegram.Token == "" {
		return errors.New(`no bot token: set TELEGRAM_BOT_TOKEN (from @BotFather), or try "excursobot demo"`)
	}
	return nil
}
