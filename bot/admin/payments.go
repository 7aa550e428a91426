package admin

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/store"
)

// Payments writes every payment, the oldest first: as text, or as one JSON object a line.
func Payments(ctx context.Context, cfg config.Config, asJSON bool, to io.Writer) error {
	payments, err := readPayments(ctx, cfg)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(to)
	enc := json.NewEncoder(w)
	for _, payment := range payments {
		var err error
		if asJSON {
			err = enc.Encode(payment)
		} else {
			_, err = fmt.Fprintln(w, paymentLine(payment))
		}
		if err != nil {
			return err
		}
	}
	return w.Flush()
}

// paymentLine returns a payment as a line of text.
func paymentLine(p store.Payment) string {
	who := fmt.Sprintf("person %d", p.Person)
	if p.Person == 0 {
		who = "somebody forgotten"
	}
	line := fmt.Sprintf("%s  %5d stars  %s  %s", p.At.Format(time.RFC3339), p.Stars, printable(p.Charge), who)
	if !p.Refunded.IsZero() {
		line += "  refunded " + p.Refunded.Format(time.RFC3339)
	}
	return line
}

// printable returns text that a terminal shows as it is: other characters are escaped.
func printable(text string) string {
	quoted := strconv.Quote(text)
	return strings.ReplaceAll(quoted[1:len(quoted)-1], `\"`, `"`)
}

// readPayments returns all payments, the oldest first. The file of a running bot is in use, so the bot is asked.
func readPayments(ctx context.Context, cfg config.Config) ([]store.Payment, error) {
	var lines bytes.Buffer
	ask := func() error { return askFile(ctx, cfg, askPayments, &lines) }
	if err := askOrOpen(ctx, ask, func() error { return payments(ctx, cfg, &lines) }); err != nil {
		return nil, err
	}
	var list []store.Payment
	for dec := json.NewDecoder(&lines); ; {
		var p store.Payment
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, fmt.Errorf("payments: %w", err)
		}
		list = append(list, p)
	}
	slices.SortFunc(list, func(a, b store.Payment) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Charge, b.Charge)) })
	return list, nil
}

// payments writes the payments of the configured store, which no bot holds.
func payments(ctx context.Context, cfg config.Config, w io.Writer) (err error) {
	source, err := openComplete(ctx, configured(cfg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close()) }()
	return writePayments(ctx, w, source)
}

// writePayments writes every payment as a line of JSON.
func writePayments(ctx context.Context, w io.Writer, s store.Payments) error {
	const page = 500
	enc := json.NewEncoder(w)
	for after := ""; ; {
		list, err := s.Payments(ctx, after, page)
		if err != nil || len(list) == 0 {
			return err
		}
		for _, p := range list {
			if err := enc.Encode(p); err != nil {
				return err
			}
			after = p.Charge
		}
	}
}
