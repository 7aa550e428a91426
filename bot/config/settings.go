package config

// A setting describes one key once: loading, checking, printing and the example file are made from it.
type setting struct {
	key    string
	env    string // the environment variable; a secret's can also be given as a file with _FILE appended
	value  any    // pointer to the field
	def    string // "" = none, or derived
	min    string // bounds in the value's own notation, both included; "" = none; for lists of every entry
	max    string
	oneOf  []string
	secret bool
	help   string // what it does, for people; the first letter is small and there is no full stop
}

// settings lists every key in the order of the example file. The pointers lead into c.
func (c *Config) settings() []setting {
	t, o, l, m := &c.Telegram, &c.OpenAI, &c.Live, &c.Limits
	return []setting{
		{key: "telegram.token", env: "TELEGRAM_BOT_TOKEN", value: &t.Token, secret: true,
			help: "the bot's token from @BotFather; without one only the demo runs"},
		{key: "telegram.api_url", env: "TELEGRAM_API_URL", value: &t.APIURL, def: TelegramAPI,
			help: "the Bot API server"},
		{key: "telegram.webhook_url", env: "WEBHOOK_URL", value: &t.WebhookURL,
			help: "the public https address of this bot, used with its path (/webhook if it has none); empty = https://$RAILWAY_PUBLIC_DOMAIN if that is set, else long polling"},
		{key: "telegram.webhook_secret", env: "WEBHOOK_SECRET", value: &t.WebhookSecret, secret: true,
			help: "what Telegram proves itself with at the webhook, 1-256 of A-Z a-z 0-9 _ -; empty = derived from the token"},
		{key: "telegram.admins", env: "ADMIN_IDS", value: &t.Admins,
			help: "ids of the people who may use the operator's commands, separated by commas"},
		{key: "telegram.support", env: "SUPPORT_CONTACT", value: &t.Support,
			help: "whom /paysupport names to people who paid: an @name, an e-mail or a page; Telegram wants one of those who take Stars"},

		{key: "http.addr", env: "HTTP_ADDR", value: &c.HTTP.Addr, def: ":8080",
			help: "where the webhook and the health pages listen; if HTTP_ADDR is not set, the port is taken from PORT"},

		{key: "ingest.max_inflight", env: "INGEST_MAX_INFLIGHT", value: &c.Ingest.MaxInflight, def: "2000", min: "1", max: "100000",
			help: "most updates in work at once; Telegram keeps the others and sends them again"},
		{key: "ingest.silence", env: "INGEST_SILENCE", value: &c.Ingest.Silence, def: "10m", min: "0s", max: "24h",
			help: "without hearing Telegram for so long the program ends with exit code 1, so that what keeps it starts it anew; off = never"},

		{key: "openai.api_key", env: "OPENAI_API_KEY", value: &o.APIKey, secret: true,
			help: "key of the language model's server; empty = the source's own words are told (a server that wants no key still needs one here: any text will do)"},
		{key: "openai.base_url", env: "OPENAI_BASE_URL", value: &o.BaseURL, def: "https://api.openai.com/v1",
			help: "any server that speaks the chat completions protocol"},
		{key: "openai.model", env: "OPENAI_MODEL", value: &o.Model, def: "gpt-4.1-mini",
			help: "the model's name"},
		{key: "openai.max_concurrent", env: "OPENAI_MAX_CONCURRENT", value: &o.MaxConcurrent, def: "3", min: "1", max: "100",
			help: "calls at once, never more"},
		{key: "openai.places_per_call", env: "OPENAI_PLACES_PER_CALL", value: &o.PlacesPerCall, def: "4", min: "1", max: "8",
			help: "places that one call writes about"},
		{key: "openai.requests_per_minute", env: "OPENAI_REQUESTS_PER_MINUTE", value: &o.RequestsPerMinute, def: "60", min: "1", max: "100000",
			help: "calls a minute; over it a call waits"},
		{key: "openai.timeout", env: "OPENAI_TIMEOUT", value: &o.Timeout, def: "25s", min: "1s", max: "5m",
			help: "for one call in all, with its retries"},
		{key: "openai.daily_tokens", env: "OPENAI_DAILY_TOKENS", value: &o.DailyTokens, def: "0", min: "0",
			help: "tokens a UTC day, prompts and answers together; 0 = no limit"},
		{key: "openai.daily_tokens_per_person", env: "OPENAI_DAILY_TOKENS_PER_PERSON", value: &o.DailyTokensPerPerson, def: "0", min: "0",
			help: "the same for one person; 0 = no limit"},
		{key: "openai.price", env: "OPENAI_PRICE", value: &o.Price, def: "0", min: "0", max: "1000000",
			help: "dollars for a million tokens, so that /admin can say what the day cost; 0 = it counts tokens only"},

		{key: "places.wikipedia_url", env: "WIKIPEDIA_URL", value: &c.Places.WikipediaURL, def: "https://{lang}.wikipedia.org/w/api.php",
			help: "the Action API; {lang} becomes the language's code"},
		{key: "places.contact", env: "WIKIPEDIA_CONTACT", value: &c.Places.Contact,
			help: "your e-mail or page, which Wikipedia's rules want in the User-Agent; empty = 10 requests a minute"},

		{key: "store.dir", env: "DATA_DIR", value: &c.Store.Dir,
			help: "directory of excursobot.db; empty = $RAILWAY_VOLUME_MOUNT_PATH if that is set, else ./data"},
		{key: "store.postgres", env: "DATABASE_URL", value: &c.Store.Postgres, secret: true,
			help: "a Postgres database instead of the file, which several replicas may share: postgres://user:password@host:port/database"},
		{key: "store.postgres_conns", env: "DATABASE_CONNS", value: &c.Store.PostgresConns, def: "8", min: "2", max: "1000",
			help: "most connections of this process to it, one more for what replicas say to each other"},
		{key: "store.postgres_timeout", env: "DATABASE_TIMEOUT", value: &c.Store.PostgresTimeout, def: "5s", min: "100ms", max: "10m",
			help: "for one statement"},
		{key: "store.lease", env: "DATABASE_LEASE", value: &c.Store.Lease, def: "30s", min: "3s", max: "10m",
			help: "after so long without a sign of life a replica's work is taken over by the others"},

		{key: "cache.ttl", env: "CACHE_TTL", value: &c.Cache.TTL, def: "1h", min: "1s", max: "720h",
			help: "how long stories of a cell stay in memory"},
		{key: "cache.max_bytes", env: "CACHE_MAX_BYTES", value: &c.Cache.MaxBytes, def: "16MiB", min: "1MiB", max: "4GiB",
			help: "most memory for them: bytes, or a number with KiB, MiB or GiB"},

		{key: "live.intervals", env: "LIVE_INTERVALS", value: &l.Intervals, def: "5m,10m,30m,60m", min: "1s", max: "24h",
			help: "the choices of how often a walk tells, at most 8"},
		{key: "live.default", env: "LIVE_DEFAULT", value: &l.Default, min: "1s", max: "24h",
			help: "what holds without a choice, one of live.intervals; empty = the one nearest to 10m"},
		{key: "live.max_sessions", env: "LIVE_MAX_SESSIONS", value: &l.MaxSessions, def: "50", min: "1", max: "10000",
			help: "walks at once"},
		{key: "live.max_updates", env: "LIVE_MAX_UPDATES", value: &l.MaxUpdates, def: "10", min: "1", max: "1000",
			help: "moves applied at once"},
		{key: "live.batch_size", env: "LIVE_BATCH_SIZE", value: &l.BatchSize, def: "5", min: "1", max: "1000",
			help: "a batch of moves is applied when it holds so many"},
		{key: "live.batch_timeout", env: "LIVE_BATCH_TIMEOUT", value: &l.BatchTimeout, def: "1s", min: "10ms", max: "1m",
			help: "or when it is so old"},

		{key: "queue.size", env: "QUEUE_SIZE", value: &c.Queue.Size, def: "100", min: "1", max: "100000",
			help: "jobs that may wait for the model"},

		{key: "pictures", env: "PICTURES", value: &c.Pictures, def: "on",
			help: "on or off: the place's picture under a story"},

		{key: "monitor.token", env: "DASHBOARD_TOKEN", value: &c.Monitor.Token, secret: true,
			help: "opens the dashboard and the metrics from elsewhere, at least 8 characters; empty = this machine only"},
		{key: "monitor.addr", env: "MONITOR_ADDR", value: &c.Monitor.Addr,
			help: "an address of their own for the dashboard and the metrics, such as 127.0.0.1:9090; empty = they are at http.addr"},

		{key: "shutdown.drain", env: "SHUTDOWN_DRAIN", value: &c.Shutdown.Drain, def: "20s", min: "0s", max: "10m",
			help: "how long work in flight may go on after a stop signal"},

		{key: "backup.every", env: "BACKUP_EVERY", value: &c.Backup.Every, def: "off", min: "0s", max: "8760h",
			help: "how often a copy of the store is made in store.dir/backups, off = never"},
		{key: "backup.keep", env: "BACKUP_KEEP", value: &c.Backup.Keep, def: "7", min: "1", max: "1000",
			help: "copies kept there"},

		{key: "log.level", env: "LOG_LEVEL", value: &c.Log.Level, def: "info", oneOf: []string{"debug", "info", "warn", "error"},
			help: "debug, info, warn or error"},
		{key: "log.format", env: "LOG_FORMAT", value: &c.Log.Format, def: "auto", oneOf: []string{"auto", "text", "json"},
			help: "text, json, or auto: text on a terminal, json elsewhere"},

		{key: "limits.person_story_every", env: "LIMITS_PERSON_STORY_EVERY", value: &m.PersonStoryEvery, def: "5s", min: "1ms", max: "1h",
			help: "a person gets one more story request each"},
		{key: "limits.person_story_burst", env: "LIMITS_PERSON_STORY_BURST", value: &m.PersonStoryBurst, def: "3", min: "1", max: "1000",
			help: "and may save up so many"},
		{key: "limits.person_updates", env: "LIMITS_PERSON_UPDATES", value: &m.PersonUpdates, def: "2", min: "0.01", max: "1000",
			help: "updates of any kind a second from one person; over it they are dropped"},
		{key: "limits.person_updates_burst", env: "LIMITS_PERSON_UPDATES_BURST", value: &m.PersonUpdatesBurst, def: "20", min: "1", max: "10000",
			help: "and at once"},
		{key: "limits.stories", env: "LIMITS_STORIES", value: &m.Stories, def: "40", min: "0.01", max: "10000",
			help: "story requests a second from all people"},
		{key: "limits.stories_burst", env: "LIMITS_STORIES_BURST", value: &m.StoriesBurst, def: "80", min: "1", max: "100000",
			help: "and at once"},
		{key: "limits.chat_messages", env: "LIMITS_CHAT_MESSAGES", value: &m.ChatMessages, def: "1", min: "0.01", max: "30",
			help: "messages a second to one chat, as Telegram wants it"},
		{key: "limits.chat_messages_burst", env: "LIMITS_CHAT_MESSAGES_BURST", value: &m.ChatMessagesBurst, def: "3", min: "1", max: "30",
			help: "and at once"},
		{key: "limits.messages", env: "LIMITS_MESSAGES", value: &m.Messages, def: "25", min: "0.1", max: "1000",
			help: "messages a second to all chats; Telegram allows about 30"},
		{key: "limits.wikipedia_at_once", env: "LIMITS_WIKIPEDIA_AT_ONCE", value: &m.WikipediaAtOnce, def: "3", min: "1", max: "3",
			help: "requests to Wikipedia at once; its rules allow 3"},
		{key: "limits.wikipedia", env: "LIMITS_WIKIPEDIA", value: &m.Wikipedia, def: "3", min: "0.01", max: "100",
			help: "requests a second"},
		{key: "limits.wikipedia_per_minute", env: "LIMITS_WIKIPEDIA_PER_MINUTE", value: &m.WikipediaPerMinute, def: "150", min: "1", max: "10000",
			help: "requests a minute; 10 without places.contact"},
		{key: "limits.connections", env: "LIMITS_CONNECTIONS", value: &m.Connections, def: "512", min: "8", max: "100000",
			help: "connections open at once to http.addr"},
		{key: "limits.unauthorized", env: "LIMITS_UNAUTHORIZED", value: &m.Unauthorized, def: "1", min: "0.01", max: "1000",
			help: "webhook calls a second and address with a wrong secret that get an answer"},
	}
}

// Defaults returns the configuration without a file and without an environment.
func Defaults() Config {
	c := Config{origins: map[string]string{}}
	for _, s := range c.settings() {
		if s.def == "" {
			continue
		}
		if err := parse(s.value, s.def); err != nil {
			panic("default of " + s.key + ": " + err.Error()) // the table is wrong, not the person
		}
	}
	return c
}
