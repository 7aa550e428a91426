package config

import (
	"fmt"
	"strings"
	"time"
)

// Config is the whole configuration. The table in settings.go has each field's key, environment variable, default and bounds.
type Config struct {
	Telegram TelegramConfig
	HTTP     HTTPConfig
	Ingest   IngestConfig
	OpenAI   OpenAIConfig
	Speech   SpeechConfig
	Places   PlacesConfig
	Store    StoreConfig
	Cache    CacheConfig
	Live     LiveConfig
	Pictures bool
	Monitor  MonitorConfig
	Shutdown ShutdownConfig
	Backup   BackupConfig
	Log      LogConfig
	Limits   LimitsConfig

	origins map[string]string // where a key's value came from; a missing key has its default
	removed []string          // keys that were set and have no effect any more, each with its origin
}

// TelegramConfig is the bot's identity and how it receives updates.
type TelegramConfig struct {
	Token         string
	APIURL        string
	Test          bool   // the token is of Telegram's test environment
	WebhookURL    string // "" = long polling
	WebhookSecret string // "" only while there is no token
	Admins        []int64
	Support       string
}

// HTTPConfig is the address of the bot's own pages.
type HTTPConfig struct{ Addr string }

// IngestConfig bounds the accepted updates that are not answered yet, and the time without contact to Telegram.
type IngestConfig struct {
	MaxInflight int
	MaxBytes    Bytes
	Silence     time.Duration // 0 = no bound
}

// OpenAIConfig is the language model. Without a key people get extracts of the source.
type OpenAIConfig struct {
	APIKey               string
	BaseURL              string
	Model                string
	Reasoning            string // "auto", "off" or an effort
	Check                bool   // whether new stories are judged
	CheckModel           string // "" = Model
	Vision               bool   // whether the model looks at people's photos
	MaxConcurrent        int
	Passage              int // characters of an article for the model
	RequestsPerMinute    float64
	Timeout              time.Duration
	DailyTokens          int64 // 0 = no limit
	DailyTokensPerPerson int64 // 0 = no limit
	// Dollars for a million tokens; 0 = unknown. Price is the older key, for both.
	PriceIn, PriceOut, Price float64
}

// SpeechConfig is the server that speaks stories. Without a URL there are no voices.
type SpeechConfig struct {
	URL, Key, Model string
	Voices          string // "ru:anna,en:ann"
	Format          string // "opus" or "mp3"
	Speed           float64
	DailyCharacters int64 // 0 = no limit
	MaxConcurrent   int
}

// VoicesByLanguage returns the names of the voices by the codes of languages. The error names the part that is not code:voice.
func (s SpeechConfig) VoicesByLanguage() (map[string]string, error) {
	voices := map[string]string{}
	for part := range strings.SplitSeq(s.Voices, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		language, voice, _ := strings.Cut(part, ":")
		if language, voice = strings.TrimSpace(language), strings.TrimSpace(voice); voice == "" || checkEditions([]string{language}) != nil {
			return nil, fmt.Errorf("%q is not a language and its voice, such as ru:anna", part)
		}
		if voices[language] != "" {
			return nil, fmt.Errorf("%s is there twice", language)
		}
		voices[language] = voice
	}
	return voices, nil
}

// PlacesConfig is the source of places.
type PlacesConfig struct {
	WikipediaURL, WikidataURL, CommonsURL string
	Editions                              string // "auto", or codes separated by commas
	Contact                               string
}

// MoreEditions returns the Wikipedias that are asked everywhere.
func (p PlacesConfig) MoreEditions() []string {
	if p.Editions == "auto" {
		return nil
	}
	return strings.FieldsFunc(p.Editions, func(r rune) bool { return r == ',' || r == ' ' })
}

// StoreConfig is where the bot keeps its data.
type StoreConfig struct {
	Dir           string
	Postgres      string // "" = the file in Dir
	PostgresConns int
	Articles      Bytes         // of all whole articles
	Lease         time.Duration // after it the others take over a dead replica's work
}

// CacheConfig bounds the cache of stories in memory.
type CacheConfig struct{ MaxBytes Bytes }

// Every is how often the stories of a walk come: an interval, or Pass.
type Every time.Duration

// Pass means that stories come when the walker passes a place.
const Pass Every = -1

// LiveConfig is the schedule and the bounds of walks.
type LiveConfig struct {
	Intervals    []time.Duration
	Default      Every         // one of Intervals, or Pass
	PassGap      time.Duration // between two stories of walks that tell what they pass
	MaxSessions  int
	MaxUpdates   int
	BatchSize    int
	BatchTimeout time.Duration
}

// MonitorConfig is the address and the token of the dashboard and the metrics.
type MonitorConfig struct {
	Token string // "" = only this machine can open them
	Addr  string // "" = they are at http.addr, which is never so without a token
}

// ShutdownConfig bounds the work after a stop signal.
type ShutdownConfig struct{ Drain time.Duration }

// BackupConfig is how often the store is copied and how many copies are kept.
type BackupConfig struct {
	Every time.Duration // 0 = off
	Keep  int
}

// LogConfig is the level and the format of the log.
type LogConfig struct{ Level, Format string }

// LimitsConfig bounds what one person and all people may ask for, and the requests to Telegram and Wikipedia. Rates are per second unless
// the name has another unit.
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
