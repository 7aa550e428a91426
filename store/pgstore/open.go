package pgstore

import (
	"cmp"
	"context"
	"crypto/tls"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"excursobot/store"
)

// Open connects to the database and brings its tables up to date, one process at a time. It refuses tables of a newer
// version and of another program. With Config.ReadOnly it changes nothing. No error contains the password.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	a, err := parseAddress(cfg)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	s := &Store{
		log: cfg.Log, limit: cmp.Or(max(cfg.StatementTimeout, 0), 5*time.Second), conns: a.pool.MaxConns, schema: a.schema,
		articles: cmp.Or(max(cfg.Articles, 0), store.ArticleBudget), space: lockSpace(a.schema), readOnly: cfg.ReadOnly,
	}
	if a.pooled {
		s.notePooler()
	}
	if err := s.connect(ctx, a.pool); err != nil {
		return nil, explain(err)
	}
	return s, nil
}

// connect prepares the schema over one connection, and then makes the pool, whose first connection shows whether there is a pooler.
func (s *Store) connect(ctx context.Context, conf *pgxpool.Config) error {
	c, err := pgx.ConnectConfig(ctx, conf.ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close(context.WithoutCancel(ctx)) }()
	s.warnOfPlainText(c)
	prepare := s.migrate
	if s.readOnly {
		prepare = s.inspect
	}
	if err := prepare(ctx, c); err != nil {
		return err
	}
	return s.makePool(ctx, conf, c)
}

// makePool makes the pool beside a connection. If the pool's first connection turns out to be the same one, a pooler lends it to both.
func (s *Store) makePool(ctx context.Context, conf *pgxpool.Config, beside *pgx.Conn) error {
	row, err := simple(ctx, beside, "SELECT pg_backend_pid()")
	if err != nil {
		return err
	}
	number, err := strconv.ParseInt(row[0], 10, 64)
	if err != nil {
		return fmt.Errorf("number of the connection: %w", err)
	}
	s.probe.Store(number)
	defer s.probe.Store(0)
	conf.BeforeConnect, conf.AfterConnect = s.configureConn, s.prepareConn
	if s.pool, err = pgxpool.NewWithConfig(ctx, conf); err != nil {
		return err
	}
	if err = s.pool.Ping(ctx); err == nil && s.pooled.Load() {
		s.pool.Reset() // its connection was made before that was known
		err = s.read(ctx, func(context.Context, *pgx.Conn) error { return nil })
	}
	if err != nil {
		s.pool.Close()
	}
	return err
}

// warnOfPlainText warns of a connection to another machine that is not encrypted. In a private network that is usual.
func (s *Store) warnOfPlainText(c *pgx.Conn) {
	conn := c.PgConn().Conn()
	peer, ok := conn.RemoteAddr().(*net.TCPAddr)
	if _, encrypted := conn.(*tls.Conn); encrypted || !ok || peer.IP.IsLoopback() {
		return
	}
	const hint = "the connection to the database is not encrypted: add sslmode=require to DATABASE_URL if the server has TLS"
	level := slog.LevelWarn
	if peer.IP.IsPrivate() || peer.IP.IsLinkLocalUnicast() {
		level = slog.LevelInfo
	}
	s.log.Log(context.Background(), level, "database_not_encrypted", "hint", hint)
}

// lockSpace is the first key of a schema's advisory locks, which the whole database shares.
func lockSpace(schema string) int32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte("excursobot " + schema))
	return int32(h.Sum32())
}
