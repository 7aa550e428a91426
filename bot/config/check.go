package config

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"excursobot/store/pgstore"
)

var (
	tokenShape  = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
	secretShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// check applies the rules that are more than a range, each under the key that it is about.
func (c *Config) check() (problems []error) {
	rules := []struct {
		key  string
		rule func() error
	}{
		{"telegram.token", c.checkToken},
		{"telegram.api_url", func() error { return checkURL(c.Telegram.APIURL) }},
		{"telegram.webhook_url", c.checkWebhookURL},
		{"telegram.webhook_secret", c.checkWebhookSecret},
		{"telegram.admins", c.checkAdmins},
		{"http.addr", func() error { return checkAddr(c.HTTP.Addr) }},
		{"openai.base_url", func() error { return checkBaseURL(c.OpenAI.BaseURL) }},
		{"openai.model", func() error { return checkPresent(c.OpenAI.Model) }},
		{"openai.api_key", func() error { return checkHeader(c.OpenAI.APIKey) }},
		{"speech.url", c.checkSpeechURL},
		{"speech.key", func() error { return checkHeader(c.Speech.Key) }},
		{"speech.voices", c.checkVoices},
		{"places.wikipedia_url", func() error { return checkURL(strings.ReplaceAll(c.Places.WikipediaURL, "{lang}", "en")) }},
		{"places.wikidata_url", func() error { return checkURL(c.Places.WikidataURL) }},
		{"places.commons_url", func() error { return checkURL(c.Places.CommonsURL) }},
		{"places.editions", func() error { return checkEditions(c.Places.MoreEditions()) }},
		{"places.contact", func() error { return checkHeader(c.Places.Contact) }},
		{"store.postgres", c.checkPostgres},
		{"live.intervals", c.checkIntervals},
		{"live.default", c.checkLiveDefault},
		{"monitor.token", c.checkMonitorToken},
		{"monitor.addr", c.checkMonitorAddr},
		{"backup.every", c.checkBackup},
	}
	for _, r := range rules {
		if err := r.rule(); err != nil {
			problems = append(problems, fmt.Errorf("%s (%s): %w", r.key, c.Origin(r.key), err))
		}
	}
	return problems
}

func (c *Config) checkToken() error {
	if t := c.Telegram.Token; t != "" && !tokenShape.MatchString(t) {
		return errors.New("is not a bot token from @BotFather (123456789:AAE and more letters)")
	}
	return nil
}

func (c *Config) checkWebhookURL() error {
	if c.Telegram.WebhookURL == "" {
		return nil
	}
	if err := checkURL(c.Telegram.WebhookURL); err != nil {
		return err
	}
	u, err := url.Parse(c.Telegram.WebhookURL)
	if err != nil {
		return err
	}
	telegram := sameHost(c.Telegram.APIURL, TelegramAPI)
	switch {
	case u.Scheme == "http" && telegram:
		return errors.New("must start with https://: Telegram posts to no other address")
	case telegram && !slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port()):
		return errors.New("the port must be 443, 80, 88 or 8443: Telegram posts to no other")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("must have neither a query nor a fragment")
	case ownPath(u.Path):
		return fmt.Errorf("the path %s is used by the bot's own pages", u.Path)
	}
	return nil
}

// ownPath reports whether the path is, or can become, one of the bot's own pages. All pages of the monitor are below these.
func ownPath(path string) bool {
	return slices.Contains([]string{"/healthz", "/readyz", "/metrics", "/dashboard"}, path) ||
		strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/dashboard/") || strings.HasPrefix(path, "/debug/")
}

func (c *Config) checkWebhookSecret() error {
	if s := c.Telegram.WebhookSecret; s != "" && !secretShape.MatchString(s) {
		return errors.New("must be 1-256 of the characters A-Z a-z 0-9 _ -")
	}
	return nil
}

func (c *Config) checkAdmins() error {
	for _, id := range c.Telegram.Admins {
		if id <= 0 {
			return fmt.Errorf("%d is not a valid user id", id)
		}
	}
	return nil
}

func (c *Config) checkIntervals() error {
	const most = 8 // as many buttons fit under one question
	list := c.Live.Intervals
	if len(list) == 0 || len(list) > most {
		return fmt.Errorf("want 1 to %d intervals", most)
	}
	seen := map[time.Duration]bool{}
	for _, d := range list {
		if seen[d] {
			return fmt.Errorf("%s is there twice", formatDuration(d))
		}
		seen[d] = true
	}
	return nil
}

func (c *Config) checkLiveDefault() error {
	if d := c.Live.Default; d != Pass && len(c.Live.Intervals) > 0 && !slices.Contains(c.Live.Intervals, time.Duration(d)) {
		return fmt.Errorf("%s is not among live.intervals (%s)", format(&d), format(&c.Live.Intervals))
	}
	return nil
}

func (c *Config) checkMonitorToken() error {
	const least = 8
	if t := c.Monitor.Token; t != "" && len(t) < least {
		return fmt.Errorf("must have at least %d characters", least)
	}
	return checkHeader(c.Monitor.Token)
}

func (c *Config) checkMonitorAddr() error {
	if c.Monitor.Addr == "" {
		return nil
	}
	return checkAddr(c.Monitor.Addr)
}

func (c *Config) checkBackup() error {
	if d := c.Backup.Every; d != 0 && d < time.Minute {
		return errors.New("must be off or at least 1m")
	}
	return nil
}

func (c *Config) checkPostgres() error {
	if c.Store.Postgres == "" {
		return nil
	}
	return pgstore.CheckURL(c.Store.Postgres)
}

// checkURL accepts an absolute http or https address.
func checkURL(text string) error {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Hostname() == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("want an address that starts with https:// or http://")
	}
	if u.User != nil {
		return errors.New("must not contain a user name or a password")
	}
	return nil
}

func (c *Config) checkSpeechURL() error {
	if c.Speech.URL == "" {
		return nil
	}
	return checkBaseURL(c.Speech.URL)
}

func (c *Config) checkVoices() error {
	voices, err := c.Speech.VoicesByLanguage()
	if err == nil && c.Speech.URL != "" && len(voices) == 0 {
		return errors.New("must name a voice for each language that speech.url is to speak, such as ru:anna,en:ann")
	}
	return err
}

// checkBaseURL accepts the address to which the client adds the name of a call.
func checkBaseURL(text string) error {
	if u, err := url.Parse(text); err == nil && (u.RawQuery != "" || u.ForceQuery || u.Fragment != "") {
		return errors.New("must have neither a query nor a fragment: calls are made below it, as .../chat/completions")
	}
	return checkURL(text)
}

// withoutCall removes the name of a call from the end of a base address, where people copy it from examples.
func withoutCall(address string) string {
	address = strings.TrimRight(address, "/")
	for _, call := range []string{"/chat/completions", "/completions", "/models", "/responses"} {
		if base, found := strings.CutSuffix(address, call); found {
			return strings.TrimRight(base, "/")
		}
	}
	return address
}

func checkAddr(addr string) error {
	_, port, err := net.SplitHostPort(addr)
	if err != nil {
		return errors.New(`want host:port or :port, such as ":8080"`)
	}
	if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
		return errors.New("the port must be a number from 0 (any free port) to 65535")
	}
	return nil
}

func checkPresent(text string) error {
	if text == "" {
		return errors.New("must not be empty")
	}
	return nil
}

// checkHeader refuses text that is not valid in an HTTP header.
func checkHeader(text string) error {
	const most = 4096
	if len(text) > most {
		return fmt.Errorf("must have at most %d bytes", most)
	}
	if strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return errors.New("must contain only printable characters")
	}
	return nil
}

func sameHost(a, b string) bool {
	ua, errA := url.Parse(a)
	ub, errB := url.Parse(b)
	return errA == nil && errB == nil && strings.EqualFold(ua.Hostname(), ub.Hostname())
}

// withPath adds the default path to an address without one. It leaves an invalid address for checkURL to report.
func withPath(address string) string {
	u, err := url.Parse(address)
	if address == "" || err != nil || u.Path != "" && u.Path != "/" {
		return address
	}
	u.Path = webhookPath
	return u.String()
}

// checkEditions accepts codes of Wikipedias.
func checkEditions(codes []string) error {
	for _, code := range codes {
		if len(code) < 2 || len(code) > 3 || strings.ContainsFunc(code, func(r rune) bool { return r < 'a' || r > 'z' }) {
			return fmt.Errorf("%q is not the code of a Wikipedia, such as de; want auto or codes separated by commas", code)
		}
	}
	return nil
}
