package cli

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "excursobot"

// freeForAll are the libraries that every package may import, besides the standard one.
var freeForAll = []string{"golang.org/x/sync"}

// imports is what a package may import: our packages by path inside the module, libraries by prefix.
type imports struct{ ours, libraries []string }

// table has a row for every package. A package that ships does not import the demo, the load test or the simulated servers; only bot/cli, the
// whole program, does.
var table = map[string]imports{
	"geo":                   {libraries: []string{"github.com/dgraph-io/ristretto/v2", "github.com/golang/geo"}},
	"limiter":               {libraries: []string{"golang.org/x/time/rate"}},
	"bot/text":              {libraries: []string{"go.yaml.in/yaml/v4", "golang.org/x/text"}},
	"bot/sim":               {ours: []string{"limiter"}},
	"geo/maplink":           {ours: []string{"geo"}},
	"geo/track":             {ours: []string{"geo"}, libraries: []string{"golang.org/x/image"}},
	"geo/route":             {ours: []string{"geo"}},
	"store":                 {ours: []string{"geo"}},
	"store/dump":            {ours: []string{"store"}},
	"store/textzip":         {},
	"store/fallback":        {ours: []string{"store", "geo"}},
	"store/boltstore":       {ours: []string{"store", "store/textzip", "geo"}, libraries: []string{"go.etcd.io/bbolt"}},
	"store/pgstore":         {ours: []string{"store", "store/textzip", "geo", "limiter"}, libraries: []string{"github.com/jackc/pgx/v5"}},
	"store/pgstore/legacy":  {libraries: []string{"github.com/jackc/pgx/v5"}},
	"store/pgstore/pgtest":  {libraries: []string{"github.com/jackc/pgx/v5"}},
	"store/storetest":       {ours: []string{"store", "store/dump", "geo"}, libraries: []string{"github.com/google/go-cmp"}},
	"geo/editions":          {ours: []string{"geo"}},
	"geo/places/wikitext":   {libraries: []string{"golang.org/x/text"}},
	"geo/places":            {ours: []string{"geo/editions", "geo/places/wikitext", "geo", "store", "limiter"}},
	"bot/guide/model/facts": {ours: []string{"geo/places/wikitext"}, libraries: []string{"golang.org/x/text"}},
	"bot/guide/chat":        {ours: []string{"limiter"}, libraries: []string{"github.com/sashabaranov/go-openai", "github.com/sony/gobreaker/v2"}},
	"bot/guide/model":       {ours: []string{"bot/guide/chat", "bot/guide/model/facts", "geo/places/wikitext", "geo/places"}, libraries: []string{"golang.org/x/text"}},
	"bot/guide/ask":         {ours: []string{"bot/guide/chat", "bot/guide/model", "bot/guide/model/facts", "geo/places/wikitext", "geo/places"}},
	"bot/pack":              {ours: []string{"bot/guide/model", "geo", "geo/places", "geo/places/wikitext", "limiter", "store", "store/dump"}},
	"bot/guide":             {ours: []string{"geo", "geo/places", "geo/places/wikitext", "bot/guide/ask", "bot/guide/chat", "bot/guide/model", "limiter", "store"}},
	"bot/speech":            {ours: []string{"limiter", "store"}, libraries: []string{"github.com/sashabaranov/go-openai", "github.com/sony/gobreaker/v2"}},
	"bot/live":              {ours: []string{"geo", "geo/track", "limiter", "store"}},
	"bot/telegram":          {ours: []string{"limiter"}, libraries: []string{"gopkg.in/telebot.v3"}},
	"bot/booklet":           {ours: []string{"geo"}},
	"bot/intake/cluster":    {ours: []string{"limiter", "store"}},
	"bot/intake":            {ours: []string{"bot/intake/cluster", "bot/telegram", "limiter", "store"}},
	"bot":                   {ours: []string{"bot/booklet", "geo", "geo/maplink", "geo/route", "geo/track", "geo/places", "limiter", "store", "bot/intake", "bot/telegram", "bot/text", "bot/guide", "bot/live", "bot/speech"}},
	"bot/monitor/metric":    {libraries: []string{"github.com/prometheus/common"}},                                              // of its tests
	"bot/monitor":           {ours: []string{"bot/monitor/metric"}, libraries: []string{"github.com/prometheus/client_golang"}}, // of its tests
	"bot/config":            {ours: []string{"store/pgstore"}, libraries: []string{"go.yaml.in/yaml/v4"}},
	"bot/web":               {},
	"bot/killpoint":         {ours: []string{"store"}},
	"bot/admin":             {ours: []string{"bot/config", "bot/killpoint", "bot/pack", "bot/text", "bot/web", "limiter", "store", "store/boltstore", "store/dump", "store/pgstore", "store/pgstore/legacy"}},
	"bot/app":               {ours: []string{"bot", "bot/admin", "bot/config", "bot/guide", "bot/guide/ask", "bot/guide/chat", "bot/intake", "bot/guide/model", "bot/killpoint", "bot/live", "bot/monitor", "bot/pack", "bot/speech", "bot/telegram", "bot/text", "bot/web", "geo", "geo/places", "limiter", "store", "store/boltstore", "store/fallback", "store/pgstore"}, libraries: []string{"github.com/lmittmann/tint", "golang.org/x/sys"}},
	"bot/demo":              {ours: []string{"bot/app", "bot/config", "bot/guide", "bot/pack", "bot/sim", "bot/web", "geo", "geo/places"}},
	"bot/loadtest":          {ours: []string{"bot/admin", "bot/pack", "bot/app", "bot/config", "bot/guide", "bot/monitor", "bot/sim", "bot/text", "bot/web", "geo", "limiter"}},
	"bot/cli":               {ours: []string{"geo/maplink", "bot/admin", "bot/app", "bot/config", "bot/demo", "bot/loadtest", "bot/pack", "bot/web"}, libraries: []string{"github.com/alecthomas/kong"}},
	".":                     {ours: []string{"bot/cli"}},
}

// inTests is what every test may import as well: the simulated servers, the real store and its suite.
var inTests = imports{
	ours:      []string{"bot/sim", "store/boltstore", "store/dump", "store/fallback", "store/pgstore", "store/pgstore/pgtest", "store/storetest", "bot/text", "geo", "geo/places", "limiter", "store", "bot/guide", "bot/guide/ask", "bot/guide/chat", "bot/guide/model"},
	libraries: []string{"github.com/google/go-cmp"},
}

func TestImportsKeepToTheTable(t *testing.T) {
	root := filepath.Join("..", "..")
	seen := map[string]bool{}
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "testdata" || name != ".." && strings.HasPrefix(name, ".") && len(name) > 1 {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(file, ".go") {
			return nil
		}
		dir, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(dir)
		seen[pkg] = true
		for _, path := range importsOf(t, file) {
			if why := refuse(pkg, path, strings.HasSuffix(file, "_test.go")); why != "" {
				t.Errorf("%s imports %s: %s", filepath.ToSlash(file), path, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, pkg := range []string{".", "bot", "bot/app", "geo", "limiter", "store"} {
		if !seen[pkg] {
			t.Errorf("package %s was not found: does the walk start at the module's root?", pkg)
		}
	}
}

// refuse returns why a file of pkg may not import path, "" = it may.
func refuse(pkg, path string, test bool) string {
	row, known := table[pkg]
	if !known {
		return "package " + pkg + " has no row in the table"
	}
	if ours, ok := strings.CutPrefix(path, module+"/"); ok {
		switch {
		case ours == pkg && test, slices.Contains(row.ours, ours):
			return ""
		case test && slices.Contains(inTests.ours, ours):
			return ""
		}
		return "not among the packages that " + pkg + " may know"
	}
	if first, _, _ := strings.Cut(path, "/"); !strings.Contains(first, ".") { // the standard library
		switch {
		case path == "testing" || strings.HasPrefix(path, "testing/"):
			if !test && pkg != "store/storetest" && pkg != "store/pgstore/pgtest" {
				return "testing is for tests and for packages that only tests import"
			}
		case path == "C" || path == "unsafe":
			return "the binary is pure Go"
		}
		return ""
	}
	allowed := slices.Concat(freeForAll, row.libraries)
	if test {
		allowed = append(allowed, inTests.libraries...)
	}
	if slices.ContainsFunc(allowed, func(prefix string) bool { return path == prefix || strings.HasPrefix(path, prefix+"/") }) {
		return ""
	}
	return "a library that no row gives to " + pkg
}

func TestRefuse(t *testing.T) {
	tests := []struct {
		name, pkg, path string
		test, ok        bool
	}{
		{"standard library", "geo", "net/http", false, true},
		{"our own below", "store", "excursobot/geo", false, true},
		{"our own above", "geo", "excursobot/store", false, false},
		{"library of the package", "bot/telegram", "gopkg.in/telebot.v3", false, true},
		{"library of another", "bot/guide", "gopkg.in/telebot.v3", false, false},
		{"longer name than the prefix", "geo", "github.com/golang/geometry", false, false},
		{"sim in a test", "bot", "excursobot/bot/sim", true, true},
		{"sim outside tests", "bot", "excursobot/bot/sim", false, false},
		{"testing outside tests", "bot", "testing", false, false},
		{"testing in the suite", "store/storetest", "testing", false, true},
		{"simulated servers outside tests", "bot/app", "excursobot/bot/sim", false, false},
		{"demo from what ships", "bot/app", "excursobot/bot/demo", false, false},
		{"demo from the program", "bot/cli", "excursobot/bot/demo", false, true},
		{"app from below", "bot", "excursobot/bot/app", true, false},
		{"unknown package", "bot/extra", "fmt", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if why := refuse(tt.pkg, tt.path, tt.test); (why == "") != tt.ok {
				t.Errorf("refuse(%s, %s, test %v) = %q, want allowed %v", tt.pkg, tt.path, tt.test, why, tt.ok)
			}
		})
	}
}

// Every package in a row has a row, and no row reaches itself through others.
func TestTableHasNoCycles(t *testing.T) {
	var visit func(pkg string, above []string)
	visit = func(pkg string, above []string) {
		if slices.Contains(above, pkg) {
			t.Fatalf("cycle: %v", append(above, pkg))
		}
		for _, next := range table[pkg].ours {
			if _, known := table[next]; !known {
				t.Errorf("%s may import %s, which has no row", pkg, next)
			}
			visit(next, append(slices.Clone(above), pkg))
		}
	}
	for pkg := range table {
		visit(pkg, nil)
	}
}

// The top level is fixed: one Go file and these folders.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	folders := []string{"bot", "store", "limiter", "geo", "docs", "bin", "data"} // the last two are git-ignored
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."):
		case e.IsDir() && !slices.Contains(folders, name):
			t.Errorf("unexpected folder %s", name)
		case path.Ext(name) == ".go" && name != "main.go":
			t.Errorf("unexpected Go file %s", name)
		}
	}
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, spec := range f.Imports {
		p, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
	return list
}
