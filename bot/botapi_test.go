package bot

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The published Bot API as data: BOTAPI_JSON names the file. If it is set, every call that the tests of this package see is held against it.

// apiMethod is a method of the Bot API.
type apiMethod struct {
	Fields []struct {
		Name     string   `json:"name"`
		Types    []string `json:"types"`
		Required bool     `json:"required"`
	} `json:"fields"`
}

// newerMethod is the one method that the bot calls and the file does not know: it is of Bot API 10.5.
const newerMethod = "setMySettings"

// botAPI returns the methods by name, nil without the file.
var botAPI = sync.OnceValues(func() (map[string]apiMethod, error) {
	file := os.Getenv("BOTAPI_JSON")
	if file == "" {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var api struct {
		Methods map[string]apiMethod `json:"methods"`
	}
	return api.Methods, json.Unmarshal(data, &api)
})

// checkCall reports what the Bot API does not know of a call, or misses in it.
func checkCall(t testing.TB, r *http.Request) {
	methods, err := botAPI()
	if err != nil {
		t.Errorf("BOTAPI_JSON: %v", err)
	}
	if methods == nil {
		return
	}
	name := path.Base(r.URL.Path)
	if name == newerMethod {
		return
	}
	method, ok := methods[name]
	if !ok {
		t.Errorf("the Bot API has no method %s", name)
		return
	}
	params, err := callParams(r)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, f := range method.Fields {
		value, given := params[f.Name]
		delete(params, f.Name)
		switch {
		case f.Required && !given:
			t.Errorf("%s without %s", name, f.Name)
		case given && !slices.ContainsFunc(f.Types, func(kind string) bool { return fits(value, kind) }):
			t.Errorf("%s: %s is %s, want %v", name, f.Name, value, f.Types)
		}
	}
	for param := range params {
		t.Errorf("%s takes no %s", name, param)
	}
}

// callParams reads the parameters of a call and leaves its body as it was. Those of a form are strings.
func callParams(r *http.Request) (map[string]json.RawMessage, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	params := map[string]json.RawMessage{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		if string(bytes.TrimSpace(body)) == "null" {
			return params, nil
		}
		return params, json.Unmarshal(body, &params)
	}
	form := r.Clone(r.Context())
	form.Body = io.NopCloser(bytes.NewReader(body))
	if err := form.ParseMultipartForm(1 << 20); err != nil {
		return nil, err
	}
	for name, values := range form.MultipartForm.Value {
		params[name] = json.RawMessage(values[0])
		if !json.Valid(params[name]) {
			params[name], _ = json.Marshal(values[0])
		}
	}
	for name := range form.MultipartForm.File {
		params[name] = json.RawMessage(`{}`)
	}
	return params, nil
}

// fits reports whether a value can be of a type of the Bot API.
func fits(value json.RawMessage, kind string) bool {
	var is any
	if json.Unmarshal(value, &is) != nil {
		return false
	}
	switch v := is.(type) {
	case string:
		return kind == "String"
	case float64:
		return kind == "Float" || kind == "Integer" && v == float64(int64(v))
	case bool:
		return kind == "Boolean" || kind == "True"
	case []any:
		return strings.HasPrefix(kind, "Array of ")
	case map[string]any:
		return !strings.HasPrefix(kind, "Array of ") && !slices.Contains([]string{"String", "Integer", "Float", "Boolean"}, kind)
	}
	return false
}

func TestCallsAreHeldAgainstTheBotAPI(t *testing.T) {
	t.Parallel()
	if methods, err := botAPI(); methods == nil || err != nil {
		t.Skip("BOTAPI_JSON names no file: ", err)
	}
	if methods, _ := botAPI(); methods[newerMethod].Fields != nil {
		t.Errorf("the Bot API knows %s: it is no exception any more", newerMethod)
	}
	for body, faults := range map[string]int{
		`{"chat_id":1,"text":"a"}`:                           0,
		`{"chat_id":1,"text":"a","message_thread_id":5}`:     0,
		`{"chat_id":1,"txt":"a"}`:                            2,
		`{"chat_id":1,"text":5}`:                             1,
		`{"chat_id":1,"text":"a","reply_parameters":"five"}`: 1,
	} {
		counted := &countingTB{TB: t}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x/bot1:t/sendMessage", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if checkCall(counted, r); counted.n != faults {
			t.Errorf("%s: %d faults, want %d", body, counted.n, faults)
		}
	}
}

// countingTB counts errors instead of reporting them.
type countingTB struct {
	testing.TB
	n int
}

func (c *countingTB) Errorf(string, ...any) { c.n++ }
