package chat

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// refusal is what a server says when it does not answer, with the body of an error or with an event inside a stream.
type refusal struct {
	status     int           // HTTP status, or the status that an error inside a 200 names; 0 = unknown
	code, kind string        // as OpenAI's error objects have them
	param      string        // the parameters that are meant, in lower case; "" = not named
	message    string        // the server's own words, without the rest of the body
	retryAfter time.Duration // 0 = the server named none
}

// readRefusal reads the body of an error response, or an error inside a 200 (then status is 0). Servers have many shapes for it: an object or a list of
// them, with the fields at the top or under "error", "detail" or "message"; plain text; web pages.
func readRefusal(status int, body []byte) refusal {
	r := refusal{status: status}
	var value any
	if json.Unmarshal(body, &value) != nil {
		r.message = string(body)
		return r
	}
	r.collect("", value, 0)
	if r.status == 0 {
		r.status = statusOf(r.code, r.kind)
	}
	return r
}

// collect takes what it knows from a JSON value. The first value of a kind wins.
func (r *refusal) collect(key string, value any, depth int) {
	const maxDepth = 8
	if depth > maxDepth {
		return
	}
	switch v := value.(type) {
	case []any:
		if key == "loc" { // FastAPI: where in the request the problem is
			r.addParam(v)
			return
		}
		for _, one := range v {
			r.collect(key, one, depth+1)
		}
	case map[string]any:
		// The object itself first, then what is inside it, so that "message" beats "details".
		for _, name := range []string{"message", "msg", "error", "detail", "title", "error_description"} {
			if text, ok := v[name].(string); ok {
				r.collect(name, text, depth+1)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if _, isText := v[name].(string); !isText || !messageKey(name) || name == "raw" {
				r.collect(name, v[name], depth+1)
			}
		}
	case string:
		r.take(key, v)
	case float64:
		r.take(key, strconv.FormatFloat(v, 'f', -1, 64))
	}
}

func messageKey(key string) bool {
	switch key {
	case "message", "msg", "error", "detail", "title", "error_description", "raw":
		return true
	}
	return false
}

func (r *refusal) take(key, text string) {
	first := func(field *string) {
		if *field == "" {
			*field = text
		}
	}
	switch {
	case messageKey(key), key == "":
		if inner := strings.TrimSpace(text); key == "raw" && strings.HasPrefix(inner, "{") { // a reseller passes on another server's error
			var value any
			if json.Unmarshal([]byte(inner), &value) == nil {
				r.collect("", value, 0)
				return
			}
		}
		if !strings.Contains(r.message, text) {
			r.message = strings.TrimPrefix(r.message+"; "+text, "; ")
		}
	case key == "param":
		r.addParam([]any{text})
	case key == "code", key == "status":
		if n, err := strconv.Atoi(text); err == nil {
			if r.status == 0 && n >= http.StatusBadRequest && n < 600 {
				r.status = n
			}
			return
		}
		first(&r.code)
	case key == "type":
		first(&r.kind)
	case key == "retryDelay", key == "retry_after", key == "retry_after_seconds":
		if d, err := time.ParseDuration(strings.TrimSuffix(text, "s") + "s"); err == nil && d > 0 {
			r.retryAfter = d
		}
	}
}

func (r *refusal) addParam(path []any) {
	for _, one := range path {
		if name := strings.ToLower(fmt.Sprint(one)); name != "body" && name != "" {
			r.param = strings.TrimPrefix(r.param+" "+name, " ")
		}
	}
}

// statusOf returns the status that the words of an error stand for; 0 = unknown.
func statusOf(code, kind string) int {
	words := strings.ToLower(code + " " + kind)
	for _, known := range []struct {
		status int
		signs  []string
	}{
		{http.StatusUnauthorized, []string{"invalid_api_key", "authentication", "unauthenticated"}},
		{http.StatusForbidden, []string{"permission"}},
		{http.StatusPaymentRequired, []string{"insufficient_quota", "billing", "payment_required", "insufficient_balance"}},
		{http.StatusNotFound, []string{"model_not_found", "not_found"}},
		{http.StatusTooManyRequests, []string{"rate_limit", "resource_exhausted", "too_many_requests"}},
		{http.StatusServiceUnavailable, []string{"overloaded", "unavailable"}},
		{http.StatusBadRequest, []string{"invalid_request", "invalid_argument", "badrequest", "context_length", "exceed_context", "content_filter", "validation", "unsupported_", "json_validate"}},
		{http.StatusInternalServerError, []string{"server_error", "internal", "api_error"}},
	} {
		for _, sign := range known.signs {
			if strings.Contains(words, sign) {
				return known.status
			}
		}
	}
	return 0
}
