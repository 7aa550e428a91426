package chat

import (
	"errors"
	"strings"
	"testing"
	"time"
)

func TestRefusalsAreRead(t *testing.T) {
	tests := []struct {
		name, body string
		status     int
		want       refusal
	}{
		{"OpenAI", `{"error":{"message":"no","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`, 400,
			refusal{status: 400, message: "no", kind: "invalid_request_error", param: "temperature", code: "unsupported_value"}},
		{"a text as error", `{"error":"no"}`, 404, refusal{status: 404, message: "no"}},
		{"a list", `[{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}]`, 400, refusal{status: 400, message: "no", code: "INVALID_ARGUMENT"}},
		{"fields at the top", `{"object":"error","message":"no","type":"BadRequestError","param":null,"code":400}`, 0, refusal{status: 400, message: "no", kind: "BadRequestError"}},
		{"FastAPI", `{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"no","input":{"include_usage":true}}]}`, 422,
			refusal{status: 422, message: "no", kind: "extra_forbidden", param: "stream_options"}},
		{"Mistral", `{"object":"error","message":{"detail":[{"type":"missing","loc":["body","messages",0],"msg":"no"}]},"type":"invalid_request_error"}`, 422,
			refusal{status: 422, message: "no", kind: "missing", param: "messages 0"}},
		{"another server's error inside", `{"error":{"message":"Provider returned error","code":400,"metadata":{"raw":"{\"error\":{\"message\":\"no grammar\"}}"}}}`, 400,
			refusal{status: 400, message: "Provider returned error; no grammar"}},
		{"status by number", `{"code":429,"message":"no"}`, 0, refusal{status: 429, message: "no"}},
		{"status by words", `{"error":{"type":"overloaded_error","message":"no"}}`, 0, refusal{status: 503, message: "no", kind: "overloaded_error"}},
		{"Gemini's delay", `[{"error":{"code":429,"message":"no","status":"RESOURCE_EXHAUSTED","details":[{"retryDelay":"34.5s"}]}}]`, 429,
			refusal{status: 429, message: "no", code: "RESOURCE_EXHAUSTED", retryAfter: 34500 * time.Millisecond}},
		{"plain text", "Not Found", 404, refusal{status: 404, message: "Not Found"}},
		{"nothing", "", 500, refusal{status: 500}},
	}
	for _, tt := range tests {
		if got := readRefusal(tt.status, []byte(tt.body)); got != tt.want {
			t.Errorf("%s:\n got %+v\nwant %+v", tt.name, got, tt.want)
		}
	}
}

func TestSubjectOfARefusal(t *testing.T) {
	for message, want := range map[string]topic{
		"Unknown parameter: 'stream_options'.":                                                       aboutUsage,
		"Unrecognized request argument supplied: response_format":                                    aboutFormat,
		"This response_format type is unavailable now":                                               aboutFormat,
		"Failed to parse grammar":                                                                    aboutFormat,
		"'messages' must contain the word 'json' in some form, to use 'response_format'":             aboutFormat,
		"Unsupported value: 'temperature' does not support 0.6 with this model":                      aboutTemperature,
		"max_tokens: must be less than 4096":                                                         aboutLimit,
		"Unsupported parameter: 'max_tokens' is not supported. Use 'max_completion_tokens' instead.": aboutLimit,
		"Streaming is not supported for this model":                                                  aboutStream,
		"System role not supported":                                                                  aboutSystem,
		"Conversation roles must alternate user/assistant/user/assistant/...":                        aboutSystem,
		"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens":     aboutContext,
		"the request exceeds the available context size":                                             aboutContext,
		"The number of tokens to keep from the initial prompt is greater than the context length":    aboutContext,
		"Request too large for model in organization on tokens per minute (TPM): Limit 6000":         aboutContext,
		"The response was filtered due to the prompt triggering the content management policy.":      aboutFilter,
		"reasoning_effort is not a valid parameter":                                                  aboutEffort,
		"Bad Request": noTopic,
	} {
		r := refusal{status: 400, message: message}
		f := form{effort: "low", limit: maxTokens}
		if got := r.about(f.changeable); got != want {
			t.Errorf("%s: about %d, want %d", message, got, want)
		}
	}
	// A field that was changed already is not the reason any more.
	r := refusal{status: 400, message: "temperature and max_tokens are not supported"}
	if got := r.about(form{noTemperature: true, limit: maxTokens}.changeable); got != aboutLimit {
		t.Errorf("without a temperature the rest is about %d", got)
	}
}

func TestLowerEffort(t *testing.T) {
	for message, want := range map[string]string{
		"Unsupported value: 'none' is not supported. Supported values are: 'minimal', 'low', 'medium', and 'high'.": "minimal",
		"Supported values are: 'low', 'medium'.": "low",
		"unknown field reasoning_effort":         "",
	} {
		if got := lowerEffort("none", message); got != want {
			t.Errorf("%s: %q, want %q", message, got, want)
		}
	}
}

func TestLimitsOfTokens(t *testing.T) {
	for message, want := range map[string]form{
		"max_tokens is too large: 5000. This model supports at most 4096 completion tokens": {limit: maxTokens, most: 4096},
		"max_tokens must be less than or equal to 2048":                                     {limit: maxTokens, most: 2048},
		"max_tokens is too high": {limit: maxTokens, most: 2500},
		"Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.": {limit: maxCompletionTokens, otherLimit: true},
		"Extra inputs are not permitted":                                            {limit: maxCompletionTokens, otherLimit: true},
	} {
		got, step := form{limit: maxTokens}.without(aboutLimit, &refusal{message: message}, 5000)
		if got != want || step == "" {
			t.Errorf("%s: %+v (%s), want %+v", message, got, step, want)
		}
	}
	if got, _ := (form{limit: maxCompletionTokens, otherLimit: true}).without(aboutLimit, &refusal{message: "unknown field"}, 5000); got.limit != noLimit {
		t.Errorf("both fields refused: %+v", got)
	}
}

func TestFaultsOfStatuses(t *testing.T) {
	for _, tt := range []struct {
		r         refusal
		kind      error
		permanent bool
	}{
		{refusal{status: 401, message: "Incorrect API key"}, ErrRefused, true},
		{refusal{status: 400, message: "API key not valid. Please pass a valid API key."}, ErrRefused, true},
		{refusal{status: 400, message: "The model `x` has been decommissioned"}, ErrRefused, true},
		{refusal{status: 402, message: "Insufficient credits"}, ErrRefused, true},
		{refusal{status: 429, code: "insufficient_quota"}, ErrRefused, true},
		{refusal{status: 429, message: "slow down"}, ErrUnavailable, false},
		{refusal{status: 503, message: "Loading model"}, ErrUnavailable, false},
		{refusal{status: 0, message: "upstream"}, ErrUnavailable, false},
		{refusal{status: 400, message: "what?"}, ErrRefused, false},
		{refusal{status: 403, message: "flagged by moderation"}, ErrDeclined, false},
	} {
		f := refused(tt.r, testKey)
		if !errors.Is(f, tt.kind) || f.permanent != tt.permanent || !strings.Contains(f.Error(), tt.r.message) {
			t.Errorf("%+v: %v, permanent %v", tt.r, f, f.permanent)
		}
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add(400, []byte(`{"error":{"message":"a","param":"b","code":7,"details":[{"retryDelay":"3s"}]}}`))
	f.Add(0, []byte(`[[{"detail":[{"loc":["body",0,null],"msg":["x"]}]}]]`))
	f.Fuzz(func(t *testing.T, status int, body []byte) {
		r := readRefusal(status, body)
		fault := refused(r, testKey)
		about := r.about(firstForm("x", "low").changeable)
		next, _ := firstForm("x", "low").without(about, &r, 1000)
		if len(fault.detail) > maxDetail+50 || strings.Contains(fault.Error(), testKey) || next.format > wordsOnly || next.most < 0 {
			t.Errorf("%+v, %+v", r, next)
		}
	})
}
