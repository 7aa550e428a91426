package bot

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

// testdata/botapi.txt is the published Bot API in short. Every call that the tests of this package see is held against it, down to the fields of
// keyboards and inline results, and updates are made of it.

// newerMethod is the one method that the bot calls and the file does not know: it is of Bot API 10.5.
const newerMethod = "setMySettings"

// apiField is a field of a type, or a parameter of a method.
type apiField struct {
	name     string
	required bool
	kinds    []string // that a value may have: "String", "[]PhotoSize", or "String=article" if there is only one value
}

// botAPI is the Bot API: fields by type, parameters by method, and the types that a union can be.
type botAPI struct {
	types, methods map[string][]apiField
	unions         map[string][]string
}

const apiFile = "testdata/botapi.txt"

var readAPI = sync.OnceValues(func() (botAPI, error) {
	text, err := os.ReadFile(apiFile)
	if err != nil {
		return botAPI{}, err
	}
	api := botAPI{map[string][]apiField{}, map[string][]apiField{}, map[string][]string{}}
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		switch words[0] {
		case "type":
			api.types[words[1]] = apiFields(words[2:])
		case "method":
			api.methods[words[1]] = apiFields(words[2:])
		case "union":
			api.unions[words[1]] = strings.Split(words[2], "|")
		}
	}
	return api, nil
})

// theAPI returns the Bot API.
func theAPI(t testing.TB) botAPI {
	t.Helper()
	api, err := readAPI()
	if err != nil {
		t.Fatal(err)
	}
	return api
}

func apiFields(words []string) []apiField {
	var list []apiField
	for _, w := range words {
		at := strings.IndexAny(w, "!?")
		list = append(list, apiField{w[:at], w[at] == '!', strings.Split(w[at+1:], "|")})
	}
	return list
}

// shortAPI returns the file for the Bot API as others publish it: JSON with every type and method.
func shortAPI(published []byte) ([]byte, error) {
	type described struct {
		Fields []struct {
			Name        string   `json:"name"`
			Types       []string `json:"types"`
			Required    bool     `json:"required"`
			Description string   `json:"description"`
		} `json:"fields"`
		Subtypes []string `json:"subtypes"`
	}
	var api struct {
		Version string               `json:"version"`
		Methods map[string]described `json:"methods"`
		Types   map[string]described `json:"types"`
	}
	if err := json.Unmarshal(published, &api); err != nil {
		return nil, err
	}
	constant := regexp.MustCompile(`(?:must be|always) \W*(\w+)\W*$`)
	var b bytes.Buffer
	fmt.Fprintf(&b, "# %s: fields with ! must be there, those with ? may be\n", api.Version)
	for _, kind := range []struct {
		name string
		all  map[string]described
	}{{"type", api.Types}, {"method", api.Methods}} {
		for _, name := range slices.Sorted(maps.Keys(kind.all)) {
			d := kind.all[name]
			if len(d.Subtypes) > 0 {
				fmt.Fprintf(&b, "union %s %s\n", name, shortKinds(d.Subtypes))
				continue
			}
			b.WriteString(kind.name + " " + name)
			for _, f := range d.Fields {
				types := shortKinds(f.Types)
				if m := constant.FindStringSubmatch(f.Description); m != nil && types == "String" {
					types += "=" + m[1]
				}
				fmt.Fprintf(&b, " %s%s%s", f.Name, map[bool]string{true: "!", false: "?"}[f.Required], types)
			}
			b.WriteString("\n")
		}
	}
	return b.Bytes(), nil
}

func shortKinds(types []string) string {
	return strings.ReplaceAll(strings.Join(types, "|"), "Array of ", "[]")
}

// BOTAPI_JSON names the published file. With BOTAPI_UPDATE=1 the short one is written again.
func TestTheBotAPIIsThePublishedOne(t *testing.T) {
	file := os.Getenv("BOTAPI_JSON")
	if file == "" {
		t.Skip("BOTAPI_JSON names no file")
	}
	published, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := shortAPI(published)
	if err != nil {
		t.Fatal(err)
	}
	if os.Getenv("BOTAPI_UPDATE") != "" {
		if err := os.WriteFile(apiFile, want, 0o644); err != nil { //nolint:gosec // a file of the project
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(apiFile); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%s is another one (%v): BOTAPI_UPDATE=1 writes it again", apiFile, err)
	}
}

// calledMethods are the methods that checkCall saw.
var calledMethods sync.Map

// checkCall reports what the Bot API does not know of a call, or misses in it.
func checkCall(t testing.TB, r *http.Request) {
	api, err := readAPI()
	if err != nil {
		t.Errorf("the Bot API: %v", err)
		return
	}
	name := path.Base(r.URL.Path)
	calledMethods.Store(name, true)
	if name == newerMethod {
		return
	}
	parameters, ok := api.methods[name]
	if !ok {
		t.Errorf("the Bot API has no method %s", name)
		return
	}
	given, err := callParams(r, parameters)
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, fault := range api.faults(name, parameters, given) {
		t.Error(fault)
	}
	for _, update := range asList(given["allowed_updates"]) {
		if !slices.ContainsFunc(api.types["Update"], func(f apiField) bool { return f.name == update && !f.required }) {
			t.Errorf("%s: the Bot API has no update %v", name, update)
		}
	}
}

func asList(value any) []any {
	list, _ := value.([]any)
	return list
}

// callParams reads the parameters of a call and leaves its body as it was. In a form every value is a text, which is JSON if the parameter is no text.
func callParams(r *http.Request, parameters []apiField) (map[string]any, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	params := map[string]any{}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if kind == "application/json" {
		return params, json.Unmarshal(body, &params)
	}
	form := r.Clone(r.Context())
	form.Body = io.NopCloser(bytes.NewReader(body))
	if err := form.ParseMultipartForm(1 << 20); err != nil {
		return nil, err
	}
	for name, values := range form.MultipartForm.Value {
		var value any = values[0]
		text := slices.ContainsFunc(parameters, func(f apiField) bool { return f.name == name && slices.Contains(f.kinds, "String") })
		if !text && json.Unmarshal([]byte(values[0]), &value) != nil {
			return nil, fmt.Errorf("%s: %q is no JSON", name, values[0])
		}
		params[name] = value
	}
	for name := range form.MultipartForm.File {
		params[name] = upload{}
	}
	return params, nil
}

// upload is the value of a parameter that is a file of the form.
type upload struct{}

// faults returns what is wrong with the fields of an object.
func (api botAPI) faults(where string, fields []apiField, given map[string]any) []string {
	var faults []string
	for name := range given {
		if !slices.ContainsFunc(fields, func(f apiField) bool { return f.name == name }) {
			faults = append(faults, fmt.Sprintf("%s takes no %s", where, name))
		}
	}
	for _, f := range fields {
		value, ok := given[f.name]
		if !ok {
			if f.required {
				faults = append(faults, fmt.Sprintf("%s without %s", where, f.name))
			}
			continue
		}
		best := []string{fmt.Sprintf("%s.%s of no kind", where, f.name)}
		for i, kind := range f.kinds {
			if some := api.misfits(where+"."+f.name, kind, value); i == 0 || len(some) < len(best) {
				best = some
			}
		}
		faults = append(faults, best...)
	}
	return faults
}

// misfits returns why a value cannot be of a kind; none = it can.
func (api botAPI) misfits(where, kind string, value any) []string {
	wrong := []string{fmt.Sprintf("%s is %v, want %s", where, value, kind)}
	if of, ok := strings.CutPrefix(kind, "[]"); ok {
		list, ok := value.([]any)
		if !ok {
			return wrong
		}
		var faults []string
		for i, v := range list {
			faults = append(faults, api.misfits(fmt.Sprintf("%s[%d]", where, i), of, v)...)
		}
		return faults
	}
	if subtypes, ok := api.unions[kind]; ok {
		best := wrong
		for i, subtype := range subtypes {
			if some := api.misfits(where, subtype, value); i == 0 || len(some) < len(best) {
				best = some
			}
		}
		return best
	}
	basic, constant, _ := strings.Cut(kind, "=")
	ok := false
	switch v := value.(type) {
	case string:
		ok = basic == "String" && (constant == "" || v == constant)
	case float64:
		ok = basic == "Float" || basic == "Integer" && v == float64(int64(v))
	case bool:
		ok = basic == "Boolean" || basic == "True" && v
	case upload:
		ok = basic == "InputFile"
	case map[string]any:
		if fields, known := api.types[kind]; known {
			return api.faults(where, fields, v)
		}
	}
	if ok {
		return nil
	}
	return wrong
}

func TestCallsAreHeldAgainstTheBotAPI(t *testing.T) {
	t.Parallel()
	api := theAPI(t)
	if _, known := api.methods[newerMethod]; known {
		t.Errorf("the Bot API knows %s: it is no exception any more", newerMethod)
	}
	for _, tt := range []struct {
		method, body string
		faults       int
	}{
		{"sendMessage", `{"chat_id":1,"text":"a"}`, 0},
		{"sendMessage", `{"chat_id":1,"text":"a","message_thread_id":5}`, 0},
		{"sendMessage", `{"chat_id":1,"txt":"a"}`, 2},
		{"sendMessage", `{"chat_id":1,"text":5}`, 1},
		{"sendMessage", `{"chat_id":1.5,"text":"a"}`, 1},
		{"sendMessage", `{"chat_id":1,"text":"a","reply_parameters":"five"}`, 1},
		{"sendMessage", `{"chat_id":1,"text":"a","reply_parameters":{"message":5}}`, 2},
		{"sendMessage", `{"chat_id":1,"text":"a","reply_markup":{"inline_keyboard":[[{"text":"b","callback_data":"c"}]]}}`, 0},
		{"sendMessage", `{"chat_id":1,"text":"a","reply_markup":{"inline_keyboard":[[{"text":"b","callback":"c"}]]}}`, 1},
		{"sendMessage", `{"chat_id":1,"text":"a","reply_markup":{"keyboard":[[{"text":"b","request_location":true}]],"is_persistent":true}}`, 0},
		{"sendMessage", `{"chat_id":1,"text":"a","link_preview_options":{"url":7}}`, 1},
		{"answerGuestQuery", `{"guest_query_id":"1","result":{"type":"article","id":"1","title":"a","input_message_content":{"message_text":"b"}}}`, 0},
		{"answerGuestQuery", `{"guest_query_id":"1","result":{"type":"article","id":"1","title":"a","input_message_content":{"text":"b"}}}`, 2},
		{"answerGuestQuery", `{"guest_query_id":"1","result":{"type":"artikle","id":"1","title":"a","input_message_content":{"message_text":"b"}}}`, 1},
		{"setMyCommands", `{"commands":[{"command":"a","description":"b"}],"scope":{"type":"all_group_chats"}}`, 0},
		{"setMyCommands", `{"commands":[{"command":"a"}],"scope":{"type":"all"}}`, 2},
		{"setWebhook", `{"url":"https://a","allowed_updates":["message","inline_query"]}`, 0},
		{"setWebhook", `{"url":"https://a","allowed_updates":["messages","update_id"]}`, 2},
		{"sendMassage", `{}`, 1},
	} {
		counted := &countingTB{TB: t}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://x/bot1:t/"+tt.method, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		if checkCall(counted, r); counted.n != tt.faults {
			t.Errorf("%s %s: %d faults, want %d", tt.method, tt.body, counted.n, tt.faults)
		}
	}
}

// countingTB counts errors instead of reporting them.
type countingTB struct {
	testing.TB
	n int
}

func (c *countingTB) Error(...any) { c.n++ }

func (c *countingTB) Errorf(string, ...any) { c.n++ }

// uncalled returns the methods that the program names and that were not called.
func uncalled(called func(method string) bool) ([]string, error) {
	api, err := readAPI()
	if err != nil {
		return nil, err
	}
	literal := regexp.MustCompile(`"([a-z][a-zA-Z]+)"`)
	var missing []string
	for _, dir := range []string{".", "telegram", "intake", "app"} {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, err
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return nil, err
			}
			for _, m := range literal.FindAllStringSubmatch(string(text), -1) {
				_, known := api.methods[m[1]]
				if (known || m[1] == newerMethod) && !called(m[1]) && !slices.Contains(missing, m[1]) {
					missing = append(missing, m[1])
				}
			}
		}
	}
	return missing, nil
}

func TestUncalledMethods(t *testing.T) {
	t.Parallel()
	missing, err := uncalled(func(method string) bool { return method == "sendMessage" })
	if err != nil || len(missing) < 25 || slices.Contains(missing, "sendMessage") || !slices.Contains(missing, "getUpdates") || !slices.Contains(missing, newerMethod) {
		t.Errorf("missing %v, %v", missing, err)
	}
}

// TestMain runs the tests. If all of them ran, every method that the program names must have been called, so that the Bot API was asked about it.
func TestMain(m *testing.M) {
	code := m.Run()
	all := true
	for _, name := range []string{"test.run", "test.skip", "test.short", "test.fuzz", "test.list"} {
		value := flag.Lookup(name).Value.String()
		all = all && (value == "" || value == "false")
	}
	called := func(method string) bool { _, ok := calledMethods.Load(method); return ok }
	if missing, err := uncalled(called); all && code == 0 && (err != nil || len(missing) > 0) {
		fmt.Printf("no test called %v (%v)\n", missing, err)
		code = 1
	}
	os.Exit(code)
}
