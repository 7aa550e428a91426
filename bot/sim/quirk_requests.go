package sim

import (
	"net/http"
	"strings"
)

// quirksOfRequests are servers that refuse a part of a request until it is left out.
func quirksOfRequests() map[string]quirk {
	refuse := func(when func(c *quirkCall) bool, status int, body string) quirk {
		return quirk{answer: func(c *quirkCall) bool { return when(c) && c.refuse(status, body) }}
	}
	format := func(kinds ...string) func(c *quirkCall) bool {
		return func(c *quirkCall) bool {
			return c.format() != "" && strings.Contains(strings.Join(kinds, " "), c.format())
		}
	}
	field := func(name string) func(c *quirkCall) bool { return func(c *quirkCall) bool { return c.has(name) } }
	system := func(c *quirkCall) bool { return strings.Contains(c.raw, `"role":"system"`) }
	return map[string]quirk{
		"stream_options refused, 422": refuse(field("stream_options"), http.StatusUnprocessableEntity,
			`{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted","input":{"include_usage":true}}]},"type":"invalid_request_error","param":null,"code":null}`),
		"stream_options refused, detail": refuse(field("stream_options"), http.StatusUnprocessableEntity,
			`{"detail":[{"type":"extra_forbidden","loc":["body","stream_options"],"msg":"Extra inputs are not permitted"}]}`),
		"max_tokens and temperature refused": {answer: func(c *quirkCall) bool {
			switch {
			case c.has("max_tokens"):
				return c.refuse(http.StatusBadRequest, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","type":"invalid_request_error","param":"max_tokens","code":"unsupported_parameter"}}`)
			case c.has("temperature") && c.body["temperature"] != 1.0:
				return c.refuse(http.StatusBadRequest, `{"error":{"message":"Unsupported value: 'temperature' does not support 0.6 with this model. Only the default (1) value is supported.","type":"invalid_request_error","param":"temperature","code":"unsupported_value"}}`)
			}
			return false
		}},
		"max_completion_tokens unknown": refuse(field("max_completion_tokens"), http.StatusBadRequest, `{"error":"json: unknown field \"max_completion_tokens\""}`),
		"tokens too many": {answer: func(c *quirkCall) bool {
			return c.limit() > 1100 && c.refuse(http.StatusBadRequest, `{"error":{"message":"max_tokens is too large: 2600. This model supports at most 1100 completion tokens.","type":"invalid_request_error","param":"max_tokens","code":"invalid_value"}}`)
		}},
		"schema beyond the grammar": refuse(format("json_schema"), http.StatusBadRequest,
			`{"object":"error","message":"The provided JSON schema contains features not supported by xgrammar.","type":"BadRequestError","param":null,"code":400}`),
		"schema refused, list of errors": refuse(format("json_schema"), http.StatusBadRequest,
			`[{"error":{"code":400,"message":"Invalid JSON payload received. Unknown name \"additionalProperties\" at 'generation_config.response_schema': Cannot find field.","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.BadRequest"}]}}]`),
		"schema fails with 500": refuse(format("json_schema"), http.StatusInternalServerError, `{"error":{"message":"failed to compile grammar from json_schema","type":"server_error"}}`),
		"any format refused":    refuse(format("json_schema", "json_object"), http.StatusBadRequest, `{"error":"unknown field response_format"}`),
		"format without an endpoint": refuse(format("json_schema"), http.StatusNotFound,
			`{"error":{"message":"No endpoints found that can handle the requested parameters: response_format","code":404}}`),
		"JSON validation failed": refuse(format("json_schema", "json_object"), http.StatusBadRequest,
			`{"error":{"message":"Failed to generate JSON. Please adjust your prompt. See 'failed_generation' for more details.","type":"invalid_request_error","code":"json_validate_failed","failed_generation":"secret text"}}`),
		"temperature refused in words": refuse(field("temperature"), http.StatusBadRequest, `{"error":{"message":"This model runs with a fixed temperature.","type":"invalid_request_error"}}`),
		"effort refused":               refuse(field("reasoning_effort"), http.StatusBadRequest, `{"error":{"message":"Unrecognized request argument supplied: reasoning_effort","type":"invalid_request_error","param":null,"code":null}}`),
		"streaming refused": {answer: func(c *quirkCall) bool {
			return c.body["stream"] == true && c.refuse(http.StatusBadRequest, `{"error":{"message":"This model does not support streaming.","type":"invalid_request_error","param":"stream","code":"unsupported_value"}}`)
		}},
		"system role refused": refuse(system, http.StatusBadRequest, `{"error":{"message":"System role not supported","type":"BadRequestError","code":400}}`),
		"everything optional refused": {answer: func(c *quirkCall) bool {
			return (c.has("stream_options") || c.has("temperature") || c.has("response_format")) && c.refuse(http.StatusBadRequest, `{"message":"Bad Request"}`)
		}},
		"small context": {answer: func(c *quirkCall) bool {
			return c.places() > 2 && c.refuse(http.StatusBadRequest, `{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":6100,"n_ctx":4096}}`)
		}},
		"small context, by length": {answer: func(c *quirkCall) bool {
			const most = 3000 // bytes of a request
			return len(c.raw) > most && c.refuse(http.StatusBadRequest, `{"object":"error","message":"This model's maximum context length is 1024 tokens. However, you requested 2100 tokens. Please reduce the length of the messages or completion.","type":"BadRequestError","param":null,"code":400}`)
		}},
		"filter for several places": {answer: func(c *quirkCall) bool {
			return c.places() > 1 && c.refuse(http.StatusBadRequest, `{"error":{"message":"The response was filtered due to the prompt triggering the content management policy.","type":null,"param":"prompt","code":"content_filter","status":400}}`)
		}},
		"filter as 403": {answer: func(c *quirkCall) bool {
			return c.places() > 1 && c.refuse(http.StatusForbidden, `{"error":{"code":403,"message":"Your chosen model requires moderation and your input was flagged","metadata":{"reasons":["violence"],"flagged_input":"secret text"}}}`)
		}},
	}
}
