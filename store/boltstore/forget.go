package boltstore

import (
	"bytes"
	"context"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	"excursobot/store"
)

// endlessFor is the time that a forgotten walk without an end is remembered.
const endlessFor = 30 * 24 * time.Hour

// ForgetUser implements store.Store. It reads all walks and payments, which is much for one person. But it is rare, and an index by
// person would cost every write.
func (s *Store) ForgetUser(ctx context.Context, person int64, at time.Time) error {
	return s.write(ctx, func(t *txn) error {
		if err := t.delete(t.bucket(bucketUsers), idKey(person)); err != nil {
			return err
		}
		for _, forget := range []func(int64) error{
			t.forgetTold,
			t.forgetTokens,
			func(person int64) error { return t.forgetWalks(person, at) },
			t.forgetPayments,
			t.forgetRecent,
			t.dropTour,
			t.forgetReports,
			t.forgetShown,
			t.forgetDeadLetters,
		} {
			if err := forget(person); err != nil {
				return err
			}
		}
		return nil
	})
}

// forgetTold takes back the person's votes and deletes what was told to them.
func (t *txn) forgetTold(person int64) error {
	prefix := idKey(person)
	told := t.bucket(bucketTold)
	for _, k := range t.under(told, prefix) {
		var row toldRow
		if err := decode(k, told.Get(k), row.fields); err != nil {
			return err
		}
		if err := t.takeBack(person, string(k[len(prefix):]), row.vote); err != nil {
			return err
		}
		if err := t.delete(told, k); err != nil {
			return err
		}
	}
	return nil
}

// forgetTokens deletes the person's rows in the ledger; the days' sums stay.
func (t *txn) forgetTokens(person int64) error {
	if person == 0 { // the days' sums
		return nil
	}
	return t.deleteWhere(bucketLedger, func(k, _ []byte) (bool, error) { return bytes.HasSuffix(k, idKey(person)), nil })
}

// forgetWalks keeps of the person's walks only that their shares ended, under ids that say nothing.
func (t *txn) forgetWalks(person int64, at time.Time) error {
	var theirs []store.Walk
	err := t.bucket(bucketWalks).ForEach(func(k, _ []byte) error {
		w, _, err := walkRow(t.tx, k)
		if err == nil && w.Person == person && !strings.HasPrefix(w.ID, store.ForgottenPrefix) {
			theirs = append(theirs, w)
		}
		return err
	})
	if err != nil || len(theirs) == 0 {
		return err
	}
	secret, err := t.forgetSecret()
	if err != nil {
		return err
	}
	slots, err := t.slots()
	if err != nil {
		return err
	}
	var fresh [][]byte
	for _, w := range theirs {
		bare := store.Walk{ID: store.ForgottenID(secret, w.ID), Revision: math.MaxUint64, Closed: true, Expires: w.Expires}
		if !w.Closed {
			bare.Expires = w.Ends
		}
		if bare.Expires.IsZero() {
			bare.Expires = at.Add(endlessFor)
		}
		key := walkKey(bare.ID)
		if err := t.renameWalk(&w, &bare, key, slots[string(walkKey(w.ID))]); err != nil {
			return err
		}
		if !w.Closed {
			fresh = append(fresh, key)
		}
	}
	slices.SortFunc(fresh, bytes.Compare)
	for _, key := range fresh { // last: each may push a walk out of the ring
		if err := t.remember(key); err != nil {
			return err
		}
	}
	return nil
}

// renameWalk replaces the walk old by bare under its new key, also in the slots of the ring where old is.
func (t *txn) renameWalk(old, bare *store.Walk, key []byte, slots [][]byte) error {
	was := walkKey(old.ID)
	row, err := encode(key, func(c *codec) { walkFields(c, bare) })
	if err != nil {
		return err
	}
	if err := t.reschedule(expiringWalk, was, ifClosed(*old), time.Time{}); err != nil {
		return err
	}
	if err := t.reschedule(expiringWalk, key, time.Time{}, ifClosed(*bare)); err != nil {
		return err
	}
	if err := t.dropStops(was); err != nil {
		return err
	}
	for _, slot := range slots {
		if err := t.put(t.bucket(bucketWalkRing), slot, key); err != nil {
			return err
		}
	}
	if err := t.delete(t.bucket(bucketWalks), was); err != nil {
		return err
	}
	return t.put(t.bucket(bucketWalks), key, row)
}

// slots returns the slots of the ring by the walk that is in them.
func (t *txn) slots() (map[string][][]byte, error) {
	slots := map[string][][]byte{} // at most store.WalksKept
	err := t.bucket(bucketWalkRing).ForEach(func(slot, walk []byte) error {
		slots[string(walk)] = append(slots[string(walk)], bytes.Clone(slot))
		return nil
	})
	return slots, err
}

// forgetSecret returns the secret of the ids of forgotten walks, and makes it if there is none.
func (t *txn) forgetSecret() (string, error) {
	secret, err := setting(t.tx, store.ForgetSecret)
	if err != nil || secret != "" {
		return secret, err
	}
	secret = store.NewForgetSecret()
	v, err := encode([]byte(store.ForgetSecret), func(c *codec) { c.text(&secret) })
	if err != nil {
		return "", err
	}
	return secret, t.put(t.bucket(bucketSettings), []byte(store.ForgetSecret), v)
}

// forgetPayments takes the person's name from their payments.
func (t *txn) forgetPayments(person int64) error {
	if person == 0 {
		return nil
	}
	var theirs []store.Payment
	err := t.bucket(bucketPayments).ForEach(func(k, v []byte) error {
		p, err := decoded(k, v, paymentFields)
		if err == nil && p.Person == person {
			theirs = append(theirs, p)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, p := range theirs {
		p.Person = 0
		if _, err := t.putPayment(p); err != nil {
			return err
		}
	}
	return t.delete(t.bucket(bucketGiven), idKey(person))
}

// forgetDeadLetters deletes the dead letters of the person's chat and those of groups that name them. An update in the inbox is being answered, and goes with its answer.
func (t *txn) forgetDeadLetters(person int64) error {
	names, err := regexp.Compile(store.NamesPerson(person))
	if err != nil {
		return err
	}
	return t.deleteWhere(bucketDeadLetters, func(k, v []byte) (bool, error) {
		e, err := decoded(k, v, entryFields)
		return e.Chat == person || names.Match(e.Raw), err // a private chat has the id of its person
	})
}
