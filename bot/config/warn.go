package config

import (
	"errors"
	"log/slog"
)

// Warn logs what the operator should know about a valid configuration.
func (c *Config) Warn(log *slog.Logger, env Environment) {
	if c.Store.Postgres == "" && onRailway(env) && env["RAILWAY_VOLUME_MOUNT_PATH"] == "" {
		log.Warn("volume_missing", "hint", "NO VOLUME IS MOUNTED: the next deploy deletes everything that the bot remembers; attach a volume to this service in Railway")
	}
	if c.OpenAI.APIKey == "" {
		log.Warn("model_missing", "hint", "openai.api_key is empty: people get extracts from Wikipedia instead of stories")
	}
	if c.Places.Contact == "" {
		log.Warn("contact_missing", "hint", "places.contact is empty: Wikipedia answers only 10 requests a minute; set your e-mail address or page")
	}
	if c.ShortToken() {
		log.Warn("monitor_token_short", "hint", "monitor.token has fewer than 16 characters and can be guessed: set a longer one")
	}
	for _, hint := range c.removed {
		log.Warn("setting_ignored", "hint", hint)
	}
}

// ShortToken reports whether monitor.token works and is shorter than a new one should be.
func (c *Config) ShortToken() bool {
	const least = 16
	return c.Monitor.Token != "" && len(c.Monitor.Token) < least
}

// Runnable returns why the bot cannot run with a valid configuration.
func (c *Config) Runnable() error {
	if c.Telegram.Token == "" {
		return errors.New(`no bot token: set TELEGRAM_BOT_TOKEN (from @BotFather), or try "excursobot demo"`)
	}
	return nil
}
