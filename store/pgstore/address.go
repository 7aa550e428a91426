package pgstore

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// connectTimeout is for one connection, unless the URL says connect_timeout.
const connectTimeout = 5 * time.Second

// errAddress does not quote the URL: in a URL that cannot be parsed, it is unknown which part is the password.
var errAddress = errors.New("this is not the address of a Postgres database (postgres://user:password@host:port/database); " +
	"in a password, characters such as @ / : % are written as %40 %2F %3A %25")

// address is where the database is, and how it is reached.
type address struct {
	pool   *pgxpool.Config
	schema string // where the tables are
	pooled bool   // the URL names a pooler
}

// CheckURL returns what Open would say of the address without a connection.
func CheckURL(url string) error {
	_, err := parseAddress(Config{URL: url})
	return err
}

// parseAddress reads the URL. The settings of a session are not sent when a connection starts, because poolers refuse or ignore them: session makes them.
func parseAddress(cfg Config) (address, error) {
	conf, err := pgxpool.ParseConfig(cfg.URL)
	if cfg.URL == "" {
		return address{}, errAddress
	}
	if err != nil {
		return address{}, whyUnreadable(cfg.URL, err)
	}
	conn := conf.ConnConfig
	// In a password with an unescaped @, the part after it is parsed as the host or the database, which errors name.
	if strings.Contains(conn.Host+conn.Database, "@") {
		return address{}, errAddress
	}
	conf.MaxConns = cmp.Or(max(cfg.MaxConns, 0), 8)
	conn.ConnectTimeout = cmp.Or(conn.ConnectTimeout, connectTimeout)
	a := address{pool: conf}
	params := conn.RuntimeParams
	a.schema = cmp.Or(cfg.Schema, params["search_path"], schemaIn(params["options"]), "public")
	if strings.ContainsAny(a.schema, `,"$' `) {
		return address{}, errors.New("search_path in the address must be the name of one schema")
	}
	params["options"] = withoutSchema(params["options"])
	params["application_name"] = cmp.Or(params["application_name"], "excursobot")
	_, a.pooled = params["pgbouncer"]
	for name, value := range params {
		if value == "" || slices.Contains(notSent, name) {
			delete(params, name)
		}
	}
	return a, nil
}

// notSent are options of an address that no connection is started with: session sets the first five, the others are for another library's pool.
var notSent = []string{
	"search_path", "statement_timeout", "idle_in_transaction_session_timeout", "default_transaction_isolation", "timezone",
	"pgbouncer", "connection_limit", "pool_timeout",
}

// choices are the values of options that have to be one of a few.
var choices = map[string][]string{
	"sslmode":                 {"disable", "allow", "prefer", "require", "verify-ca", "verify-full"},
	"default_query_exec_mode": {"cache_statement", "cache_describe", "describe_exec", "exec", "simple_protocol"},
}

// whyUnreadable returns what is wrong with an address that pgx refused, as far as that is certain. It repeats no part of the address but a file's name.
func whyUnreadable(text string, err error) error {
	u, failed := url.Parse(text)
	if failed != nil || !strings.HasPrefix(u.Scheme, "postgres") {
		return errAddress
	}
	for option, list := range choices {
		if slices.ContainsFunc(u.Query()[option], func(value string) bool { return !slices.Contains(list, value) }) {
			return fmt.Errorf("%s in the address must be one of %s", option, strings.Join(list, ", "))
		}
	}
	if file, ok := errors.AsType[*fs.PathError](err); ok {
		return fmt.Errorf("the address names a file that cannot be read: %w", file)
	}
	return errAddress
}

const schemaOption = "search_path="

// schemaIn returns the schema in what libpq knows as options=-c search_path=....
func schemaIn(options string) string {
	_, after, _ := strings.Cut(options, schemaOption)
	schema, _, _ := strings.Cut(after, " ")
	return schema
}

// withoutSchema returns the options without the one that schemaIn reads.
func withoutSchema(options string) string {
	words := strings.Fields(options)
	i := slices.IndexFunc(words, func(w string) bool { return strings.Contains(w, schemaOption) })
	if i < 0 {
		return options
	}
	from := i
	if from > 0 && words[from-1] == "-c" {
		from--
	}
	return strings.Join(slices.Delete(words, from, i+1), " ")
}
