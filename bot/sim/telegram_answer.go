package sim

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
)

// answer is the response to a successful call.
type answer struct {
	OK          bool   `json:"ok"`
	Result      any    `json:"result"`
	Description string `json:"description,omitempty"`
}

// apiError is the response to a failed call.
type apiError struct {
	OK          bool            `json:"ok"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  *apiErrorParams `json:"parameters,omitempty"`
}

type apiErrorParams struct {
	RetryAfter int   `json:"retry_after,omitempty"` // seconds
	MovedTo    int64 `json:"migrate_to_chat_id,omitempty"`
}

func (e *apiError) Error() string { return e.Description }

// tooMany returns a 429.
func tooMany(seconds int) *apiError {
	return &apiError{
		Code:        http.StatusTooManyRequests,
		Description: "Too Many Requests: retry after " + strconv.Itoa(seconds),
		Parameters:  &apiErrorParams{RetryAfter: seconds},
	}
}

func writeAnswer(w http.ResponseWriter, a answer) {
	a.OK = true
	writeJSON(w, http.StatusOK, a)
}

// writeError writes err. An error that is not an *apiError is a fault of this server.
func writeError(w http.ResponseWriter, err error) {
	e := (*apiError)(nil)
	if !errors.As(err, &e) {
		e = &apiError{Code: http.StatusInternalServerError, Description: "Internal Server Error: " + err.Error()}
	}
	if e.Parameters != nil && e.Parameters.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(e.Parameters.RetryAfter))
	}
	writeJSON(w, e.Code, e)
}

// writeFault writes the answer of a Fault.
func writeFault(w http.ResponseWriter, status int, body string, retryAfter int) {
	switch {
	case body != "":
		if retryAfter > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(retryAfter))
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	case status == http.StatusTooManyRequests:
		writeError(w, tooMany(max(retryAfter, 1)))
	default:
		writeError(w, &apiError{Code: status, Description: http.StatusText(status)})
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil { // a type of this package cannot be marshalled
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // fails only if the client left
}

// badRequest returns a 400 with a description as Telegram writes it.
func badRequest(format string, args ...any) *apiError {
	return &apiError{Code: http.StatusBadRequest, Description: "Bad Request: " + fmt.Sprintf(format, args...)}
}

// blockedError is the error of every message to a person who blocked the bot.
var blockedError = &apiError{Code: http.StatusForbidden, Description: "Forbidden: bot was blocked by the user"}
