package pgstore

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"excursobot/store"
)

// translate turns the database's errors into those of package store; every other error passes unchanged.
func translate(err error) error {
	switch {
	case err == nil:
		return nil
	case isFull(err):
		return fmt.Errorf("%w: %w", store.ErrFull, err)
	case isAway(err):
		return fmt.Errorf("%w: %w", store.ErrAway, oneLine{err})
	case strings.HasPrefix(code(err), "22"): // no such value in Postgres: a time before its calendar, a sum beyond its numbers
		return fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	return err
}

// oneLine joins the lines of an error (one for each address that was tried).
type oneLine struct{ error }

func (e oneLine) Error() string { return strings.Join(strings.Fields(e.error.Error()), " ") }

func (e oneLine) Unwrap() error { return e.error }

// code returns the SQLSTATE of an error that the server sent, "" for others.
func code(err error) string {
	if pg, ok := errors.AsType[*pgconn.PgError](err); ok {
		return pg.Code
	}
	return ""
}

// isFull reports whether the disk of the database has no room.
func isFull(err error) bool { return code(err) == "53100" }

// isAway reports whether the database gave no answer, and may answer later.
func isAway(err error) bool {
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if c := code(err); c != "" {
		switch {
		case isFull(err): // it answers
			return false
		case strings.HasPrefix(c, "08"), // connection exceptions
			strings.HasPrefix(c, "57P"), // shut down, starting, ended by an administrator
			strings.HasPrefix(c, "53"):  // too many connections, out of memory
			return true
		}
		switch c {
		case "57014", // a statement took longer than statement_timeout
			"55P03", // a lock, longer than lock_timeout
			"25P03", // a transaction left idle
			"25006": // read-only, as a standby is, and as some hosts make a database whose disk is filling up
			return true
		}
		return false
	}
	_, network := errors.AsType[net.Error](err)
	return network || pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded) || errors.Is(err, pgconn.ErrConnClosed) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// isUndone reports whether the database rolled the whole transaction back, so that it can be repeated.
func isUndone(err error) bool {
	c := code(err)
	return c == "40001" || c == "40P01" // serialization failure, deadlock
}

// isLost reports whether a connection from the pool was dead.
func isLost(err error) bool {
	_, refused := errors.AsType[*pgconn.ConnectError](err)
	slow := pgconn.Timeout(err) || errors.Is(err, context.DeadlineExceeded)
	return !refused && !slow && isAway(err) && (code(err) == "" || strings.HasPrefix(code(err), "57P"))
}
