package text

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/text/feature/plural"
)

// TestCallsUseKeysThatExist reads the program's source. Every call of Say or Plain with a literal key must use a key of the catalogues and pass all of
// its placeholders; only Say may show markup.
func TestCallsUseKeysThatExist(t *testing.T) {
	keys := load(t).Words("en").entries
	checked := 0
	for _, file := range sources(t, "../..") {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Logf("skipped: %v", err) // the compiler reports it
			continue
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			method, key := callOf(call)
			if key == "" {
				return true
			}
			checked++
			where := fset.Position(call.Pos())
			e, known := keys[key]
			if !known {
				t.Errorf("%s: %s(%q): no such key", where, method, key)
				return true
			}
			if method == "Say" && plain(key) {
				t.Errorf("%s: Say(%q): the text is plain, use Plain", where, key)
			}
			if method == "Plain" && !plain(key) {
				t.Errorf("%s: Plain(%q): the text is HTML, use Say", where, key)
			}
			given, literal := argumentNames(call)
			for _, name := range e.forms[plural.Other].names() {
				if literal && !slices.Contains(given, name) {
					t.Errorf("%s: %s(%q): {%s} is not given", where, method, key, name)
				}
			}
			return true
		})
	}
	if checked == 0 {
		t.Error("found no calls: the test looks in the wrong place")
	}
}

// sources lists the program's Go files under root, without tests.
func sources(t *testing.T, root string) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && path != root && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." {
			return fs.SkipDir
		}
		if strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go") {
			files = append(files, path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// callOf returns the method and the literal key of a call of Say or Plain, "" for other calls.
func callOf(call *ast.CallExpr) (method, key string) {
	fun, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || fun.Sel.Name != "Say" && fun.Sel.Name != "Plain" || len(call.Args) == 0 {
		return "", ""
	}
	return fun.Sel.Name, literalString(call.Args[0])
}

// argumentNames returns the literal names among a call's name, value pairs; false if the pairs are not written out.
func argumentNames(call *ast.CallExpr) (names []string, literal bool) {
	if call.Ellipsis != token.NoPos {
		return nil, false
	}
	for i := 1; i < len(call.Args); i += 2 {
		names = append(names, literalString(call.Args[i]))
	}
	return names, true
}

func literalString(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, err := strconv.Unquote(lit.Value)
	if err != nil {
		return ""
	}
	return s
}
