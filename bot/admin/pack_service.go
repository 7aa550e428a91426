package admin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"time"

	"excursobot/bot/pack"
	"excursobot/store"
)

// Packs does the work of the pack commands: on the store of a running bot, whose Control it belongs to, or on a store that a command opened.
type Packs struct {
	Builder  *pack.Builder
	Store    PackStore
	Program  string // version
	Imported func() // forgets what is cached of the store; nil = nothing is
}

// PackStore is the part of a store that the pack commands use.
type PackStore interface {
	store.Places
	store.Stories
	store.Articles
	store.Settings
}

func (p *Packs) estimate(ctx context.Context, o pack.Order, report func(pack.Progress)) (pack.Estimate, error) {
	return p.Builder.Estimate(ctx, o, report)
}

func (p *Packs) collect(ctx context.Context, o pack.Order, report func(pack.Progress)) error {
	return p.Builder.Collect(ctx, o, report)
}

// Make collects what an order names and writes the pack.
func (p *Packs) Make(ctx context.Context, o pack.Order, to io.Writer) error {
	if err := p.collect(ctx, o, func(pack.Progress) {}); err != nil {
		return err
	}
	return p.write(ctx, o, to)
}

func (p *Packs) write(ctx context.Context, o pack.Order, to io.Writer) error {
	editions := func(language string) []string { return p.Builder.Finder.Editions(o.Area.Center(), language) }
	return pack.Write(ctx, to, p.Store, o, editions, p.Program, time.Now())
}

func (p *Packs) load(ctx context.Context, open pack.Open, progress func(done, all int)) (pack.Report, error) {
	report, err := pack.Import(ctx, p.Store, open, time.Now(), progress)
	if p.Imported != nil { // also after an error: a part is there
		p.Imported()
	}
	return report, err
}

// Paths of the pack commands on the socket.
const (
	askPackEstimate = "/pack/estimate"
	askPackCollect  = "/pack/collect"
	askPackFile     = "/pack/file"
	askPackImport   = "/pack/import"
)

// packOrder is a pack.Order on the socket.
type packOrder struct {
	Area      string   `json:"area"`
	Languages []string `json:"languages"`
	Stories   bool     `json:"stories"`
}

// packNews is one line of an answer on the socket. The last line has Done or Error.
type packNews struct {
	Progress *pack.Progress `json:"progress,omitempty"`
	Read     int            `json:"read,omitempty"` // rows, of All
	All      int            `json:"all,omitempty"`
	Estimate *pack.Estimate `json:"estimate,omitempty"`
	Report   string         `json:"report,omitempty"`
	Done     bool           `json:"done,omitempty"`
	Error    string         `json:"error,omitempty"`
}

func (p *Packs) routes(mux *http.ServeMux, dir string) {
	mux.HandleFunc("POST "+askPackEstimate, p.answering(func(r *http.Request, o pack.Order, say func(packNews)) error {
		e, err := p.estimate(r.Context(), o, func(at pack.Progress) { say(packNews{Progress: &at}) })
		if err == nil {
			say(packNews{Estimate: &e})
		}
		return err
	}))
	mux.HandleFunc("POST "+askPackCollect, p.answering(func(r *http.Request, o pack.Order, say func(packNews)) error {
		return p.collect(r.Context(), o, func(at pack.Progress) { say(packNews{Progress: &at}) })
	}))
	mux.HandleFunc("POST "+askPackFile, p.serveFile)
	mux.HandleFunc("POST "+askPackImport, func(w http.ResponseWriter, r *http.Request) { p.serveImport(w, r, dir) })
}

// unlimited lets an answer take as long as it needs: hours, for a pack of a large town. The socket is only for the bot's own user.
func unlimited(w http.ResponseWriter) {
	c := http.NewResponseController(w)
	_, _ = c.SetReadDeadline(time.Time{}), c.SetWriteDeadline(time.Time{})
}

// newsWriter returns a function that sends lines at once.
func newsWriter(w http.ResponseWriter) func(packNews) {
	w.Header().Set("Content-Type", "application/x-ndjson")
	enc, flush := json.NewEncoder(w), http.NewResponseController(w)
	return func(n packNews) {
		_ = enc.Encode(n) // the command left: the context ends
		_ = flush.Flush()
	}
}

func readOrder(w http.ResponseWriter, r *http.Request) (pack.Order, error) {
	var text packOrder
	const most = 10_000
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, most)).Decode(&text); err != nil {
		return pack.Order{}, err
	}
	area, err := pack.ParseArea(text.Area)
	if err == nil {
		err = pack.CheckLanguages(text.Languages)
	}
	return pack.Order{Area: area, Languages: text.Languages, Stories: text.Stories}, err
}

func (p *Packs) answering(fn func(r *http.Request, o pack.Order, say func(packNews)) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		unlimited(w)
		o, err := readOrder(w, r)
		say := newsWriter(w)
		if err == nil {
			err = fn(r, o, say)
		}
		say(lastNews(err))
	}
}

func lastNews(err error) packNews {
	if err != nil {
		return packNews{Error: err.Error()}
	}
	return packNews{Done: true}
}

// serveFile writes the pack. If that fails it closes the connection; the command reads the checksums.
func (p *Packs) serveFile(w http.ResponseWriter, r *http.Request) {
	unlimited(w)
	o, err := readOrder(w, r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	if err := p.write(r.Context(), o, w); err != nil {
		panic(http.ErrAbortHandler)
	}
}

// serveImport keeps the pack in a file, because it is read several times, and imports it.
func (p *Packs) serveImport(w http.ResponseWriter, r *http.Request, dir string) {
	unlimited(w)
	f, err := os.CreateTemp(dir, ".pack-") // 0600
	if err == nil {
		defer os.Remove(f.Name())
		defer f.Close()
		_, err = io.Copy(f, http.MaxBytesReader(w, r.Body, pack.MaxBytes))
	}
	say := newsWriter(w)
	if err != nil {
		say(lastNews(fmt.Errorf("take the pack: %w", err)))
		return
	}
	last := time.Now()
	report, err := p.load(r.Context(), pack.File(f), func(done, all int) {
		if now := time.Now(); now.Sub(last) > progressEvery/20 {
			last = now
			say(packNews{Read: done, All: all})
		}
	})
	if err == nil {
		say(packNews{Report: report.String()})
	}
	say(lastNews(err))
}

// errPack is an error that the running bot reported.
var errPack = errors.New("the running bot")
