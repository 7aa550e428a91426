package demo

import (
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// filesWith returns the page's files with the ending, by name.
func filesWith(t *testing.T, ending string) map[string]string {
	t.Helper()
	names, err := fs.Glob(pageFiles, "page/*"+ending)
	if err != nil || len(names) == 0 {
		t.Fatalf("files with %s: %v %v", ending, names, err)
	}
	files := map[string]string{}
	for _, name := range names {
		data, err := pageFiles.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files[strings.TrimPrefix(name, "page/")] = string(data)
	}
	return files
}

// The page loads nothing from other hosts and has no inline script or style, which its policy would refuse.
func TestDemoPageIsSelfContained(t *testing.T) {
	_, mux := newTestPage(t)
	w := ask(mux, http.MethodGet, "/", "")
	if got := w.Header().Get("Content-Security-Policy"); !strings.HasPrefix(got, "default-src 'none'") || strings.Contains(got, "unsafe") {
		t.Errorf("policy %q", got)
	}
	inline := regexp.MustCompile(`(?i)<script>|<style|\sstyle=|\son[a-z]+=|javascript:`)
	outside := regexp.MustCompile(`(?i)(src|href|url|from|import|fetch)\s*[=( ]\s*["']?(https?:)?//`)
	kinds := map[string]string{".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}
	for ending, kind := range kinds {
		for name, text := range filesWith(t, ending) {
			if found := outside.FindString(text); found != "" {
				t.Errorf("%s loads from outside: %s", name, found)
			}
			if found := inline.FindString(text); found != "" && ending == ".html" {
				t.Errorf("%s has inline code: %s", name, found)
			}
			path := "/" + name
			if ending == ".html" {
				path = "/"
			}
			if w := ask(mux, http.MethodGet, path, ""); w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
				t.Errorf("%s is not served: %d %s", name, w.Code, w.Header().Get("Content-Type"))
			}
		}
	}
	if w := ask(mux, http.MethodGet, "/nothing.js", ""); w.Code != http.StatusNotFound {
		t.Errorf("a file that is not there: %d", w.Code)
	}
}

// Every text of the page exists in both languages, with the same placeholders, and is used.
func TestDemoWords(t *testing.T) {
	var words map[string]map[string]string
	if err := json.Unmarshal([]byte(filesWith(t, ".json")["words.json"]), &words); err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(words)); !slices.Equal(got, languages) {
		t.Fatalf("words in %v, want %v", got, languages)
	}
	names := regexp.MustCompile(`\{\w+\}`)
	for key, en := range words["en"] {
		ru, ok := words["ru"][key]
		if !ok || en == "" || ru == "" {
			t.Errorf("%s: %q and %q", key, en, ru)
		}
		if a, b := sorted(names.FindAllString(en, -1)), sorted(names.FindAllString(ru, -1)); !slices.Equal(a, b) {
			t.Errorf("%s has the placeholders %v and %v", key, a, b)
		}
	}
	for key := range words["ru"] {
		if _, ok := words["en"][key]; !ok {
			t.Errorf("%s is in Russian only", key)
		}
	}

	html := filesWith(t, ".html")["index.html"]
	var used []string
	for _, m := range regexp.MustCompile(`data-(?:text|label|placeholder)="(\w+)"`).FindAllStringSubmatch(html, -1) {
		used = append(used, m[1])
	}
	scripts := strings.Join(slices.Collect(maps.Values(filesWith(t, ".js"))), "\n")
	for _, m := range regexp.MustCompile(`say\("(\w+)"`).FindAllStringSubmatch(scripts, -1) {
		if !strings.HasSuffix(m[1], "_") { // the beginning of several keys, see below
			used = append(used, m[1])
		}
	}
	if len(used) < 60 {
		t.Errorf("only %d texts are used", len(used))
	}
	for _, key := range used {
		if words["en"][key] == "" {
			t.Errorf("%s is used and does not exist", key)
		}
	}
	prefixes := regexp.MustCompile(`^(pace|source|n|photo)_`) // the rest of the key comes from data
	for key := range words["en"] {
		if !slices.Contains(used, key) && !strings.Contains(scripts, `"`+key+`"`) && !prefixes.MatchString(key) {
			t.Errorf("%s is not used", key)
		}
	}
	for _, source := range []string{"library", "pack", "generated", "extract", "none", "busy"} {
		if words["en"]["source_"+source] == "" {
			t.Errorf("no text for the source %s", source)
		}
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}
