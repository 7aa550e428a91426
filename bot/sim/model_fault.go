package sim

import (
	"encoding/json"
	"net/http"
)

// modelError is an error of the OpenAI API.
type modelError struct {
	Status        int
	Type, Message string
	Param, Code   string // "" = null
	RetryAfter    string
}

// shape returns the JSON object of the error, for a body or a stream.
func (e modelError) shape() any {
	orNull := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	return map[string]any{"error": map[string]any{"message": e.Message, "type": e.Type, "param": orNull(e.Param), "code": orNull(e.Code)}}
}

func writeModelError(w http.ResponseWriter, e modelError) {
	w.Header().Set("Content-Type", "application/json")
	if e.RetryAfter != "" {
		w.Header().Set("Retry-After", e.RetryAfter)
	}
	w.WriteHeader(e.Status)
	_ = json.NewEncoder(w).Encode(e.shape())
}

var (
	errModelServer = modelError{Status: http.StatusInternalServerError, Type: "server_error",
		Message: "The server had an error while processing your request. Sorry about that!"}
	errModelRate = modelError{Status: http.StatusTooManyRequests, Type: "requests", Code: "rate_limit_exceeded", RetryAfter: "1",
		Message: "Rate limit reached for gpt-6-luna on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again in 1s."}
	errModelQuota = modelError{Status: http.StatusTooManyRequests, Type: "insufficient_quota", Code: "insufficient_quota",
		Message: "You exceeded your current quota, please check your plan and billing details."}
	errModelKey = modelError{Status: http.StatusUnauthorized, Type: "invalid_request_error", Code: "invalid_api_key",
		Message: "Incorrect API key provided: sim. You can find your API key at https://platform.openai.com/account/api-keys."}
	errModelUnknown = modelError{Status: http.StatusNotFound, Type: "invalid_request_error", Code: "model_not_found",
		Message: "The model does not exist or you do not have access to it."}
)

// errorPage is the answer of a proxy whose server is down.
const errorPage = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n" +
	"<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"

// failed answers a call with the fault, and reports whether it is one that replaces the answer.
func (m *Model) failed(w http.ResponseWriter, r *http.Request, fault string) bool {
	switch fault {
	case "500":
		writeModelError(w, errModelServer)
	case "429":
		writeModelError(w, errModelRate)
	case "quota":
		writeModelError(w, errModelQuota)
	case "401":
		writeModelError(w, errModelKey)
	case "404":
		writeModelError(w, errModelUnknown)
	case "html":
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusBadGateway)
		_, _ = w.Write([]byte(errorPage))
	case "hang":
		<-r.Context().Done()
	case "reset":
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}
