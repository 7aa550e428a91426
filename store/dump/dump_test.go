package dump_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/store"
	"excursobot/store/dump"
	"excursobot/store/storetest"
)

// dumped returns a dump of rows in the order that they need.
func dumped(t testing.TB, rows []store.Row) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := dump.NewWriter(&b, dump.Header{Content: "store", Program: "test", Created: time.Unix(1e9, 5)})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Put(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// inOrder returns the rows in the order of a dump.
func inOrder(rows []store.Row) []store.Row {
	var sorted []store.Row
	for _, table := range store.Tables() {
		var of []store.Row
		for _, r := range rows {
			if r.Table == table {
				of = append(of, r)
			}
		}
		slices.SortFunc(of, func(a, b store.Row) int { return strings.Compare(string(a.Key), string(b.Key)) })
		sorted = append(sorted, of...)
	}
	return sorted
}

// read returns the rows of a dump until its end or an error.
func read(content []byte) ([]store.Row, error) {
	r, err := dump.NewReader(bytes.NewReader(content))
	if err != nil {
		return nil, err
	}
	var rows []store.Row
	for {
		row, err := r.Next()
		if errors.Is(err, io.EOF) {
			_, again := r.Next()
			if !errors.Is(again, io.EOF) {
				err = fmt.Errorf("after the end: %w", again)
				return rows, err
			}
			return rows, nil
		}
		if err != nil {
			return rows, err
		}
		rows = append(rows, row)
	}
}

// zipped returns text as a dump would be compressed.
func zipped(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text) // into memory
	_ = w.Close()
	return b.Bytes()
}

func unzipped(t *testing.T, content []byte) string {
	t.Helper()
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestADumpGivesBackItsRows(t *testing.T) {
	want := inOrder(storetest.Rows())
	content := dumped(t, want)
	got, err := read(content)
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if !bytes.Equal(content, dumped(t, want)) {
		t.Error("two dumps of the same rows differ")
	}
	r, err := dump.NewReader(bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	if h := (dump.Header{Format: "excursobot-dump", Version: 1, Content: "store", Program: "test", Created: time.Unix(1e9, 0).UTC()}); r.Header() != h {
		t.Errorf("header %+v, want %+v", r.Header(), h)
	}
	if rows, err := read(dumped(t, nil)); err != nil || rows != nil {
		t.Errorf("an empty dump: %v, %v", rows, err)
	}
}

// testdata/version1.jsonl is an unpacked dump of version 1 with something in every field. It stays as it is.
func TestVersion1IsRead(t *testing.T) {
	text, err := os.ReadFile("testdata/version1.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := read(zipped(string(text)))
	if err != nil || len(rows) < 14 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	if got := unzipped(t, dumped(t, rows)); got != string(text) {
		t.Errorf("written again (-want +got):\n%s", cmp.Diff(string(text), got))
	}
}

func TestBatches(t *testing.T) {
	var rows []store.Row
	for i := range 25 {
		rows = append(rows, store.NewRow(store.User{ID: int64(i)}))
	}
	big := strings.Repeat("x", dump.MaxLine-100)
	for _, name := range []string{"a", "b", "c"} {
		rows = append(rows, store.NewRow(store.SettingRow{Name: name, Value: big}))
	}
	r, err := dump.NewReader(bytes.NewReader(dumped(t, rows)))
	if err != nil {
		t.Fatal(err)
	}
	var sizes []int
	for batch, err := range r.Batches(10) {
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(batch))
	}
	if want := []int{10, 10, 5, 1, 1, 1}; !slices.Equal(sizes, want) {
		t.Errorf("batches of %v rows, want %v", sizes, want)
	}
}

func TestWriterRefuses(t *testing.T) {
	w, err := dump.NewWriter(io.Discard, dump.Header{})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		name   string
		record any
		ok     bool
	}{
		{"a user", store.User{ID: 7}, true},
		{"the same user", store.User{ID: 7}, false},
		{"an earlier user", store.User{ID: 6}, false},
		{"a setting", store.SettingRow{Name: "a"}, true},
		{"an earlier table", store.User{ID: 8}, false},
		{"a long line", store.SettingRow{Name: "b", Value: strings.Repeat("x", dump.MaxLine)}, false},
	} {
		if err := w.Put(store.NewRow(step.record)); (err == nil) != step.ok {
			t.Errorf("%s: %v", step.name, err)
		}
	}
}

func TestReaderRefuses(t *testing.T) {
	whole := unzipped(t, dumped(t, inOrder(storetest.Rows())))
	lines := strings.SplitAfter(strings.TrimSuffix(whole, "\n"), "\n")
	header, rows, end := lines[0], lines[1:len(lines)-1], lines[len(lines)-1]+"\n"
	all := strings.Join(rows, "")
	user := `{"table":"users","row":{"id":1,"metres":0}}` + "\n"
	for name, tt := range map[string]struct {
		text string
		want error
	}{
		"nothing":                {"", dump.ErrTruncated},
		"no header":              {all + end, dump.ErrFormat},
		"another format":         {strings.Replace(header, "excursobot", "other", 1) + all + end, dump.ErrFormat},
		"a newer version":        {strings.Replace(header, `"version":1`, `"version":2,"new":{}`, 1) + "?", dump.ErrVersion},
		"no version":             {strings.Replace(header, `"version":1,`, "", 1) + all + end, dump.ErrVersion},
		"no end":                 {header + all, dump.ErrTruncated},
		"cut in a line":          {header + all + end[:len(end)-3], dump.ErrTruncated},
		"no last newline":        {header + all + strings.TrimSuffix(end, "\n"), dump.ErrTruncated},
		"a line is missing":      {header + strings.Join(rows[1:], "") + end, dump.ErrDamaged},
		"a line twice":           {header + rows[0] + all + end, dump.ErrDamaged},
		"lines in another order": {header + rows[len(rows)-1] + strings.Join(rows[:len(rows)-1], "") + end, dump.ErrDamaged},
		"a changed line":         {header + strings.Replace(all, "ru", "en", 1) + end, dump.ErrDamaged},
		"something behind":       {whole + "x", dump.ErrDamaged},
		"an end behind the end":  {whole + end, dump.ErrDamaged},
		"unknown table":          {header + `{"table":"x","row":{}}` + "\n", dump.ErrDamaged},
		"unknown field of a row": {header + `{"table":"users","row":{"id":1,"x":2}}` + "\n", dump.ErrDamaged},
		"unknown field":          {header + `{"table":"users","row":{"id":1},"x":2}` + "\n", dump.ErrDamaged},
		"wrong type":             {header + `{"table":"users","row":{"id":"1"}}` + "\n", dump.ErrDamaged},
		"row of no table":        {header + `{"row":{}}` + "\n", dump.ErrDamaged},
		"row and end":            {header + strings.TrimSuffix(user, "}\n") + `,"end":[]}` + "\n", dump.ErrDamaged},
		"neither":                {header + "{}\n", dump.ErrDamaged},
		"no JSON":                {header + "junk\n", dump.ErrDamaged},
		"two values in a line":   {header + strings.TrimSuffix(user, "\n") + user, dump.ErrDamaged},
		"a long line":            {header + strings.Repeat(" ", dump.MaxLine+1), dump.ErrDamaged},
		"a long header":          {strings.Repeat(" ", dump.MaxLine+1) + header, dump.ErrDamaged},
	} {
		if _, err := read(zipped(tt.text)); !errors.Is(err, tt.want) {
			t.Errorf("%s: got error %v, want %v", name, err, tt.want)
		}
	}
}

func TestReaderNoticesCutsAndDamageOfTheFile(t *testing.T) {
	want := inOrder(storetest.Rows())
	content := dumped(t, want)
	for size := range content {
		if _, err := read(content[:size]); !errors.Is(err, dump.ErrTruncated) && !errors.Is(err, dump.ErrFormat) {
			t.Fatalf("cut to %d bytes: %v", size, err)
		}
	}
	for i := 10; i < len(content); i++ { // behind gzip's head, of which some bytes mean nothing
		bad := bytes.Clone(content)
		bad[i] ^= 0x10
		if got, err := read(bad); err == nil && !cmp.Equal(got, want) { // some bits before gzip's end mean nothing
			t.Fatalf("byte %d changed: no error, and other rows", i)
		}
	}
}

// A line that unpacks to much more than MaxLine costs no memory: it is refused after MaxLine bytes.
func TestABombIsRefused(t *testing.T) {
	bomb := zipped(strings.Repeat("\x00", 64<<20))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := read(bomb)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, dump.ErrDamaged) {
		t.Errorf("got error %v", err)
	}
	if allocated := after.TotalAlloc - before.TotalAlloc; allocated > 8*dump.MaxLine {
		t.Errorf("%d bytes were allocated", allocated)
	}
}

func FuzzReader(f *testing.F) {
	zip, err := gzip.NewReader(bytes.NewReader(dumped(f, []store.Row{
		store.NewRow(store.User{ID: 7, Language: "ru", Seen: time.Unix(1e9, 0)}), store.NewRow(store.DoneRow{Position: 1, Update: 3}),
	})))
	if err != nil {
		f.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Add([]byte(`{"format":"excursobot-dump","version":1}` + "\n" + `{"end":[]}` + "\n"))
	f.Add([]byte(`{"format":"excursobot-dump","version":1}` + "\n" + `{"table":"users","row":{"id":-1}}` + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) { // uncompressed: a mutated gzip would only test its checksum
		rows, err := read(zipped(string(text)))
		_, _ = read(text) // as a file
		if err != nil {
			return
		}
		again, err := read(dumped(t, rows)) // what is accepted can be written
		if err != nil || !cmp.Equal(rows, again) {
			t.Errorf("read %v, then %v: %v", rows, again, err)
		}
	})
}

func BenchmarkRoundTrip(b *testing.B) {
	var rows []store.Row
	for i := range 1000 {
		rows = append(rows, store.NewRow(store.PlaceRow{Place: store.Place{ID: fmt.Sprintf("Q%06d", i), Language: "ru", Extract: strings.Repeat("Об этом доме рассказывают. ", 20)}}))
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := read(dumped(b, rows)); err != nil {
			b.Fatal(err)
		}
	}
}
