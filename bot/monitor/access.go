package monitor

import (
	"crypto/hmac"
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
	allowAttempt func(netip.Addr) bool
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

// try compares a token. Every attempt counts for the address, also a correct one: otherwise the rate limit would reveal which token is right.
func (a access) try(r *http.Request, token string) decision {
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // addresses that do not parse share one limit
	if !a.allowAttempt(from.Addr()) {
		return rateLimited
	}
	// The hashes have equal lengths, so the time of the comparison does not depend on the length of the token.
	want, got := sha256.Sum256([]byte(a.token)), sha256.Sum256([]byte(token))
	if a.token == "" || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return unauthorized
	}
	return allowed
}

// cookieValue returns a value that proves a login and does not contain the token. If the token changes, all values become invalid.
func (a access) cookieValue(until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(a.token))
	mac.Write([]byte("excursobot dashboard until " + expires))
	return expires + "." + hex.EncodeToString(mac.Sum(nil))
}

func (a access) validCookie(value string, now time.Time) bool {
	expires, _, _ := strings.Cut(value, ".")
	until, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || now.Unix() >= until {
		return false
	}
	return hmac.Equal([]byte(value), []byte(a.cookieValue(time.Unix(until, 0))))
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
