package bot

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"time"
)

// Outcomes of a send that its caller branches on.
var (
	errUnreachable = errors.New("person cannot be written to")        // blocked the bot, left, deleted the account; a group that lets the bot say nothing
	errAmbiguous   = errors.New("no answer: it may have been sent")   // the connection ended after the request was taken
	errGone        = errors.New("message to edit is not there")       // deleted, or too old to edit
	errMarkup      = errors.New("message was refused as it is built") // markup, preview or buttons
)

// apiError is a refusal by the Bot API itself.
type apiError struct {
	Code        int
	Description string
	RetryAfter  time.Duration // of a 429
}

func (e *apiError) Error() string { return fmt.Sprintf("telegram: %s (%d)", e.Description, e.Code) }

// reply is the envelope of every answer.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter float64 `json:"retry_after"`
	} `json:"parameters"`
}

// parse turns what a call returned into a result or an error. The body decides, not callErr: telebot takes a body that is not JSON for
// a success, and tells errors by their exact wording.
func parse(body []byte, callErr error) (json.RawMessage, error) {
	var r reply
	switch err := json.Unmarshal(body, &r); {
	case err == nil && r.OK:
		return r.Result, nil
	case err == nil && (r.Code != 0 || r.Description != ""):
		return nil, &apiError{Code: r.Code, Description: r.Description, RetryAfter: seconds(r.Parameters.RetryAfter)}
	case callErr != nil:
		return nil, callErr
	default:
		return nil, &gatewayError{Status: http.StatusBadGateway}
	}
}

func seconds(s float64) time.Duration {
	const most = 3600 // Telegram's own longest; it also keeps the multiplication in range
	return time.Duration(max(0, min(s, most)) * float64(time.Second))
}

// classify names the kind of an error, wrapping it so that errors.Is finds the sentinel and the log the cause.
func classify(err error) error {
	var refusal *apiError
	if !errors.As(err, &refusal) {
		return err
	}
	text := strings.ToLower(refusal.Description)
	has := func(parts ...string) bool {
		for _, part := range parts {
			if strings.Contains(text, part) {
				return true
			}
		}
		return false
	}
	switch {
	case refusal.Code == http.StatusForbidden, has("chat not found", "user is deactivated",
		"not enough rights", "need administrator rights", "have no rights", "chat_write_forbidden", "chat_admin_required", "bot was kicked"):
		return fmt.Errorf("%w: %w", errUnreachable, err)
	case refusal.Code != http.StatusBadRequest:
		return err
	case has("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not specified"):
		return fmt.Errorf("%w: %w", errGone, err)
	default:
		return fmt.Errorf("%w: %w", errMarkup, err)
	}
}

// unchanged says whether Telegram refused an edit only because the message looks so already.
func unchanged(err error) bool {
	var refusal *apiError
	return errors.As(err, &refusal) && strings.Contains(refusal.Description, "message is not modified")
}

// taken says whether a failed call may have had its effect all the same.
func taken(err error) bool {
	var refusal *apiError
	var gateway *gatewayError
	var dial *net.OpError
	switch {
	case errors.As(err, &refusal):
		return false // an error that the API itself reports
	case errors.As(err, &gateway):
		return gateway.Status == http.StatusGatewayTimeout // others say that the API was not reached
	case errors.As(err, &dial) && dial.Op == "dial":
		return false
	default:
		return true
	}
}

// outcome is the error's name in the metrics.
func outcome(err error) string {
	var refusal *apiError
	var gateway *gatewayError
	switch {
	case err == nil:
		return "ok"
	case errors.As(err, &gateway):
		return "gateway"
	case !errors.As(err, &refusal):
		if errors.Is(err, context.Canceled) {
			return "cancelled"
		}
		return "network"
	case refusal.Code == http.StatusTooManyRequests:
		return "flood"
	case refusal.Code == http.StatusForbidden:
		return "forbidden"
	case refusal.Code >= http.StatusInternalServerError:
		return "server"
	default:
		return "refused"
	}
}
