package admin

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"excursobot/bot/config"
	"excursobot/bot/text"
	"excursobot/store"
	"excursobot/store/pgstore/legacy"
)

// ImportLegacy takes payments, people and their languages from the old bot's database into the configured store. A second run changes nothing.
func ImportLegacy(ctx context.Context, cfg config.Config, url string, stdout io.Writer) (err error) {
	words, err := text.Load()
	if err != nil {
		return fmt.Errorf("texts: %w", err)
	}
	old, err := legacy.Open(ctx, url)
	if err != nil {
		return config.UsageError{Err: err}
	}
	defer func() { err = errors.Join(err, old.Close()) }()
	target, err := openTarget(ctx, configured(cfg))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, target.Close()) }()
	in := newLegacyImport(target, words)
	if err := in.takeAll(ctx, old); err != nil {
		return fmt.Errorf("%w (what was taken stays; repeat the command)", err)
	}
	return in.report(stdout, target.name, old.Missing)
}

// legacyImport adds to a store what the old bot knew, and counts it.
type legacyImport struct {
	store     store.Store
	languages []string

	payments, known   int            // taken now, and there already
	stars             int64          // of those taken now
	people            int            // who are new
	chosen            int            // languages taken
	foreign           map[string]int // people by a language that is none of ours
	forgotten         map[int64]bool // whose payments are there without their name: they are not to come back
	left              []string       // rows that could not be taken, and why
	unexplained       []string       // donors with more stars than payments
	premium           int
	reasoning, models int
}

func newLegacyImport(s store.Store, words *text.Catalog) *legacyImport {
	return &legacyImport{store: s, languages: slices.Concat(words.Languages(), words.StoryLanguages()), foreign: map[string]int{}, forgotten: map[int64]bool{}}
}

func (in *legacyImport) takeAll(ctx context.Context, old *legacy.Tables) error {
	if err := old.Donations(ctx, func(d legacy.Donation) error { return in.donation(ctx, d) }); err != nil {
		return fmt.Errorf("donations: %w", err)
	}
	if err := old.Donors(ctx, func(d legacy.Donor) error { return in.donor(ctx, d) }); err != nil {
		return fmt.Errorf("donors: %w", err)
	}
	if err := old.Preferences(ctx, func(p legacy.Preference) error { return in.preference(ctx, p) }); err != nil {
		return fmt.Errorf("user_preferences: %w", err)
	}
	return nil
}

func (in *legacyImport) donation(ctx context.Context, d legacy.Donation) error {
	stored, fresh, err := in.store.Credit(ctx, store.Payment{Charge: d.Charge, Person: d.Person, Stars: d.Stars, At: d.At})
	if errors.Is(err, store.ErrInvalid) {
		in.left = append(in.left, fmt.Sprintf("payment %q of person %d, %d stars: %v", d.Charge, d.Person, d.Stars, err))
		return nil
	}
	if err != nil {
		return err
	}
	if fresh {
		in.payments++
		in.stars += d.Stars
	} else {
		in.known++
	}
	if d.Person != 0 && stored.Person == 0 {
		in.forgotten[d.Person] = true
	}
	return in.person(ctx, d.Person, d.At, "")
}

func (in *legacyImport) donor(ctx context.Context, d legacy.Donor) error {
	if d.Total > d.Sum {
		in.unexplained = append(in.unexplained, fmt.Sprintf("person %d: %d stars in donors, %d in donations", d.Person, d.Total, d.Sum))
	}
	if d.Premium {
		in.premium++
	}
	return in.person(ctx, d.Person, d.Earliest, "")
}

func (in *legacyImport) preference(ctx context.Context, p legacy.Preference) error {
	if p.Reasoning {
		in.reasoning++
	}
	if p.Model {
		in.models++
	}
	language, _, _ := strings.Cut(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(p.Language)), "_", "-"), "-")
	if language != "" && !slices.Contains(in.languages, language) {
		in.foreign[p.Language]++
		language = ""
	}
	return in.person(ctx, p.Person, p.Earliest, language)
}

// person makes sure that a person is known, since then or before, and has the language unless they have one.
func (in *legacyImport) person(ctx context.Context, id int64, since time.Time, language string) error {
	if id == 0 || in.forgotten[id] {
		return nil
	}
	var chose bool
	_, err := in.store.User(ctx, id)
	fresh := errors.Is(err, store.ErrNotFound)
	if err != nil && !fresh {
		return err
	}
	_, err = in.store.UpdateUser(ctx, id, func(u *store.User) error {
		if !since.IsZero() && (u.Created.IsZero() || since.Before(u.Created)) {
			u.Created = since
		}
		if chose = u.Language == "" && language != ""; chose {
			u.Language = language
		}
		return nil
	})
	if err != nil {
		return err
	}
	if fresh {
		in.people++
	}
	if chose {
		in.chosen++
	}
	return nil
}

// report prints what was taken and what was not.
func (in *legacyImport) report(to io.Writer, name string, missing []string) error {
	w := bufio.NewWriter(to)
	fmt.Fprintf(w, "%s now has of the old bot:\n", name)
	fmt.Fprintf(w, "  payments: %d new with %d stars, %d known already\n", in.payments, in.stars, in.known)
	fmt.Fprintf(w, "  people: %d new\n", in.people)
	fmt.Fprintf(w, "  languages: %d\n", in.chosen)
	for _, table := range missing {
		fmt.Fprintf(w, "there is no table %s\n", table)
	}
	for _, code := range slices.Sorted(maps.Keys(in.foreign)) {
		fmt.Fprintf(w, "left out: language %q of %d people, which is none of this bot's\n", code, in.foreign[code])
	}
	for _, n := range []struct {
		n    int
		what string
	}{{in.premium, "premium_expires"}, {in.reasoning, "reasoning"}, {in.models, "model"}} {
		if n.n > 0 {
			fmt.Fprintf(w, "left out: %s of %d people\n", n.what, n.n)
		}
	}
	for _, line := range in.left {
		fmt.Fprintf(w, "left out: %s\n", line)
	}
	for _, line := range in.unexplained {
		fmt.Fprintf(w, "stars without a payment, which were not credited: %s\n", line)
	}
	return w.Flush()
}
