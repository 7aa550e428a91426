package pgstore

import (
	"crypto/x509"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// parameter finds the name in what servers and poolers say about an option that they do not know.
var parameter = regexp.MustCompile(`(?:configuration|startup) parameter[ :]+"?([A-Za-z0-9_.]+)`)

// explain reports what failed at the start to the operator.
func explain(err error) error {
	if why := remedy(err); why != "" {
		return fmt.Errorf("store: %s: %w", why, oneLine{err}) // it answered
	}
	if err := translate(err); err != nil {
		return fmt.Errorf("store: open the database: %w", err)
	}
	return nil
}

// remedy returns what the operator can do about an error, "" if that is unknown.
func remedy(err error) string {
	if why := tlsRemedy(err); why != "" {
		return why
	}
	pg, ok := errors.AsType[*pgconn.PgError](err)
	if !ok {
		return ""
	}
	option := parameter.FindStringSubmatch(pg.Message)
	switch {
	case option != nil && (pg.Code == "42704" || strings.HasPrefix(pg.Code, "08")):
		return fmt.Sprintf("the server, or a pooler before it, does not know the option %[1]s: remove %[1]s=... from the address of the database (DATABASE_URL), or use the database's own address", option[1])
	case strings.Contains(pg.Message, "statement pooling"):
		return "the pooler allows no transactions (pool_mode statement): let it pool transactions or sessions, or use the database's own address"
	case pg.Code == "28P01" || pg.Code == "28000":
		return "the database does not accept this user or password"
	case pg.Code == "3D000":
		return "there is no such database"
	case pg.Code == "42501":
		return "this user may not make tables there"
	}
	return ""
}

func tlsRemedy(err error) string {
	text := err.Error()
	_, authority := errors.AsType[x509.UnknownAuthorityError](err)
	_, name := errors.AsType[x509.HostnameError](err)
	switch {
	case authority:
		return "the server's certificate is signed by an authority that this machine does not know: name its certificate with sslrootcert=FILE, or encrypt without a check with sslmode=require and no sslrootcert"
	case name:
		return "the server's certificate has another host's name: use that name, or sslmode=verify-ca"
	case strings.Contains(text, "refused TLS"):
		return "the server has no TLS: with sslmode=disable the connection is not encrypted, which only a network of your own should see"
	case strings.Contains(text, "no pg_hba.conf entry") && strings.Contains(text, "no encryption"):
		return "the server lets this user in only with TLS: set sslmode=require"
	}
	return ""
}
