package monitor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"time"
)

const (
	cookieName = "excursobot_dashboard"
	cookieLife = 30 * 24 * time.Hour
	maxLogin   = 4 << 10 // bytes of a login form
)

// access decides who may see the pages: if there is a token, everybody who has it; otherwise only requests from this machine.
type access struct {
	token        string
	allowAttempt func(netip.Addr) bool // counts a wrong token
	ended        *ended
}

// decision is the result of a check.
type decision uint8

const (
	allowed      decision = iota
	unauthorized          // no token, or a wrong one
	rateLimited           // too many attempts from this address
	notLocal              // no token is set, and the request does not come from this machine
)

// check decides on a request by its cookie, its bearer token or its origin.
func (a access) check(r *http.Request) decision {
	if a.token == "" {
		if local(r) {
			return allowed
		}
		return notLocal
	}
	if c, err := r.Cookie(cookieName); err == nil && a.validCookie(c.Value, time.Now()) {
		return allowed
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return unauthorized
	}
	return a.try(r, token)
}

// try compares a token. Only wrong ones are counted, so that nobody can lock out those who have the token by trying others from their address.
func (a access) try(r *http.Request, token string) decision {
	// The hashes have equal lengths, so the time of the comparison does not depend on the length of the token.
	want, got := sha256.Sum256([]byte(a.token)), sha256.Sum256([]byte(token))
	if a.token != "" && subtle.ConstantTimeCompare(want[:], got[:]) == 1 {
		return allowed
	}
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // addresses that do not parse share one limit
	if !a.allowAttempt(from.Addr()) {
		return rateLimited
	}
	return unauthorized
}

// cookieValue returns a value that proves a login, with a new session. It does not contain the token. If the token changes, all values become
// invalid.
func (a access) cookieValue(until time.Time) string {
	return a.signed(strconv.FormatInt(until.Unix(), 10) + "." + rand.Text())
}

// signed returns the end and the id of a session with their proof.
func (a access) signed(session string) string {
	mac := hmac.New(sha256.New, []byte(a.token))
	mac.Write([]byte("excursobot dashboard session " + session))
	return session + "." + hex.EncodeToString(mac.Sum(nil))
}

// session returns the id and the end of the session that a cookie proves.
func (a access) session(value string) (id string, until time.Time, ok bool) {
	parts := strings.Split(value, ".")
	if len(parts) != 3 || !hmac.Equal([]byte(value), []byte(a.signed(parts[0]+"."+parts[1]))) {
		return "", time.Time{}, false
	}
	seconds, err := strconv.ParseInt(parts[0], 10, 64)
	return parts[1], time.Unix(seconds, 0), err == nil
}

func (a access) validCookie(value string, now time.Time) bool {
	id, until, ok := a.session(value)
	return ok && now.Before(until) && !a.ended.has(id, until, now)
}

// end ends the session of a request.
func (a access) end(r *http.Request, now time.Time) error {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil //nolint:nilerr // there is no session
	}
	id, until, ok := a.session(c.Value)
	if !ok {
		return nil
	}
	return a.ended.add(r.Context(), id, until, now)
}

func (a access) cookie(r *http.Request, now time.Time) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: a.cookieValue(now.Add(cookieLife)), Path: "/", MaxAge: int(cookieLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(r),
	}
}

// secure reports whether the browser used HTTPS, to this process or to a proxy in front of it.
func secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// local reports whether a request comes from this machine. Its address must be a loopback address, its host must name this machine, because a web site
// can make its own name resolve to it, and there must be no sign of a proxy, because every request through a proxy comes from a loopback address.
func local(r *http.Request) bool {
	from, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil || !from.Addr().Unmap().IsLoopback() {
		return false
	}
	for name := range r.Header {
		if strings.HasPrefix(name, "X-Forwarded-") || name == "Forwarded" || name == "Via" || name == "X-Real-Ip" {
			return false
		}
	}
	host, _, err := net.SplitHostPort(r.Host)
	if err != nil {
		host = strings.Trim(r.Host, "[]")
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
