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

// connectTimeout is for one connection, unless the URL says connect_timeout.
const connectTimeout = 5 * time.Second

// errAddress is all that is said of a URL that cannot be read: which part of it is the password is then anybody's guess.
var errAddress = errors.New("this is no address of a Postgres database (postgres://user:password@host:port/database); " +
	"in a password, characters such as @ / : % are written as %40 %2F %3A %25")

// CheckURL says what Open would say of the address, without a connection.
func CheckURL(url string) error {
	_, err := configure(Config{URL: url})
	return err
}

// Open connects to the database and brings its tables up to date, of which one process at a time takes care. It refuses
// tables of a newer version and those of another program. With Config.ReadOnly it changes nothing. No error holds the password.
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

// configure reads the URL and adds what every connection is to be like.
func configure(cfg Config) (*pgxpool.Config, error) {
	conf, err := pgxpool.ParseConfig(cfg.URL)
	if err != nil || cfg.URL == "" {
		return nil, errAddress
	}
	conn := conf.ConnConfig
	// What follows an @ in a password that was not escaped is read as the host or the database, which errors name.
	if strings.Contains(conn.Host+conn.Database, "@") {
		return nil, errAddress
	}
	conf.MaxConns = cmp.Or(max(cfg.MaxConns, 0), 8)
	conn.ConnectTimeout = cmp.Or(conn.ConnectTimeout, connectTimeout)
	params := conn.RuntimeParams
	params["search_path"] = cmp.Or(cfg.Schema, params["search_path"], fromOptions(params["options"]), "public")
	params["application_name"] = cmp.Or(params["application_name"], "excursobot")
	params["statement_timeout"] = milliseconds(cfg.StatementTimeout)
	// A process that dies without a word must not keep its locks.
	params["idle_in_transaction_session_timeout"] = milliseconds(cfg.StatementTimeout)
	params["default_transaction_isolation"] = "read committed" // every statement sees what was committed before it
	params["timezone"] = "UTC"
	if cfg.ReadOnly {
		params["default_transaction_read_only"] = "on"
	}
	return conf, nil
}

// fromOptions returns the schema in what libpq knows as options=-c search_path=..., which the parameter would override.
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

// explain says what failed at the start: who is there to read it can mend it.
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
