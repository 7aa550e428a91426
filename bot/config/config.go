package config

import "time"

// Config is the whole configuration. Each field's key, environment variable, default and bounds stand in the table of settings.
type Config struct {
	Telegram TelegramConfig
	HTTP     HTTPConfig
	Ingest   IngestConfig
	OpenAI   OpenAIConfig
	Places   PlacesConfig
	Store    StoreConfig
	Cache    CacheConfig
	Live     LiveConfig
	Queue    QueueConfig
	Pictures bool
	Monitor  MonitorConfig
	Shutdown ShutdownConfig
	Backup   BackupConfig
	Log      LogConfig
	Limits   LimitsConfig

	origins map[string]string // where a key's value came from; a missing key has its default
}

// TelegramConfig says which bot this is and how its updates come.
type TelegramConfig struct {
	Token         string
	APIURL        string
	WebhookURL    string // "" = long polling
	WebhookSecret string // "" only while there is no token
	Admins        []int64
	Support       string
}

// HTTPConfig is where the bot's own pages listen.
type HTTPConfig struct{ Addr string }

// IngestConfig bounds the updates that were accepted and are not answered yet, and the patience with a silent Telegram.
type IngestConfig struct {
	MaxInflight int
	Silence     time.Duration // 0 = for ever
}

// OpenAIConfig is the language model. Without a key stories are extracts of the source.
type OpenAIConfig struct {
	APIKey               string
	BaseURL              string
	Model                string
	MaxConcurrent        int
	PlacesPerCall        int
	RequestsPerMinute    float64
	Timeout              time.Duration
	DailyTokens          int64   // 0 = no limit
	DailyTokensPerPerson int64   // 0 = no limit
	Price                float64 // dollars for a million tokens; 0 = unknown
}

// PlacesConfig is the source of places.
type PlacesConfig struct{ WikipediaURL, Contact string }

// StoreConfig is where the bot remembers.
type StoreConfig struct {
	Dir             string
	Postgres        string // "" = the file in Dir
	PostgresConns   int
	PostgresTimeout time.Duration // for one statement
	Lease           time.Duration // after it the work of a dead replica is taken over
}

// CacheConfig bounds the cache of stories in memory.
type CacheConfig struct {
	TTL      time.Duration
	MaxBytes Bytes
}

// LiveConfig is the rhythm and the bounds of live walks.
type LiveConfig struct {
	Intervals    []time.Duration
	Default      time.Duration // one of Intervals
	MaxSessions  int
	MaxUpdates   int
	BatchSize    int
	BatchTimeout time.Duration
}

// QueueConfig bounds those who wait for the model.
type QueueConfig struct{ Size int }

// MonitorConfig says where the dashboard and the metrics are, and guards them.
type MonitorConfig struct {
	Token string // "" = they answer this machine only
	Addr  string // "" = they are at http.addr
}

// ShutdownConfig is how long work in flight may go on after a stop signal.
type ShutdownConfig struct{ Drain time.Duration }

// BackupConfig is how often a copy of the store is made and how many are kept.
type BackupConfig struct {
	Every time.Duration // 0 = off
	Keep  int
}

// LogConfig is how much is logged and in which form.
type LogConfig struct{ Level, Format string }

// LimitsConfig is what people, Telegram and Wikipedia can take. Rates are per second if the name says nothing else.
type LimitsConfig struct {
	PersonStoryEvery   time.Duration
	PersonStoryBurst   int
	PersonUpdates      float64
	PersonUpdatesBurst int
	Stories            float64
	StoriesBurst       int
	ChatMessages       float64
	ChatMessagesBurst  int
	Messages           float64
	WikipediaAtOnce    int
	Wikipedia          float64
	WikipediaPerMinute float64
	Connections        int
	Unauthorized       float64
}
