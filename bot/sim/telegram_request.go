package sim

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxRequest bounds the bytes of a call: Telegram takes files of 50 MB.
const maxRequest = 50<<20 + 1<<20

// request holds the parameters of a call, in one form for all kinds of bodies: strings as they are, other values as JSON text.
type request struct {
	params map[string]string
	files  map[string]upload
	raw    json.RawMessage // the parameters as one JSON object
}

type upload struct {
	name string
	data []byte
}

// readRequest reads the query and the body. The error is an *apiError.
func readRequest(w http.ResponseWriter, r *http.Request) (*request, error) {
	req := &request{params: map[string]string{}, files: map[string]upload{}}
	r.Body = http.MaxBytesReader(w, r.Body, maxRequest)
	for name, values := range r.URL.Query() {
		req.params[name] = values[0]
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	var err error
	switch kind {
	case "application/json":
		err = req.readJSON(r.Body)
	case "multipart/form-data":
		err = req.readParts(r)
	default:
		err = req.readForm(r)
	}
	if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
		return nil, &apiError{Code: http.StatusRequestEntityTooLarge, Description: "Request Entity Too Large"}
	}
	if err != nil {
		return nil, badRequest("can't parse request: %v", err)
	}
	for _, value := range req.params {
		if !utf8.ValidString(value) {
			return nil, badRequest("strings must be encoded in UTF-8")
		}
	}
	if req.raw == nil {
		req.raw, err = json.Marshal(req.params)
	}
	return req, err
}

func (req *request) readJSON(body io.Reader) error {
	data, err := io.ReadAll(body)
	if err != nil || len(bytes.TrimSpace(data)) == 0 {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(data, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		if text := ""; json.Unmarshal(value, &text) == nil && string(value) != "null" {
			req.params[name] = text
		} else if string(value) != "null" {
			req.params[name] = string(value)
		}
	}
	req.raw = data
	return nil
}

func (req *request) readForm(r *http.Request) error {
	if err := r.ParseForm(); err != nil {
		return err
	}
	for name, values := range r.PostForm {
		req.params[name] = values[0]
	}
	return nil
}

func (req *request) readParts(r *http.Request) error {
	parts, err := r.MultipartReader()
	if err != nil {
		return err
	}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		data, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		if part.FileName() != "" {
			req.files[part.FormName()] = upload{name: part.FileName(), data: data}
		} else {
			req.params[part.FormName()] = string(data)
		}
	}
}

// text returns a parameter, "" if it is missing.
func (req *request) text(name string) string { return req.params[name] }

// flag reads a boolean as Telegram does: every value but the known true values is false.
func (req *request) flag(name string) bool {
	switch strings.ToLower(req.params[name]) {
	case "true", "yes", "1":
		return true
	}
	return false
}

// number reads an integer and limits it to low and high; the result is fallback if the parameter is not a number.
func (req *request) number(name string, fallback, low, high int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(req.params[name]), 10, 64)
	if err != nil {
		return fallback
	}
	return min(max(n, low), high)
}

// file returns the file of a media parameter: an upload (the part itself or by attach://), else a URL or a file id without data.
func (req *request) file(name string) (upload, bool) {
	if f, ok := req.files[name]; ok {
		return f, true
	}
	value := req.params[name]
	if part, ok := strings.CutPrefix(value, "attach://"); ok {
		f, ok := req.files[part]
		return f, ok
	}
	return upload{name: value}, value != ""
}
