package admin

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/limiter"
	"excursobot/store"
	"excursobot/store/boltstore"
)

var movePeople = flag.Int("people", 0, "people and stories of TestRoundTrip")

// TestRoundTrip moves a large store to Postgres and back by the program itself, and prints what that takes (make move).
func TestRoundTrip(t *testing.T) {
	n := *movePeople
	if n == 0 {
		t.Skip("no -people")
	}
	url, _ := testSchema(t)
	dir := t.TempDir()
	bin, from, back := filepath.Join(dir, "excursobot"), filepath.Join(dir, "from.db"), filepath.Join(dir, "back.db")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", bin, "excursobot") //nolint:gosec // our own
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	fillLarge(t, from, n)
	fi, err := os.Stat(from)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people and stories, a file of %d MiB", n, fi.Size()>>20)

	measure(t, io.Discard, bin, "migrate", "--from", from, "--to", url)
	measure(t, io.Discard, bin, "migrate", "--from", url, "--to", back)
	killed := filepath.Join(dir, "killed.db")
	killAt(t, "rows copied", bin, "migrate", "--from", url, "--to", killed)
	measure(t, io.Discard, bin, "migrate", "--from", url, "--to", killed)
	var first []byte
	for _, end := range []string{from, url, back, killed} {
		var out bytes.Buffer
		measure(t, &out, bin, "export", "--from", end)
		text := linesOf(t, out.String())
		sum, lines := sha256.Sum256([]byte(text)), strings.Count(text, "\n")
		t.Logf("%d lines, %d MiB, %d MiB compressed, sha256 %x", lines, len(text)>>20, out.Len()>>20, sum)
		if first == nil {
			first = sum[:]
		}
		if !bytes.Equal(sum[:], first) || lines < 6*n {
			t.Error("not equal, or not everything")
		}
	}
}

// killAt runs the program and kills it when it says something.
func killAt(t *testing.T, what, bin string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, args...) //nolint:gosec // built above
	said, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), what) {
	}
	if err := errors.Join(cmd.Process.Kill(), cmd.Wait()); err == nil || !strings.Contains(lines.Text(), what) {
		t.Fatalf("not killed at %q: %v", what, err)
	}
	t.Logf("killed -9 at %q", lines.Text())
}

// measure runs the program and logs its time and its peak memory: the process's own, and with the pages of files that it looked at, which the
// system takes back when it needs them.
func measure(t *testing.T, out io.Writer, bin string, args ...string) {
	t.Helper()
	var errs bytes.Buffer
	cmd := exec.CommandContext(t.Context(), bin, args...) //nolint:gosec // built above
	cmd.Stdout, cmd.Stderr = out, &errs
	began := time.Now()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	watching, stop := context.WithCancel(t.Context())
	peaks := make(chan [2]int)
	go func() { peaks <- watchProcess(watching, cmd.Process.Pid) }()
	err := cmd.Wait()
	took := time.Since(began)
	stop()
	peak := <-peaks
	if err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, &errs)
	}
	var ends []string
	for i, a := range args[1:] {
		if i%2 == 1 {
			a, _, _ = strings.Cut(filepath.Base(a), "?")
			ends = append(ends, a)
		}
	}
	t.Logf("%s %s: %.1f s, at most %d MiB of its own, %d MiB with files", args[0], strings.Join(ends, " to "), took.Seconds(), peak[0], peak[1])
}

// watchProcess returns the most anonymous memory and the most memory in all that a process had, in MiB. Linux only.
func watchProcess(ctx context.Context, pid int) (most [2]int) {
	for limiter.Sleep(ctx, 20*time.Millisecond) == nil {
		status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil {
			continue
		}
		for i, key := range []string{"RssAnon:", "VmHWM:"} {
			_, rest, _ := strings.Cut(string(status), key)
			if fields := strings.Fields(rest); len(fields) > 0 {
				if kib, err := strconv.Atoi(fields[0]); err == nil {
					most[i] = max(most[i], kib>>10)
				}
			}
		}
	}
	return most
}

// fillLarge makes a store with n people and stories: what they heard, votes, walks, payments and the rest in proportion.
func fillLarge(t *testing.T, path string, n int) {
	t.Helper()
	s, err := boltstore.Open(boltstore.Config{Path: path})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 5, 17, 12, 0, 0, 123456000, time.UTC)
	var rows []store.Row
	flush := func() {
		if err := s.PutRows(t.Context(), rows); err != nil {
			t.Fatal(err)
		}
		rows = rows[:0]
	}
	add := func(record any) {
		if rows = append(rows, store.NewRow(record)); len(rows) == 5000 {
			flush()
		}
	}
	text := strings.Repeat("Об этом доме рассказывают вот что. ", 12)
	for i := range n {
		seen := at.Add(time.Duration(i) * time.Microsecond)
		id, point := fmt.Sprint("Q", i), geo.Offset(geo.Point{Lat: 48.8584, Lon: 2.2945}, float64(i%360), float64(i*7%20_000_000))
		add(store.User{ID: int64(i) + 1, Language: "ru", LanguageCode: "ru", Created: at, Seen: seen, Walks: i % 7, Metres: float64(i) / 7})
		add(store.PlaceRow{Leads: true, Place: store.Place{
			ID: id, Language: "ru", PageID: int64(i) + 1, Title: "Дом " + id, Point: point, Extract: text, Length: i, URL: "https://ru.wikipedia.org/?curid=" + id, Source: "wikipedia", Fetched: at,
		}})
		key := store.StoryKey{Place: id, Language: "ru", Length: store.Short}
		add(store.StoryRow{Edition: uint64(i) + 1, Story: store.Story{
			StoryKey: key, Title: "Дом " + id, Point: point, Kind: "landmark", Text: text + id, Source: "model", Model: "m", Likes: i % 3, Created: at, Expires: seen.Add(store.StoryLife),
		}})
		for j := range 3 {
			told := store.ToldRow{Person: int64(i) + 1, Place: fmt.Sprint("Q", (i+j*31)%n), At: seen}
			if j == 0 && i%3 == 1 {
				told.Vote = store.VoteRow{Mark: store.Like, At: seen, Language: "ru", Length: store.Short, Edition: uint64(i) + 1}
			}
			add(told)
		}
		switch {
		case i%10 == 0:
			add(store.LedgerRow{Day: store.DayOf(at), Person: int64(i) + 1, Tokens: int64(i)})
			add(store.Walk{ID: fmt.Sprint(i, ":1"), Person: int64(i) + 1, Revision: 5, Closed: true, Share: store.Share{Began: at}, Expires: seen.Add(time.Hour)})
		case i%10 == 1:
			cell := geo.CellAt(point, geo.LevelTile)
			add(store.Tile{TileKey: store.TileKey{Cell: cell, Language: "ru"}, Pages: []store.Page{{ID: int64(i), Title: "Дом " + id, Point: point}}, Expires: seen})
		case i%100 == 2:
			w := store.Walk{ID: fmt.Sprint(i, ":1"), Person: int64(i) + 1, Revision: 5, Share: store.Share{Began: at}, Position: store.Position{Point: point, Track: bytes.Repeat([]byte{1, 2, 3}, 400)}}
			add(w)
			add(store.StopRow{Walk: w.ID, Stop: store.Stop{Number: 1, Place: id, Title: "Дом", Point: point, At: seen}})
			add(store.Payment{Charge: "charge-" + id, Person: int64(i) + 1, Stars: 50, At: seen})
		}
	}
	for i := range min(n/10, store.WalksKept) {
		add(store.ClosedRow{Position: i + 1, Walk: fmt.Sprint(i*10, ":1")})
	}
	for i := range min(n, store.DoneKept) {
		add(store.DoneRow{Position: i + 1, Update: int64(i*7919%store.DoneKept) + 1})
	}
	for i := range 100 {
		raw := bytes.Repeat([]byte("update"), 100)
		add(store.Entry{Update: int64(1_000_000 + i), Chat: int64(i), Arrived: at, Raw: raw, Tries: 1})
		add(store.DeadLetterRow{Position: i + 1, Entry: store.Entry{Update: int64(i) + 1, Chat: int64(i), Arrived: at, Raw: raw, Tries: 3}})
	}
	flush()
	if err := errors.Join(s.Check(t.Context()), s.Close()); err != nil {
		t.Fatal(err)
	}
}
