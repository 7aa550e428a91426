package pgstore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"excursobot/store"
)

// connectTimeout is the time for one connection, unless the URL has connect_timeout.
const connectTimeout = 5 * time.Second

// errAddress does not quote the URL: in a URL that cannot be parsed, it is unknown which part is the password.
var errAddress = errors.New("this is not the address of a Postgres database (postgres://user:password@host:port/database); " +
	"in a password, characters such as @ / : % are written as %40 %2F %3A %25")

// CheckURL returns the error that Open would return for the address, without a connection.
func CheckURL(url string) error {
	_, err := configure(Config{URL: url})
	return err
}

// Open connects to the database and brings its tables up to date, one process at a time. It refuses tables of a newer
// version and of another program. With Config.ReadOnly it changes nothing. No error contains the password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	cfg.StatementTimeout = cmp.Or(max(cfg.StatementTimeout, 0), 5*time.Second)
	conf, err := configure(cfg)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{
		log: cfg.Log, limit: cfg.StatementTimeout, conns: conf.MaxConns,
		articles: cmp.Or(max(cfg.Articles, 0), store.ArticleBudget), space: lockSpace(conf.ConnConfig.RuntimeParams["search_path"]),
	}
	prepare := s.migrate
	if cfg.ReadOnly {
		prepare = s.inspect
	}
	if err := prepare(ctx, conf.ConnConfig); err != nil {
		return nil, explain(err)
	}
	if s.pool, err = pgxpool.NewWithConfig(ctx, conf); err != nil {
		return nil, explain(err)
	}
	return s, nil
}

// configure parses the URL and adds the parameters of every connection.
func configure(cfg Config) (*pgxpool.Config, error) {
	conf, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil || cfg.URL == "" {
		return nil, errAddress
	}
	conn := conf.ConnConfig
	// In a password with an unescaped @, the part after it is parsed as the host or the database, which errors name.
	if strings.Contains(conn.Host+conn.Database, "@") {
		return nil, errAddress
	}
	conf.MaxConns = cmp.Or(max(cfg.MaxConns, 0), 8)
	conn.ConnectTimeout = cmp.Or(conn.ConnectTimeout, connectTimeout)
	params := conn.RuntimeParams
	params["search_path"] = cmp.Or(cfg.Schema, params["search_path"], fromOptions(params["options"]), "public")
	params["application_name"] = cmp.Or(params["application_name"], "excursobot")
	params["statement_timeout"] = milliseconds(cfg.StatementTimeout)
	// A process that dies must not keep its locks.
	params["idle_in_transaction_session_timeout"] = milliseconds(cfg.StatementTimeout)
	params["default_transaction_isolation"] = "read committed" // every statement sees what was committed before it
	params["timezone"] = "UTC"
	if cfg.ReadOnly {
		params["default_transaction_read_only"] = "on"
	}
	return conf, nil
}

// fromOptions returns the schema from libpq's options=-c search_path=..., which the parameter would override.
func fromOptions(options string) string {
	_, after, _ := strings.Cut(options, "search_path=")
	schema, _, _ := strings.Cut(after, " ")
	return schema
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(max(1, d.Milliseconds()), 10) }

// lockSpace is the first key of a schema's advisory locks, which the whole database shares.
func lockSpace(schema string) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte("excursobot " + schema))
	return int32(h.Sum32())
}

// explain adds what the operator can do to an error at the start.
func explain(err error) error {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		switch pg.Code {
		case "28P01", "28000":
			return fmt.Errorf("store: the database does not accept this user or password: %w", translate(err))
		case "3D000":
			return fmt.Errorf("store: there is no such database: %w", translate(err))
		case "42501":
			return fmt.Errorf("store: this user may not make tables there: %w", err)
		}
	}
	if err := translate(err); err != nil {
		return fmt.Errorf("store: open the database: %w", err)
	}
	return nil
}
