package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"
)

// Errors of a Sender on which callers branch.
var (
	ErrUnreachable = errors.New("person cannot be written to")      // blocked the bot, left, or deleted the account; a group or topic where the bot may not write
	ErrAmbiguous   = errors.New("no answer: it may have been sent") // the connection ended after the request had left
	ErrGone        = errors.New("message to edit is not there")     // deleted, or too old to edit
	ErrBadRequest  = errors.New("request was refused as it is")     // markup, preview, buttons, or a callback that is too old
)

// errUnreadable means that the server sent JSON that is not an answer. The call may have had its effect.
var errUnreadable = errors.New("unreadable answer")

// APIError is a refusal by the Bot API itself.
type APIError struct {
	Code        int
	Description string
	RetryAfter  time.Duration // of a 429
	MovedTo     int64         // the supergroup that the group became; 0 = it is none
}

func (e *APIError) Error() string { return fmt.Sprintf("telegram: %s (%d)", e.Description, e.Code) }

// RefusedToken reports whether an error means that the token is wrong: 401, or 404 for a token of another shape.
func RefusedToken(err error) bool {
	var refusal *APIError
	return errors.As(err, &refusal) && (refusal.Code == http.StatusUnauthorized || refusal.Code == http.StatusNotFound)
}

// RefusedText reports whether an edit was refused because the message has a caption, or nothing, in place of a text.
func RefusedText(err error) bool {
	var refusal *APIError
	return errors.As(err, &refusal) && refusal.Code == http.StatusBadRequest && refusal.mentions("no text in the message")
}

// RetryAfter returns how long Telegram asked to wait before the next call, 0 if it did not.
func RetryAfter(err error) time.Duration {
	var refusal *APIError
	if errors.As(err, &refusal) {
		return refusal.RetryAfter
	}
	return 0
}

// reply is the envelope of every answer.
type reply struct {
	OK          bool            `json:"ok"`
	Result      json.RawMessage `json:"result"`
	Code        int             `json:"error_code"`
	Description string          `json:"description"`
	Parameters  struct {
		RetryAfter float64 `json:"retry_after"`
		MovedTo    int64   `json:"migrate_to_chat_id"`
	} `json:"parameters"`
}

// Parse turns the result of API.Call into Telegram's result or an error. The body decides, not callErr.
func Parse(body []byte, callErr error) (json.RawMessage, error) {
	var r reply
	err := json.Unmarshal(body, &r)
	if err == nil && r.OK {
		return r.Result, nil
	}
	var wrong *json.UnmarshalTypeError
	switch {
	case err == nil && (r.Code != 0 || r.Description != ""):
		return nil, &APIError{
			Code: r.Code, Description: r.Description, RetryAfter: seconds(r.Parameters.RetryAfter), MovedTo: r.Parameters.MovedTo,
		}
	case callErr != nil:
		return nil, callErr
	case err == nil, errors.As(err, &wrong) && strings.HasPrefix(wrong.Field, "parameters."):
		return nil, errUnreadable
	default:
		return nil, &gatewayError{Status: http.StatusBadGateway}
	}
}

func seconds(s float64) time.Duration {
	const most = 3600 // Telegram's own longest; it also keeps the multiplication in range
	return time.Duration(max(0, min(s, most)) * float64(time.Second))
}

// unreachableWords are parts of the descriptions, in lower case, of refusals that hold for every message to the chat. Telegram answers some of them
// with 400 and others with 403, and passes the names of its inner protocol on.
var unreachableWords = []string{
	"chat not found", "user not found", "user is deactivated", "user_deactivated", "user_is_blocked", "user_is_bot", "user_id_invalid",
	"peer_id_invalid", "chat_id_invalid", "channel_invalid", "channel_private", "chat_forbidden", "chat_restricted",
	"group chat was deactivated", "bot was kicked", "bot was blocked", "bot is not a member", "user_banned_in_channel",
	"not enough rights", "need administrator rights", "have no rights", "no write access", "chat_admin_required",
	"chat_write_forbidden", "chat_guest_send_forbidden", "chat_send_plain_forbidden", "topic_closed",
}

// topicWords are parts of the descriptions, in lower case, of refusals that hold for the topic and not for the chat.
var topicWords = []string{"message thread not found", "message_thread_id_invalid", "topic_deleted", "topic_id_invalid", "topic not found"}

// mentions reports whether the description has one of the parts, which are in lower case.
func (e *APIError) mentions(parts ...string) bool {
	text := strings.ToLower(e.Description)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(text, part) })
}

// withoutTopic reports whether a call that was refused may succeed outside its topic: the topic was deleted, or a person closed it in the chat
// with the bot. In a group the bot does not write where nobody asked it.
func withoutTopic(to Target, err error) bool {
	var refusal *APIError
	if to.Topic == 0 || !errors.As(err, &refusal) || refusal.Code != http.StatusBadRequest {
		return false
	}
	return refusal.mentions(topicWords...) || to.private() && refusal.mentions("topic_closed")
}

// classify names the kind of an error. The result wraps it, so that errors.Is finds the sentinel and the log shows the cause.
func classify(err error) error {
	var refusal *APIError
	if !errors.As(err, &refusal) {
		return err
	}
	switch {
	case refusal.Code == http.StatusForbidden, refusal.mentions(unreachableWords...):
		return fmt.Errorf("%w: %w", ErrUnreachable, err)
	case refusal.Code != http.StatusBadRequest:
		return err
	case refusal.mentions("message to edit not found", "message can't be edited", "message_id_invalid", "message identifier is not specified"):
		return fmt.Errorf("%w: %w", ErrGone, err)
	default:
		return fmt.Errorf("%w: %w", ErrBadRequest, err)
	}
}

// Unchanged reports whether Telegram refused an edit only because the message already looks like that.
func Unchanged(err error) bool {
	var refusal *APIError
	return errors.As(err, &refusal) && strings.Contains(refusal.Description, "message is not modified")
}

// mayHaveArrived reports whether a failed call may have had its effect nevertheless.
func mayHaveArrived(err error) bool {
	var refusal *APIError
	var gateway *gatewayError
	var dial *net.OpError
	switch {
	case errors.As(err, &refusal):
		return false // an error that the API itself reports
	case errors.As(err, &gateway):
		return gateway.Status == http.StatusGatewayTimeout // other gateways' errors mean that the API was not reached
	case errors.As(err, &dial) && dial.Op == "dial":
		return false
	default:
		return true
	}
}

// outcome is the error's name in the metrics.
func outcome(err error) string {
	if err == nil {
		return "ok"
	}
	var refusal *APIError
	var gateway *gatewayError
	switch {
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
