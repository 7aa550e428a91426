package app

import "log/slog"

// warn says what the operator should know of a configuration that is valid.
func (c *Config) warn(log *slog.Logger, env environment) {
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
