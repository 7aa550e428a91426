package config

// A setting describes one key. Loading, checking, printing and the example file all use this description.
type setting struct {
	key    string
	env    string // the environment variable; for a secret, the variable with _FILE appended can name a file
	value  any    // pointer to the field
	def    string // the default; "" = none, or derived
	min    string // bounds in the value's own notation, both included; "" = none; each entry of a list must keep to them
	max    string
	oneOf  []string
	secret bool
	help   string // for operators: what it does, in lower case and without a full stop
}

// settings returns every key in the order of the example file, with pointers into c.
func (c *Config) settings() []setting {
	t, o, l, m, sp := &c.Telegram, &c.OpenAI, &c.Live, &c.Limits, &c.Speech
	return []setting{
		{key: "telegram.token", env: "TELEGRAM_BOT_TOKEN", value: &t.Token, secret: true,
			help: "the bot's token from @BotFather; without one only the demo runs"},
		{key: "telegram.api_url", env: "TELEGRAM_API_URL", value: &t.APIURL, def: TelegramAPI,
			help: "the Bot API server"},
		{key: "telegram.test", env: "TELEGRAM_TEST", value: &t.Test, def: "off",
			help: "on or off: the token is of Telegram's test environment, where bots and accounts are separate"},
		{key: "telegram.webhook_url", env: "WEBHOOK_URL", value: &t.WebhookURL,
			help: "the public https address of this bot; without a path, /webhook is added. Empty = https://$RAILWAY_PUBLIC_DOMAIN if that is set, otherwise long polling"},
		{key: "telegram.webhook_secret", env: "WEBHOOK_SECRET", value: &t.WebhookSecret, secret: true,
			help: "the secret that Telegram sends with each webhook call, 1-256 of A-Z a-z 0-9 _ -; empty = derived from the token"},
		{key: "telegram.admins", env: "ADMIN_IDS", value: &t.Admins,
			help: "user ids of the operators, separated by commas"},
		{key: "telegram.support", env: "SUPPORT_CONTACT", value: &t.Support,
			help: "the contact that /paysupport shows: an @name, an e-mail address or a page; Telegram requires one from bots that take Stars"},

		{key: "http.addr", env: "HTTP_ADDR", value: &c.HTTP.Addr, def: ":8080",
			help: "the address of the webhook and the health pages; if HTTP_ADDR is not set, the port is taken from PORT"},

		{key: "ingest.max_inflight", env: "INGEST_MAX_INFLIGHT", value: &c.Ingest.MaxInflight, def: "2000", min: "1", max: "100000",
			help: "the most updates that are being handled at once; Telegram keeps the others and delivers them again"},
		{key: "ingest.max_bytes", env: "INGEST_MAX_BYTES", value: &c.Ingest.MaxBytes, def: "8MiB", min: "1MiB", max: "1GiB",
			help: "the most bytes of these updates together"},
		{key: "ingest.silence", env: "INGEST_SILENCE", value: &c.Ingest.Silence, def: "10m", min: "0s", max: "24h",
			help: "exit with code 1 after this long without contact to Telegram, so that the host restarts the bot; off = never"},

		{key: "openai.api_key", env: "OPENAI_API_KEY", value: &o.APIKey, secret: true,
			help: "the key for the language model's server; empty = people get extracts from Wikipedia instead of stories. If the server needs no key, any text works"},
		{key: "openai.base_url", env: "OPENAI_BASE_URL", value: &o.BaseURL, def: "https://api.openai.com/v1",
			help: "the address of any server with the chat completions protocol"},
		{key: "openai.model", env: "OPENAI_MODEL", value: &o.Model, def: "gpt-6-luna",
			help: "the model's name"},
		{key: "openai.reasoning", env: "OPENAI_REASONING", value: &o.Reasoning, def: "auto", oneOf: []string{"auto", "off", "none", "minimal", "low", "medium", "high"},
			help: "how much the model thinks before it answers: none, minimal, low, medium or high, if the model accepts it. auto = the least that OpenAI's models accept, nothing is sent to others; off = nothing is sent. Thinking costs time and tokens"},
		{key: "openai.check", env: "OPENAI_CHECK", value: &o.Check, def: "on",
			help: "on or off: the model reads each new story once more beside its source, after it was told, and takes back what the source does not say; it costs about as many tokens as the story"},
		{key: "openai.check_model", env: "OPENAI_CHECK_MODEL", value: &o.CheckModel,
			help: "another model of the same server for that; empty = openai.model"},
		{key: "openai.vision", env: "OPENAI_VISION", value: &o.Vision, def: "off",
			help: "on or off: a photo that a person sends shortly after a location goes to the model, which finds out which of the places nearby is in it; the model must understand pictures"},
		{key: "openai.passage", env: "OPENAI_PASSAGE", value: &o.Passage, def: "6000", min: "1200", max: "20000",
			help: "the most characters of an article that the model gets about each place; more make better stories, slower and more expensive calls"},
		{key: "openai.max_concurrent", env: "OPENAI_MAX_CONCURRENT", value: &o.MaxConcurrent, def: "3", min: "1", max: "100",
			help: "the most calls at once"},
		{key: "openai.requests_per_minute", env: "OPENAI_REQUESTS_PER_MINUTE", value: &o.RequestsPerMinute, def: "60", min: "1", max: "100000",
			help: "the most calls a minute; further calls wait"},
		{key: "openai.timeout", env: "OPENAI_TIMEOUT", value: &o.Timeout, def: "25s", min: "1s", max: "5m",
			help: "the time limit of a call, retries included"},
		{key: "openai.daily_tokens", env: "OPENAI_DAILY_TOKENS", value: &o.DailyTokens, def: "0", min: "0",
			help: "the most tokens a UTC day, prompts and answers together; 0 = no limit"},
		{key: "openai.daily_tokens_per_person", env: "OPENAI_DAILY_TOKENS_PER_PERSON", value: &o.DailyTokensPerPerson, def: "0", min: "0",
			help: "the same for one person; 0 = no limit"},
		{key: "openai.price_in", env: "OPENAI_PRICE_IN", value: &o.PriceIn, min: "0", max: "1000000",
			help: "dollars for a million tokens of prompts, for the cost shown by /admin; empty = openai.price, or OpenAI's price if the model is its gpt-6-luna (0.1); 0 in both prices = only tokens are shown"},
		{key: "openai.price_out", env: "OPENAI_PRICE_OUT", value: &o.PriceOut, min: "0", max: "1000000",
			help: "the same for tokens of answers (0.5 for gpt-6-luna)"},
		{key: "openai.price", env: "OPENAI_PRICE", value: &o.Price, min: "0", max: "1000000",
			help: "one price for both, where openai.price_in or openai.price_out is not set"},

		{key: "speech.url", env: "SPEECH_URL", value: &sp.URL,
			help: "the address of a server that speaks stories, with OpenAI's speech protocol (POST .../audio/speech); empty = no voices"},
		{key: "speech.key", env: "SPEECH_KEY", value: &sp.Key, secret: true,
			help: "its key; empty = it needs none"},
		{key: "speech.model", env: "SPEECH_MODEL", value: &sp.Model, def: "tts-1",
			help: "the model's name there"},
		{key: "speech.voices", env: "SPEECH_VOICES", value: &sp.Voices,
			help: "a voice for each language that is spoken, as the server names it: ru:anna,en:ann; a language that is not here has no voice"},
		{key: "speech.format", env: "SPEECH_FORMAT", value: &sp.Format, def: "opus", oneOf: []string{"opus", "mp3"},
			help: "opus (in Ogg, small) or mp3, whichever the server makes"},
		{key: "speech.speed", env: "SPEECH_SPEED", value: &sp.Speed, def: "1", min: "0.25", max: "4",
			help: "how fast the voices speak; 1 = the server's own pace"},
		{key: "speech.daily_characters", env: "SPEECH_DAILY_CHARACTERS", value: &sp.DailyCharacters, def: "0", min: "0",
			help: "the most characters that are spoken in a UTC day; 0 = no limit"},
		{key: "speech.max_concurrent", env: "SPEECH_MAX_CONCURRENT", value: &sp.MaxConcurrent, def: "2", min: "1", max: "100",
			help: "the most recordings that are made at once"},

		{key: "places.wikipedia_url", env: "WIKIPEDIA_URL", value: &c.Places.WikipediaURL, def: "https://{lang}.wikipedia.org/w/api.php",
			help: "Wikipedia's Action API; {lang} is replaced with the language code"},
		{key: "places.wikidata_url", env: "WIKIDATA_URL", value: &c.Places.WikidataURL, def: "https://www.wikidata.org/w/api.php",
			help: "Wikidata's Action API, which knows the names of places in other languages"},
		{key: "places.commons_url", env: "COMMONS_URL", value: &c.Places.CommonsURL, def: "https://commons.wikimedia.org/w/api.php",
			help: "the Action API of Wikimedia Commons, which knows who made a picture"},
		{key: "places.editions", env: "PLACES_EDITIONS", value: &c.Places.Editions, def: "auto",
			help: "auto = the Wikipedias in the person's language, in the languages of the country and in English; or codes of languages, separated by commas, that are asked everywhere as well"},
		{key: "places.contact", env: "WIKIPEDIA_CONTACT", value: &c.Places.Contact,
			help: "your e-mail address or page, which Wikipedia requires in the User-Agent; empty = only 10 requests a minute"},

		{key: "store.dir", env: "DATA_DIR", value: &c.Store.Dir,
			help: "the directory of excursobot.db; empty = $RAILWAY_VOLUME_MOUNT_PATH if that is set, otherwise ./data"},
		{key: "store.postgres", env: "DATABASE_URL", value: &c.Store.Postgres, secret: true,
			help: "a Postgres database that replaces the file and that several replicas can share: postgres://user:password@host:port/database"},
		{key: "store.postgres_conns", env: "DATABASE_CONNS", value: &c.Store.PostgresConns, def: "8", min: "2", max: "1000",
			help: "the most connections of this process to the database, plus one for messages between replicas"},
		{key: "store.lease", env: "DATABASE_LEASE", value: &c.Store.Lease, def: "30s", min: "3s", max: "10m",
			help: "after this long without a heartbeat of a replica, the others take over its work"},
		{key: "store.articles", env: "STORE_ARTICLES", value: &c.Store.Articles, def: "256MiB", min: "1MiB", max: "64GiB",
			help: "the most space for whole articles, compressed; those that were not used for the longest time go first"},

		{key: "cache.max_bytes", env: "CACHE_MAX_BYTES", value: &c.Cache.MaxBytes, def: "16MiB", min: "1MiB", max: "4GiB",
			help: "the most memory for cached stories: bytes, or a number with KiB, MiB or GiB"},

		{key: "live.intervals", env: "LIVE_INTERVALS", value: &l.Intervals, def: "5m,10m,30m,60m", min: "1s", max: "24h",
			help: "the choices of the time between two stories of a walk, at most 8"},
		{key: "live.default", env: "LIVE_DEFAULT", value: &l.Default, min: "1s", max: "24h",
			help: "the choice of a new walk, one of live.intervals, or pass = a story when the walker passes something; empty = the interval nearest to 10m"},
		{key: "live.pass_gap", env: "LIVE_PASS_GAP", value: &l.PassGap, def: "2m", min: "5s", max: "1h",
			help: "the least time between two stories of a walk that tells what the walker passes"},
		{key: "live.max_sessions", env: "LIVE_MAX_SESSIONS", value: &l.MaxSessions, def: "50", min: "1", max: "10000",
			help: "the most walks at once"},
		{key: "live.max_updates", env: "LIVE_MAX_UPDATES", value: &l.MaxUpdates, def: "10", min: "1", max: "1000",
			help: "the most position updates that are handled at once"},
		{key: "live.batch_size", env: "LIVE_BATCH_SIZE", value: &l.BatchSize, def: "5", min: "1", max: "1000",
			help: "a batch of position updates is handled when it has this many"},
		{key: "live.batch_timeout", env: "LIVE_BATCH_TIMEOUT", value: &l.BatchTimeout, def: "1s", min: "10ms", max: "1m",
			help: "or when it is this old"},

		{key: "pictures", env: "PICTURES", value: &c.Pictures, def: "on",
			help: "on or off: show the place's picture under a story"},

		{key: "monitor.token", env: "DASHBOARD_TOKEN", value: &c.Monitor.Token, secret: true,
			help: "the token that opens the dashboard and the metrics to other machines, at least 16 characters; empty = only this machine can open them, at monitor.addr"},
		{key: "monitor.addr", env: "MONITOR_ADDR", value: &c.Monitor.Addr,
			help: "a separate address for the dashboard and the metrics; empty = they are at http.addr, or without a token at 127.0.0.1:9090"},

		{key: "shutdown.drain", env: "SHUTDOWN_DRAIN", value: &c.Shutdown.Drain, def: "20s", min: "0s", max: "10m",
			help: "how long the bot finishes accepted work after a stop signal"},

		{key: "backup.every", env: "BACKUP_EVERY", value: &c.Backup.Every, def: "off", min: "0s", max: "8760h",
			help: "how often the store is copied into store.dir/backups; off = never"},
		{key: "backup.keep", env: "BACKUP_KEEP", value: &c.Backup.Keep, def: "7", min: "1", max: "1000",
			help: "how many copies are kept there"},

		{key: "log.level", env: "LOG_LEVEL", value: &c.Log.Level, def: "info", oneOf: []string{"debug", "info", "warn", "error"},
			help: "debug, info, warn or error"},
		{key: "log.format", env: "LOG_FORMAT", value: &c.Log.Format, def: "auto", oneOf: []string{"auto", "text", "json"},
			help: "text, json, or auto: text on a terminal, json elsewhere"},

		{key: "limits.person_story_every", env: "LIMITS_PERSON_STORY_EVERY", value: &m.PersonStoryEvery, def: "5s", min: "1ms", max: "1h",
			help: "how often one person can ask for a story"},
		{key: "limits.person_story_burst", env: "LIMITS_PERSON_STORY_BURST", value: &m.PersonStoryBurst, def: "3", min: "1", max: "1000",
			help: "how many stories a person can ask for at once after a pause"},
		{key: "limits.person_updates", env: "LIMITS_PERSON_UPDATES", value: &m.PersonUpdates, def: "2", min: "0.01", max: "1000",
			help: "updates of any kind a second from one person; updates above it are dropped"},
		{key: "limits.person_updates_burst", env: "LIMITS_PERSON_UPDATES_BURST", value: &m.PersonUpdatesBurst, def: "20", min: "1", max: "10000",
			help: "how many updates one person can send at once"},
		{key: "limits.stories", env: "LIMITS_STORIES", value: &m.Stories, def: "40", min: "0.01", max: "10000",
			help: "story requests a second of all people together"},
		{key: "limits.stories_burst", env: "LIMITS_STORIES_BURST", value: &m.StoriesBurst, def: "80", min: "1", max: "100000",
			help: "how many story requests can come at once"},
		{key: "limits.chat_messages", env: "LIMITS_CHAT_MESSAGES", value: &m.ChatMessages, def: "1", min: "0.01", max: "30",
			help: "messages a second to one chat; Telegram asks for about 1"},
		{key: "limits.chat_messages_burst", env: "LIMITS_CHAT_MESSAGES_BURST", value: &m.ChatMessagesBurst, def: "3", min: "1", max: "30",
			help: "how many messages can go to one chat at once"},
		{key: "limits.messages", env: "LIMITS_MESSAGES", value: &m.Messages, def: "25", min: "0.1", max: "1000",
			help: "messages a second to all chats together; Telegram allows about 30"},
		{key: "limits.wikipedia_at_once", env: "LIMITS_WIKIPEDIA_AT_ONCE", value: &m.WikipediaAtOnce, def: "3", min: "1", max: "3",
			help: "the most requests to Wikipedia, Wikidata and Commons at once; their rules allow 3"},
		{key: "limits.wikipedia", env: "LIMITS_WIKIPEDIA", value: &m.Wikipedia, def: "15", min: "0.01", max: "100",
			help: "requests to Wikipedia, Wikidata and Commons together, a second"},
		{key: "limits.wikipedia_per_minute", env: "LIMITS_WIKIPEDIA_PER_MINUTE", value: &m.WikipediaPerMinute, def: "150", min: "1", max: "10000",
			help: "requests to Wikipedia, Wikidata and Commons together, a minute; without places.contact at most 10"},
		{key: "limits.connections", env: "LIMITS_CONNECTIONS", value: &m.Connections, def: "512", min: "8", max: "100000",
			help: "the most open connections to http.addr, of which one address may have a quarter; idle ones are closed for new ones"},
		{key: "limits.unauthorized", env: "LIMITS_UNAUTHORIZED", value: &m.Unauthorized, def: "1", min: "0.01", max: "1000",
			help: "answers a second to one address that sends a wrong secret; further calls are cut off"},
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
			panic("default of " + s.key + ": " + err.Error()) // a mistake in the table
		}
	}
	return c
}
