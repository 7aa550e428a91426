package pack

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/store"
	"excursobot/store/dump"
)

// Open opens a pack from its beginning. It is called several times, because the rows of a pack are used only after its checksums were verified.
type Open func() (io.ReadCloser, error)

// tables are those of a pack.
var tables = []store.Table{store.TablePlaces, store.TableTiles, store.TableStories, store.TableArticles}

// ErrForeign means that a file is not a pack, or holds what no pack may hold.
var ErrForeign = errors.New("is not a usable pack")

// Info describes a pack.
type Info struct {
	Area      Area
	Languages []string // of the people for whom it was made
	Licences  string
	Program   string         // version of the program that wrote it
	Newest    time.Time      // when the newest of it was read or written
	Rows      map[string]int // of each table
	Places    int            // different ones
	Stories   map[string]int // by language
	Models    []string       // that wrote the stories; at most 20
	Bytes     int64          // of the file
}

// Read checks a whole pack, its checksums, counts and order, and describes it. fn is called for each row in its order; nil = for none.
func Read(ctx context.Context, open Open, fn func(store.Row) error) (Info, error) {
	f, err := open()
	if err != nil {
		return Info{}, err
	}
	defer f.Close()
	counted := &counter{r: f}
	r, err := dump.NewReader(bufio.NewReader(counted))
	if errors.Is(err, dump.ErrFormat) {
		err = fmt.Errorf("%w: it was not written by excursobot, or is no pack at all", ErrForeign)
	}
	if err != nil {
		return Info{}, err
	}
	info, err := infoOf(r.Header())
	if err != nil {
		return Info{}, err
	}
	last := ""
	for row, err := range rows(ctx, r, counted) {
		if err != nil {
			return Info{}, err
		}
		info.add(row, &last)
		if info.Rows[string(row.Table)] > MaxRows {
			return Info{}, fmt.Errorf("%w: more than %d rows of %s", ErrForeign, MaxRows, row.Table)
		}
		if fn != nil {
			if err := fn(row); err != nil {
				return Info{}, err
			}
		}
	}
	info.Bytes = counted.n
	return info, nil
}

// rows returns the rows of a pack until its end or an error.
func rows(ctx context.Context, r *dump.Reader, read *counter) iter.Seq2[store.Row, error] {
	return func(yield func(store.Row, error) bool) {
		for {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			switch {
			case err != nil:
			case ctx.Err() != nil:
				err = ctx.Err()
			case read.n > MaxBytes:
				err = fmt.Errorf("%w: it is larger than %d MiB", ErrForeign, MaxBytes>>20)
			case !slices.Contains(tables, row.Table):
				err = fmt.Errorf("%w: it has a row of %s", ErrForeign, row.Table)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}

func infoOf(h dump.Header) (Info, error) {
	if h.Content != Content {
		return Info{}, fmt.Errorf("%w: its content is %.20q", ErrForeign, h.Content)
	}
	area, err := ParseArea(h.Area)
	if err != nil {
		return Info{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	languages := strings.Split(h.Languages, ",")
	if err := CheckLanguages(languages); err != nil {
		return Info{}, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	return Info{
		Area: area, Languages: languages, Licences: plain(h.Licences, 2000), Program: plain(h.Program, 60), Newest: h.Created,
		Rows: map[string]int{}, Stories: map[string]int{},
	}, nil
}

// CheckLanguages refuses languages in which no stories are told.
func CheckLanguages(languages []string) error {
	for i, l := range languages {
		if !slices.Contains(model.Languages, l) || slices.Contains(languages[:i], l) {
			return fmt.Errorf("language %.20q: want some of %s, each once", l, strings.Join(model.Languages, ", "))
		}
	}
	if len(languages) == 0 {
		return errors.New("no language")
	}
	return nil
}

func (i *Info) add(row store.Row, last *string) {
	i.Rows[string(row.Table)]++
	switch r := row.Value.(type) {
	case store.PlaceRow:
		if r.ID != *last { // rows of a place follow each other
			*last = r.ID
			i.Places++
		}
	case store.StoryRow:
		if slices.Contains(model.Languages, r.Language) {
			i.Stories[r.Language]++
		}
		if m := plain(r.Model, 100); m != "" && len(i.Models) < 20 && !slices.Contains(i.Models, m) {
			i.Models = append(i.Models, m)
		}
	}
}

// plain returns text of a stranger for a terminal: printable, on one line, at most limit characters.
func plain(text string, limit int) string {
	kept := []rune(strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x200b && r <= 0x202e || r >= 0x2060 && r <= 0x206f {
			return -1
		}
		return r
	}, text))
	return string(kept[:min(len(kept), limit)])
}

// counter counts the bytes that were read.
type counter struct {
	r io.Reader
	n int64
}

// Read implements io.Reader.
func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// File returns an Open for a file that is open already: it is read from its beginning each time, and not closed.
func File(f io.ReaderAt) Open {
	return func() (io.ReadCloser, error) {
		return io.NopCloser(io.NewSectionReader(f, 0, 1<<62)), nil
	}
}
