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
	tokenMost  = 4 << 10 // bytes of a form with a token
)

// access decides who sees the pages: with a token whoever has it, without one this machine only.
type access struct {
	token string
	guess func(netip.Addr) bool
}

// admission is what access says of a request.
type admission uint8

const (
	allowed   admission = iota
	unknown             // no token, or a wrong one
	tooMany             // wrong ones from this address: it must wait
	elsewhere           // there is no token to have, and the request does not come from this machine
)

// check decides on a request: by its cookie, its bearer token, or where it comes from.
func (a access) check(r *http.Request) admission {
	if a.token == "" {
		if local(r) {
			return allowed
		}
		return elsewhere
	}
	if c, err := r.Cookie(cookieName); err == nil && a.sealed(c.Value, time.Now()) {
		return allowed
	}
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	if !ok {
		return unknown
	}
	return a.try(r, token)
}

// try compares a token, which costs its address one of its tries whether it is right or not: else the answer would say so.
func (a access) try(r *http.Request, token string) admission {
	from, _ := netip.ParseAddrPort(r.RemoteAddr) // what does not parse shares one bucket
	if !a.guess(from.Addr()) {
		return tooMany
	}
	// Sums of one length, so that the time says nothing about the token's own.
	want, got := sha256.Sum256([]byte(a.token)), sha256.Sum256([]byte(token))
	if a.token == "" || subtle.ConstantTimeCompare(want[:], got[:]) != 1 {
		return unknown
	}
	return allowed
}

// seal makes a cookie's value that proves a login and does not hold the token. Another token makes all of them worthless.
func (a access) seal(until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(a.token))
	mac.Write([]byte("excursobot dashboard until " + expires))
	return expires + "." + hex.EncodeToString(mac.Sum(nil))
}

func (a access) sealed(value string, now time.Time) bool {
	expires, _, _ := strings.Cut(value, ".")
	until, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || now.Unix() >= until {
		return false
	}
	return hmac.Equal([]byte(value), []byte(a.seal(time.Unix(until, 0))))
}

func (a access) cookie(r *http.Request, now time.Time) *http.Cookie {
	return &http.Cookie{
		Name: cookieName, Value: a.seal(now.Add(cookieLife)), Path: "/", MaxAge: int(cookieLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: secure(r),
	}
}

// secure says whether the browser spoke HTTPS, to us or to the proxy before us.
func secure(r *http.Request) bool {
	return r.TLS != nil || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
}

// local says whether a request comes from this machine itself: by its address, by a name that is this machine's (a web site's name
// may be made to resolve to it), and with no sign of a proxy, behind which everybody looks local.
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
