package admin

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/pack"
	"excursobot/store"
	"excursobot/store/boltstore"
)

// packer makes packs: Packs here, or those of the running bot.
type packer interface {
	estimate(ctx context.Context, o pack.Order, report func(pack.Progress)) (pack.Estimate, error)
	collect(ctx context.Context, o pack.Order, report func(pack.Progress)) error
	write(ctx context.Context, o pack.Order, to io.Writer) error
}

// OpenPacks opens what a pack is built with while no bot runs. keep is false if what was collected is not needed any more.
type OpenPacks func() (p *Packs, done func(keep bool) error, err error)

// BuildPack collects an area and writes the pack to a file: with the running bot if there is one, which keeps to its limits, else with open. It prints
// an estimate and asks on the terminal whether to go on, unless yes.
func BuildPack(ctx context.Context, cfg config.Config, o pack.Order, file string, yes bool, open OpenPacks, in io.Reader, out, notes io.Writer) (err error) {
	if err := mayWrite(cfg, aPack, file); err != nil { // before hours of work
		return err
	}
	var with packer = remotePacks{cfg.Store.Dir}
	bar := newPackBar(notes)
	e, err := with.estimate(ctx, o, bar.show)
	if errors.Is(err, errNotRunning) {
		if err := refuseStrangers(ctx, cfg); err != nil {
			return err
		}
		local, done, openErr := open()
		if openErr != nil {
			return openErr
		}
		defer func() { err = errors.Join(err, done(err != nil)) }()
		with = local
		e, err = with.estimate(ctx, o, bar.show)
	}
	bar.end()
	if err != nil {
		return interrupted(ctx, err)
	}
	fmt.Fprint(notes, e)
	if err := agree(yes, in, notes); err != nil {
		return err
	}
	err = with.collect(ctx, o, bar.show)
	bar.end()
	if err != nil {
		return interrupted(ctx, err)
	}
	err = boltstore.Replace(file, func(temp string) error {
		if err := streamed(func(w io.Writer) error { return with.write(ctx, o, w) })(temp); err != nil {
			return err
		}
		return PackInfo(ctx, temp, false, io.Discard) // the bot's answer may have been cut off
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", file, interrupted(ctx, err))
	}
	return PackInfo(ctx, file, false, out)
}

// refuseStrangers refuses to collect beside bots that cannot be asked: their requests and ours together would break the sources' limits.
func refuseStrangers(ctx context.Context, cfg config.Config) error {
	if cfg.Store.Postgres == "" {
		return nil
	}
	source, err := openSource(ctx, configured(cfg))
	if err != nil {
		return err
	}
	defer source.Close()
	if err := source.refuseInUse(ctx); err != nil {
		return fmt.Errorf("a bot uses the database, but not on this machine or not with this store.dir; run the command there: %w", err)
	}
	return nil
}

// errNotWanted ends a build whose estimate was declined. The rows that were collected for the estimate are kept.
var errNotWanted = errors.New("nothing was built")

// agree asks on the terminal whether to go on.
func agree(yes bool, in io.Reader, notes io.Writer) error {
	if yes {
		return nil
	}
	fmt.Fprint(notes, "Go on? [y/N] ")
	line, err := bufio.NewReader(io.LimitReader(in, 100)).ReadString('\n')
	if err != nil && line == "" {
		fmt.Fprintln(notes)
		return config.UsageError{Err: errors.New("there is no answer; add --yes to go on without a question")}
	}
	if answer := strings.ToLower(strings.TrimSpace(line)); answer != "y" && answer != "yes" {
		return errNotWanted
	}
	return nil
}

// ImportPack puts a pack into the configured store: through the running bot if there is one, else directly.
func ImportPack(ctx context.Context, cfg config.Config, file string, out, notes io.Writer) (err error) {
	f, err := openInput(file, "a pack")
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := pack.Read(ctx, pack.File(f), nil) // here, so that a bad file costs the bot nothing
	if err != nil {
		return fmt.Errorf("%s: %w", file, interrupted(ctx, err))
	}
	bar := newProgress(notes, "import")
	defer bar.end()
	show := func(done, all int) { bar.set(fmt.Sprintf("of %d", all), done) }
	var report string
	err = askOrOpen(ctx, func() (err error) {
		report, err = remotePacks{cfg.Store.Dir}.load(ctx, io.NewSectionReader(f, 0, info.Bytes), show)
		return err
	}, func() (err error) {
		report, err = importDirectly(ctx, cfg, pack.File(f), show)
		return err
	})
	bar.end()
	if err != nil {
		return fmt.Errorf("%s: %w", file, interrupted(ctx, err))
	}
	_, err = io.WriteString(out, report)
	return err
}

func importDirectly(ctx context.Context, cfg config.Config, open pack.Open, show func(done, all int)) (_ string, err error) {
	target, err := openTarget(ctx, configured(cfg))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	if err := RefuseIncomplete(ctx, target); err != nil {
		return "", err
	}
	p := Packs{Store: target}
	report, err := p.load(ctx, open, show)
	return report.String(), err
}

// PackInfo prints what a pack holds, and with sources each article with its rights.
func PackInfo(ctx context.Context, file string, sources bool, out io.Writer) error {
	f, err := openInput(file, "a pack")
	if err != nil {
		return err
	}
	defer f.Close()
	var articles bytes.Buffer
	info, err := pack.Read(ctx, pack.File(f), func(row store.Row) error {
		if a, ok := row.Value.(store.ArticleRow); ok && sources {
			fmt.Fprintln(&articles, pack.Attribution(a.Article))
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("%s: %w", file, interrupted(ctx, err))
	}
	_, err = fmt.Fprintf(out, "%s\n%s", file, info.Text(time.Now()))
	if err == nil {
		_, err = articles.WriteTo(out)
	}
	return err
}

// remotePacks makes packs with the bot that runs on a data directory.
type remotePacks struct{ dir string }

// news sends a question and calls fn for each line of the answer. It returns errNotRunning if no bot runs.
func (p remotePacks) news(ctx context.Context, question string, body io.Reader, fn func(packNews)) error {
	resp, err := p.post(ctx, question, body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	lines := json.NewDecoder(resp.Body)
	for {
		var n packNews
		switch err := lines.Decode(&n); {
		case err != nil:
			return errors.Join(ctx.Err(), fmt.Errorf("%w: its answer was cut off: %w", errPack, err))
		case n.Error != "":
			return fmt.Errorf("%w: %s", errPack, n.Error)
		case n.Done:
			return nil
		}
		fn(n)
	}
}

func (p remotePacks) post(ctx context.Context, question string, body io.Reader) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://excursobot"+question, body)
	if err != nil {
		return nil, err
	}
	resp, err := (&http.Client{Transport: controlTransport(p.dir)}).Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		defer resp.Body.Close()
		return nil, fmt.Errorf("%w answered %s", errPack, resp.Status)
	}
	return resp, nil
}

func orderBody(o pack.Order) io.Reader {
	text, _ := json.Marshal(packOrder{o.Area.String(), o.Languages, o.Stories}) // texts can always be encoded
	return bytes.NewReader(text)
}

func (p remotePacks) estimate(ctx context.Context, o pack.Order, report func(pack.Progress)) (e pack.Estimate, err error) {
	err = p.news(ctx, askPackEstimate, orderBody(o), func(n packNews) {
		if n.Progress != nil {
			report(*n.Progress)
		}
		if n.Estimate != nil {
			e = *n.Estimate
		}
	})
	return e, err
}

func (p remotePacks) collect(ctx context.Context, o pack.Order, report func(pack.Progress)) error {
	return p.news(ctx, askPackCollect, orderBody(o), func(n packNews) {
		if n.Progress != nil {
			report(*n.Progress)
		}
	})
}

func (p remotePacks) write(ctx context.Context, o pack.Order, to io.Writer) error {
	resp, err := p.post(ctx, askPackFile, orderBody(o))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(to, io.LimitReader(resp.Body, pack.MaxBytes+1))
	return err
}

func (p remotePacks) load(ctx context.Context, body io.Reader, show func(done, all int)) (report string, err error) {
	err = p.news(ctx, askPackImport, body, func(n packNews) {
		if n.All > 0 {
			show(n.Read, n.All)
		}
		if n.Report != "" {
			report = n.Report
		}
	})
	return report, err
}
