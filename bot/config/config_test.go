package config

import (
	"bytes"
	"flag"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write config.example.yaml")

const testToken = "123456:test-token-of-nobody"

// load reads a configuration from a file's text and environment entries.
func load(t *testing.T, file string, env ...string) (Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if file != "" {
		if err := os.WriteFile(DefaultFile, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return Load("", NewEnvironment(env))
}

func TestExampleIsTheDefaults(t *testing.T) {
	path, err := filepath.Abs(filepath.Join("..", "..", "config.example.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var want bytes.Buffer
	if err := writeExample(&want); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(path, want.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want.Bytes()) {
		t.Error("config.example.yaml differs from the table of settings; run: go test ./bot/config -run Example -update")
	}
	t.Chdir(t.TempDir())
	loaded, err := Load(path, Environment{})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := Load("", Environment{})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range loaded.settings() {
		if d := plain.settings()[i]; format(s.value) != format(d.value) {
			t.Errorf("%s: the example says %s, the default is %s", s.key, format(s.value), format(d.value))
		}
		if !strings.Contains(string(got), "("+s.env) {
			t.Errorf("%s: the example does not name %s", s.key, s.env)
		}
	}
}

func TestTableOfSettings(t *testing.T) {
	c := Defaults()
	keys, envs, fields := map[string]bool{}, map[string]bool{}, map[any]bool{}
	for _, s := range c.settings() {
		if keys[s.key] || envs[s.env] || fields[s.value] {
			t.Errorf("%s: key, variable or field is there twice", s.key)
		}
		keys[s.key], envs[s.env], fields[s.value] = true, true, true
		if s.help == "" || strings.HasSuffix(s.help, ".") {
			t.Errorf("%s: help %q", s.key, s.help)
		}
		if err := s.within(); s.def != "" && err != nil {
			t.Errorf("%s: its default %s is out of its own bounds: %v", s.key, s.def, err)
		}
	}
	if got, want := len(fields), countFields(reflect.TypeFor[Config]()); got != want {
		t.Errorf("the table has %d settings, the struct %d fields", got, want)
	}
}

// countFields counts the exported fields that are not structs.
func countFields(typ reflect.Type) (n int) {
	for _, f := range reflect.VisibleFields(typ) {
		switch {
		case !f.IsExported():
		case f.Type.Kind() == reflect.Struct:
			n += countFields(f.Type)
		default:
			n++
		}
	}
	return n
}

// The defaults, key by key.
func TestDefaults(t *testing.T) {
	c, err := load(t, "")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"telegram.api_url": "https://api.telegram.org", "telegram.webhook_url": "", "telegram.webhook_secret": "", "http.addr": ":8080",
		"ingest.max_inflight": "2000", "ingest.max_bytes": "8MiB", "openai.api_key": "", "openai.model": "gpt-6-luna", "openai.reasoning": "auto", "openai.max_concurrent": "3",
		"openai.requests_per_minute": "60", "openai.timeout": "25s", "openai.daily_tokens": "0",
		"places.wikipedia_url": "https://{lang}.wikipedia.org/w/api.php", "store.dir": "./data", "store.postgres": "",
		"places.wikidata_url": "https://www.wikidata.org/w/api.php", "places.commons_url": "https://commons.wikimedia.org/w/api.php",
		"places.editions": "auto", "store.articles": "256MiB", "openai.passage": "6000", "openai.check": "on", "openai.check_model": "",
		"cache.max_bytes": "16MiB", "live.intervals": "5m,10m,30m,1h", "live.default": "10m", "live.max_sessions": "50",
		"live.max_updates": "10", "live.batch_size": "5", "live.batch_timeout": "1s", "pictures": "on",
		"monitor.token": "", "monitor.addr": "127.0.0.1:9090", "shutdown.drain": "20s", "backup.every": "off", "backup.keep": "7", "log.level": "info", "log.format": "auto",
		"limits.person_story_every": "5s", "limits.person_story_burst": "3", "limits.person_updates": "2", "limits.person_updates_burst": "20",
		"limits.stories": "40", "limits.stories_burst": "80", "limits.chat_messages": "1", "limits.chat_messages_burst": "3",
		"limits.messages": "25", "limits.wikipedia_at_once": "3", "limits.wikipedia": "15", "limits.wikipedia_per_minute": "150",
		"limits.connections": "512", "limits.unauthorized": "1",
	}
	got := map[string]string{}
	for _, s := range c.settings() {
		got[s.key] = format(s.value)
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s = %q, want %q", key, got[key], value)
		}
	}
}

func TestSoftMemoryFollowsWhatTheBotMayHold(t *testing.T) {
	for name, tt := range map[string]struct {
		env         string
		least, most int64 // MiB
	}{
		"defaults":            {"", 48, 48},
		"a large cache":       {"CACHE_MAX_BYTES=84MiB", 48 + 68, 48 + 2*68},
		"a small cache":       {"CACHE_MAX_BYTES=1MiB", 24, 34},
		"more bytes of input": {"INGEST_MAX_BYTES=64MiB", 48 + 56, 48 + 2*56},
		"more updates":        {"INGEST_MAX_INFLIGHT=100000", 48 + 95, 48 + 800},
		"fewer updates":       {"INGEST_MAX_INFLIGHT=1", 48, 48},
		"more walks":          {"LIVE_MAX_SESSIONS=1050", 48 + 10, 48 + 100},
		"fewer walks":         {"LIVE_MAX_SESSIONS=1", 48, 48},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, "", tt.env)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.SoftMemory(); got < tt.least<<20 || got > tt.most<<20 {
				t.Errorf("soft limit of %d bytes, want %d to %d MiB", got, tt.least, tt.most)
			}
		})
	}
}

func TestPricesFollowTheKeysThatAreSet(t *testing.T) {
	for name, tt := range map[string]struct {
		env     []string
		in, out float64
	}{
		"the default model at OpenAI":    {nil, 0.1, 0.5},
		"zero is a price":                {[]string{"OPENAI_PRICE_IN=0", "OPENAI_PRICE_OUT=0"}, 0, 0},
		"another model":                  {[]string{"OPENAI_MODEL=llama3"}, 0, 0},
		"another server":                 {[]string{"OPENAI_BASE_URL=http://localhost:11434/v1"}, 0, 0},
		"the older key is read for both": {[]string{"OPENAI_PRICE=2"}, 2, 2},
		"one of the two beats it":        {[]string{"OPENAI_PRICE=2", "OPENAI_PRICE_OUT=3"}, 2, 3},
		"both":                           {[]string{"OPENAI_PRICE_IN=1", "OPENAI_PRICE_OUT=4"}, 1, 4},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := load(t, "", tt.env...)
			if err != nil || c.OpenAI.PriceIn != tt.in || c.OpenAI.PriceOut != tt.out {
				t.Errorf("prices %v and %v, error %v; want %v and %v", c.OpenAI.PriceIn, c.OpenAI.PriceOut, err, tt.in, tt.out)
			}
		})
	}
}

func TestEnvironmentBeatsFileBeatsDefault(t *testing.T) {
	c, err := load(t, "backup:\n  keep: 7\nlive:\n  intervals: [1m, 2m]\npictures: off\n", "BACKUP_KEEP=9", "LIVE_MAX_SESSIONS=3", "OPENAI_TIMEOUT=")
	if err != nil {
		t.Fatal(err)
	}
	if c.Backup.Keep != 9 || c.Live.MaxSessions != 3 || c.Pictures || c.OpenAI.Timeout != 25*time.Second {
		t.Errorf("keep %d, sessions %d, pictures %v, timeout %v", c.Backup.Keep, c.Live.MaxSessions, c.Pictures, c.OpenAI.Timeout)
	}
	if want := []time.Duration{time.Minute, 2 * time.Minute}; !slices.Equal(c.Live.Intervals, want) || c.Live.Default != Every(2*time.Minute) {
		t.Errorf("intervals %v, default %v", c.Live.Intervals, c.Live.Default)
	}
	for key, want := range map[string]string{
		"backup.keep": "environment variable BACKUP_KEEP", "pictures": "config.yaml line 5", "openai.timeout": byDefault,
	} {
		if got := c.Origin(key); got != want {
			t.Errorf("origin of %s = %q, want %q", key, got, want)
		}
	}
}

func TestDerived(t *testing.T) {
	tests := []struct {
		name, file string
		env        []string
		key, want  string
	}{
		{"railway's domain", "", []string{"RAILWAY_PUBLIC_DOMAIN=bot.up.railway.app"}, "telegram.webhook_url", "https://bot.up.railway.app/webhook"},
		{"own address beats it", "", []string{"RAILWAY_PUBLIC_DOMAIN=bot.up.railway.app", "WEBHOOK_URL=https://a.example/tg"}, "telegram.webhook_url", "https://a.example/tg"},
		{"path added to a slash", "", []string{"WEBHOOK_URL=https://a.example/"}, "telegram.webhook_url", "https://a.example/webhook"},
		{"railway's volume", "", []string{"RAILWAY_VOLUME_MOUNT_PATH=/mnt"}, "store.dir", "/mnt"},
		{"own directory beats it", "store: {dir: /here}", []string{"RAILWAY_VOLUME_MOUNT_PATH=/mnt"}, "store.dir", "/here"},
		{"port", "", []string{"PORT=9000"}, "http.addr", ":9000"},
		{"port beats the file", "http: {addr: ':1'}", []string{"PORT=9000"}, "http.addr", ":9000"},
		{"address beats port", "", []string{"PORT=9000", "HTTP_ADDR=127.0.0.1:1"}, "http.addr", "127.0.0.1:1"},
		{"nearest interval", "", []string{"LIVE_INTERVALS=1m,8m,13m"}, "live.default", "8m"},
		{"first of two as near", "", []string{"LIVE_INTERVALS=12m,8m"}, "live.default", "12m"},
		{"chosen interval", "", []string{"LIVE_INTERVALS=1m,8m", "LIVE_DEFAULT=1m"}, "live.default", "1m"},
		{"bytes with a space", "cache: {max_bytes: 3 MiB}", nil, "cache.max_bytes", "3MiB"},
		{"admins", "telegram: {admins: [5, 6]}", nil, "telegram.admins", "5,6"},
		{"a webhook without TLS for another server", "", []string{"TELEGRAM_API_URL=http://localhost:8081", "WEBHOOK_URL=http://localhost:8080/x"}, "telegram.webhook_url", "http://localhost:8080/x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := load(t, tt.file, tt.env...)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.settings() {
				if s.key == tt.key && format(s.value) != tt.want {
					t.Errorf("%s = %q, want %q", tt.key, format(s.value), tt.want)
				}
			}
		})
	}
}

func TestWebhookSecretIsStableAndSaysNothing(t *testing.T) {
	a, b := webhookSecret(testToken), webhookSecret(testToken)
	if a != b || !secretShape.MatchString(a) || strings.Contains(a, testToken) || a == webhookSecret(testToken+"x") {
		t.Errorf("secret %q, then %q", a, b)
	}
	c, err := load(t, "", "TELEGRAM_BOT_TOKEN="+testToken)
	if err != nil || c.Telegram.WebhookSecret != a {
		t.Errorf("derived %q, %v; want %q", c.Telegram.WebhookSecret, err, a)
	}
}

func TestProblems(t *testing.T) {
	tests := []struct {
		name, file string
		env        []string
		want       []string // one per line, each contained
	}{
		{"unknown key", "telegram:\n  tokn: x\n", nil, []string{"config.yaml line 2: unknown key telegram.tokn; did you mean telegram.token?"}},
		{"unknown section", "telegrams:\n  token: x\n", nil, []string{"config.yaml line 1: unknown key telegrams; did you mean telegram?"}},
		{"key at the top", "token: x\n", nil, []string{"unknown key token"}},
		{"not YAML", "a: [\n", nil, []string{"config.yaml: not YAML: line 2: "}},
		{"a list", "- a\n", nil, []string{"configuration: want keys with values"}},
		{"text for a section", "telegram: x\n", nil, []string{"configuration.telegram: want keys with values"}},
		{"keys for a value", "backup:\n  keep:\n    a: 1\n", nil, []string{"backup.keep: want a value"}},
		{"twice", "backup:\n  keep: 1\n  keep: 2\n", nil, []string{"backup.keep"}},
		{"not a number", "", []string{"BACKUP_KEEP=many"}, []string{`backup.keep (environment variable BACKUP_KEEP): "many": want a whole number`}},
		{"number of the file", "backup:\n  keep: 0\n", nil, []string{`backup.keep (config.yaml line 2): "0": must be at least 1`}},
		{"too many", "", []string{"LIMITS_WIKIPEDIA_AT_ONCE=4"}, []string{"must be at most 3"}},
		{"not a duration", "", []string{"OPENAI_TIMEOUT=25"}, []string{`openai.timeout (environment variable OPENAI_TIMEOUT): "25": want a duration`}},
		{"negative", "", []string{"SHUTDOWN_DRAIN=-1s"}, []string{"shutdown.drain", "must be at least 0s"}[:1]},
		{"no number", "", []string{"LIMITS_STORIES=NaN"}, []string{"limits.stories (environment variable LIMITS_STORIES): \"NaN\": want a number"}},
		{"bytes", "", []string{"CACHE_MAX_BYTES=16MB"}, []string{"cache.max_bytes"}},
		{"bytes that overflow", "", []string{"CACHE_MAX_BYTES=99999999999GiB"}, []string{"cache.max_bytes"}},
		{"neither on nor off", "", []string{"PICTURES=maybe"}, []string{"pictures (environment variable PICTURES): \"maybe\": want on or off"}},
		{"level", "", []string{"LOG_LEVEL=loud"}, []string{"want one of debug, info, warn, error"}},
		{"short interval", "", []string{"LIVE_INTERVALS=5m,500ms"}, []string{"live.intervals (environment variable LIVE_INTERVALS)"}},
		{"same interval twice", "", []string{"LIVE_INTERVALS=60m,1h"}, []string{"1h is there twice"}},
		{"no interval", "", []string{"LIVE_INTERVALS=,"}, []string{"want 1 to 8 intervals"}},
		{"default that is no choice", "", []string{"LIVE_DEFAULT=7m"}, []string{"7m is not among live.intervals"}},
		{"default of nothing", "", []string{"LIVE_DEFAULT=0s"}, []string{"live.default (environment variable LIVE_DEFAULT)"}},
		{"port", "", []string{"PORT=http"}, []string{"http.addr (environment variable PORT): the port must be a number"}},
		{"address without a port", "", []string{"HTTP_ADDR=localhost"}, []string{"http.addr (environment variable HTTP_ADDR): want host:port"}},
		{"webhook without TLS", "", []string{"WEBHOOK_URL=http://a.example"}, []string{"telegram.webhook_url (environment variable WEBHOOK_URL): must start with https://"}},
		{"webhook at a port Telegram refuses", "", []string{"WEBHOOK_URL=https://a.example:8080/x"}, []string{"443, 80, 88 or 8443"}},
		{"webhook at the bot's own page", "", []string{"WEBHOOK_URL=https://a.example/readyz"}, []string{"used by the bot's own pages"}},
		{"webhook with a query", "", []string{"WEBHOOK_URL=https://a.example/x?y=1"}, []string{"neither a query nor a fragment"}},
		{"webhook that is no address", "", []string{"WEBHOOK_URL=a.example"}, []string{"telegram.webhook_url"}},
		{"secret's characters", "", []string{"WEBHOOK_SECRET=ключ"}, []string{"telegram.webhook_secret"}},
		{"token", "", []string{"TELEGRAM_BOT_TOKEN=secret-in-the-wrong-shape"}, []string{"telegram.token (environment variable TELEGRAM_BOT_TOKEN): is not a bot token"}},
		{"admins", "", []string{"ADMIN_IDS=5,me"}, []string{"telegram.admins (environment variable ADMIN_IDS)"}},
		{"a group as admin", "", []string{"ADMIN_IDS=-100"}, []string{"-100 is not a valid user id"}},
		{"dashboard token", "", []string{"DASHBOARD_TOKEN=short"}, []string{"monitor.token (environment variable DASHBOARD_TOKEN): must have at least 8"}},
		{"an edition that is no code", "", []string{"PLACES_EDITIONS=de,Deutsch"}, []string{"places.editions"}},
		{"line break in a header", "", []string{"WIKIPEDIA_CONTACT=me\r\nX: y"}, []string{"places.contact"}},
		{"password in an address", "", []string{"OPENAI_BASE_URL=https://a:b@c"}, []string{"openai.base_url"}},
		{"backups every second", "", []string{"BACKUP_EVERY=1s"}, []string{"off or at least 1m"}},
		{"file of a secret missing", "", []string{"OPENAI_API_KEY_FILE=/nowhere/key"}, []string{"openai.api_key (environment variable OPENAI_API_KEY_FILE)"}},
		{"secret and file of it", "", []string{"OPENAI_API_KEY=a", "OPENAI_API_KEY_FILE=b"}, []string{"both OPENAI_API_KEY and OPENAI_API_KEY_FILE are set"}},
		{"two problems", "backup:\n  keep: x\n", []string{"PICTURES=maybe"}, []string{"backup.keep", "pictures"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(t, tt.file, tt.env...)
			if err == nil {
				t.Fatalf("no error, want %q", tt.want)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(tt.want) {
				t.Fatalf("got %q, want %d lines", lines, len(tt.want))
			}
			for i, want := range tt.want {
				if !strings.Contains(lines[i], want) {
					t.Errorf("line %d is %q, want %q in it", i, lines[i], want)
				}
			}
			if strings.Contains(err.Error(), "secret-in-the-wrong-shape") || strings.Contains(err.Error(), `"short"`) {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

// A removed key changes nothing and is named, wherever it is set and whatever its value is.
func TestRemovedKeysAreAccepted(t *testing.T) {
	c, err := load(t, "queue:\n  size: 7\ncache:\n  ttl: [2h]\n  max_bytes: 1MiB\nopenai:\n  places_per_call:\n", "DATABASE_TIMEOUT=soon", "CACHE_TTL=")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"queue.size (config.yaml line 2) has no effect any more: it is always 100; remove it",
		"cache.ttl (config.yaml line 4) has no effect any more: it is always 1h; remove it",
		"store.postgres_timeout (environment variable DATABASE_TIMEOUT) has no effect any more: it is always 5s; remove it",
	}
	if got := c.Removed(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if c.Cache.MaxBytes != 1<<20 {
		t.Errorf("the key beside a removed one is %v", c.Cache.MaxBytes)
	}
	var out bytes.Buffer
	c.Warn(slog.New(slog.NewTextHandler(&out, nil)), Environment{})
	if n := strings.Count(out.String(), "setting_ignored"); n != len(want) {
		t.Errorf("%d warnings, want %d:\n%s", n, len(want), &out)
	}
	known := map[string]bool{}
	for _, s := range c.settings() {
		known[s.key], known[s.env] = true, true
	}
	for _, r := range removedKeys {
		if known[r.key] || known[r.env] {
			t.Errorf("%s is not removed", r.key)
		}
	}
}

func TestSecretFromFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(testToken+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := load(t, "", "TELEGRAM_BOT_TOKEN_FILE="+path)
	if err != nil || c.Telegram.Token != testToken {
		t.Fatalf("token %q, %v", c.Telegram.Token, err)
	}
	if got := c.Origin("telegram.token"); got != "file named by TELEGRAM_BOT_TOKEN_FILE" {
		t.Errorf("origin %q", got)
	}
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, "", "TELEGRAM_BOT_TOKEN_FILE="+path); err == nil {
		t.Error("an empty file was taken")
	}
}

func TestNamedFileMustExist(t *testing.T) {
	if _, err := Load(filepath.Join(t.TempDir(), "absent.yaml"), Environment{}); err == nil {
		t.Error("no error")
	}
}

// The output of check can be read again, and holds no secret.
func TestPrintedConfiguration(t *testing.T) {
	c, err := load(t, "", "TELEGRAM_BOT_TOKEN="+testToken, "OPENAI_API_KEY=sk-very-secret", "WIKIPEDIA_CONTACT=me: # 1@example.org", "LIVE_INTERVALS=90s,2h30m", "CACHE_MAX_BYTES=1500000")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := c.WriteYAML(&out); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	for _, secret := range []string{testToken, "sk-very-secret", c.Telegram.WebhookSecret} {
		if strings.Contains(text, secret) {
			t.Errorf("it holds the secret %s", secret)
		}
	}
	for _, want := range []string{"token: '***' # environment variable TELEGRAM_BOT_TOKEN", "intervals: 90s"} {
		want = strings.ReplaceAll(want, "90s", "1m30s,2h30m")
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
	back := Defaults()
	if problems := back.fromFile("printed", out.Bytes()); len(problems) > 0 {
		t.Fatalf("it does not read back: %v", problems)
	}
	for i, s := range c.settings() {
		if b := back.settings()[i]; !s.secret && format(s.value) != format(b.value) {
			t.Errorf("%s: printed %q, read back %q", s.key, format(s.value), format(b.value))
		}
	}
}

func FuzzConfigurationFile(f *testing.F) {
	var example bytes.Buffer
	if err := writeExample(&example); err != nil {
		f.Fatal(err)
	}
	f.Add(example.Bytes())
	f.Add([]byte("live: {intervals: [1m, *a]}\n"))
	f.Add([]byte("? [a]\n: b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c := Defaults()
		c.fromFile("fuzz", data) // any bytes: problems, never a panic
		var out bytes.Buffer
		if err := c.WriteYAML(&out); err != nil {
			t.Fatal(err)
		}
	})
}

func TestValuesAsPeopleWriteThem(t *testing.T) {
	t.Setenv("HOME", "/home/bot")
	tests := []struct {
		name string
		env  []string
		key  string
		want string
	}{
		{"quotes around a secret", []string{`OPENAI_API_KEY="sk-x"`}, "openai.api_key", "sk-x"},
		{"single quotes", []string{`OPENAI_MODEL='m'`}, "openai.model", "m"},
		{"nothing in quotes", []string{`OPENAI_API_KEY=""`}, "openai.api_key", ""},
		{"the call in the address", []string{"OPENAI_BASE_URL=https://a.example/v1/chat/completions/"}, "openai.base_url", "https://a.example/v1"},
		{"a slash at the end", []string{"OPENAI_BASE_URL=https://a.example/v1/"}, "openai.base_url", "https://a.example/v1"},
		{"the home directory", []string{"DATA_DIR=~/bot"}, "store.dir", "/home/bot/bot"},
		{"a dashboard with a token stays where it was", []string{"DASHBOARD_TOKEN=0123456789abcdef"}, "monitor.addr", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			c, err := Load("", NewEnvironment(tt.env))
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range c.settings() {
				if got := format(s.value); s.key == tt.key && got != tt.want {
					t.Errorf("%s is %q, want %q", s.key, got, tt.want)
				}
			}
		})
	}
	for env, want := range map[string]string{
		"OPENAI_BASE_URL=https://a.example/v1?api-version=1": "openai.base_url (environment variable OPENAI_BASE_URL): must have neither a query",
		"DATA_DIR=~other/bot":                                "store.dir (environment variable DATA_DIR): ~other/bot: write the directory in full",
	} {
		if _, err := Load("", NewEnvironment([]string{env})); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got error %v, want one with %q", env, err, want)
		}
	}
}

func TestPrintedWebhookHidesATokenInItsPath(t *testing.T) {
	for address, want := range map[string]string{
		"https://a.example/webhook":                           "https://a.example/webhook",
		"https://a.example/bot/123456789:AAEabc":              "https://a.example/bot/***",
		"https://a.example:8443/AAEabcdefghijklmnopqrst/tg":   "https://a.example:8443/***/tg",
		"https://a.example/123456789%3AAAEabcdefghijklmnopqr": "https://a.example/***",
	} {
		if got := maskPath(address); got != want {
			t.Errorf("%s is printed as %s, want %s", address, got, want)
		}
	}
}

func TestWalksMayTellWhatTheWalkerPasses(t *testing.T) {
	c, err := load(t, "", "LIVE_DEFAULT=pass", "LIVE_PASS_GAP=90s")
	if err != nil {
		t.Fatal(err)
	}
	if c.Live.Default != Pass || c.Live.PassGap != 90*time.Second {
		t.Errorf("default %v, gap %v", c.Live.Default, c.Live.PassGap)
	}
	if got := format(&c.Live.Default); got != "pass" {
		t.Errorf("printed as %q", got)
	}
	for _, bad := range []string{"passing", "-1ns", "7m"} {
		if _, err := load(t, "", "LIVE_DEFAULT="+bad); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}
