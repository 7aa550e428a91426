package boltstore

import (
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Credit implements store.Payments.
func (s *Store) Credit(ctx context.Context, p store.Payment) (store.Payment, bool, error) {
	if p.Stars < 1 {
		return store.Payment{}, false, fmt.Errorf("%w: a payment of %d stars", store.ErrInvalid, p.Stars)
	}
	return s.changePayment(ctx, p, func(t *txn, old store.Payment, found bool) (store.Payment, bool, error) {
		if found {
			return old, false, nil
		}
		return p, true, t.addGiven(p, +1)
	})
}

// Refund implements store.Payments.
func (s *Store) Refund(ctx context.Context, p store.Payment) (store.Payment, bool, error) {
	if p.Refunded.IsZero() {
		return store.Payment{}, false, fmt.Errorf("%w: a refund without its time", store.ErrInvalid)
	}
	return s.changePayment(ctx, p, func(t *txn, old store.Payment, found bool) (store.Payment, bool, error) {
		if !found {
			return p, true, nil
		}
		if !old.Refunded.IsZero() {
			return old, false, nil
		}
		row := old
		row.Refunded = p.Refunded
		return row, true, t.addGiven(old, -1)
	})
}

// changePayment calls fn with the payment stored under p's charge, and stores the result if fn reports a change.
func (s *Store) changePayment(ctx context.Context, p store.Payment, fn func(t *txn, old store.Payment, found bool) (store.Payment, bool, error)) (store.Payment, bool, error) {
	if err := store.CheckName(p.Charge); err != nil {
		return store.Payment{}, false, err
	}
	var stored store.Payment
	var changed bool
	err := s.write(ctx, func(t *txn) error {
		old, found, err := find(t.tx, bucketPayments, []byte(p.Charge), paymentFields)
		if err != nil {
			return err
		}
		stored, changed, err = fn(t, old, found)
		if err != nil || !changed {
			return err
		}
		stored, err = t.putPayment(stored)
		return err
	})
	if err != nil {
		return store.Payment{}, false, err
	}
	return stored, changed, nil
}

// Payment implements store.Payments.
func (s *Store) Payment(ctx context.Context, charge string) (store.Payment, error) {
	if err := store.CheckName(charge); err != nil {
		return store.Payment{}, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (store.Payment, error) {
		return record(tx, bucketPayments, []byte(charge), paymentFields)
	})
}

// Payments implements store.Payments.
func (s *Store) Payments(ctx context.Context, after string, limit int) ([]store.Payment, error) {
	if err := store.CheckKey(after); err != nil {
		return nil, err
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Payment, error) {
		return page(tx, bucketPayments, []byte(after), limit, paymentFields)
	})
}

// Given implements store.Payments.
func (s *Store) Given(ctx context.Context, person int64) (store.Given, error) {
	return read(ctx, s, func(tx *bolt.Tx) (sum store.Given, err error) {
		given := tx.Bucket(bucketGiven)
		if sum.All, err = tokens(given, idKey(0)); err != nil || person == 0 {
			return sum, err
		}
		sum.Person, err = tokens(given, idKey(person))
		return sum, err
	})
}

// addGiven adds a payment that was not refunded to the sums, or subtracts it with sign -1.
func (t *txn) addGiven(p store.Payment, sign int64) error {
	if !p.Refunded.IsZero() {
		return nil
	}
	people := []int64{0}
	if p.Person != 0 {
		people = append(people, p.Person)
	}
	given := t.bucket(bucketGiven)
	for _, person := range people {
		key := idKey(person)
		sum, err := tokens(given, key)
		if err != nil {
			return err
		}
		if sum += sign * p.Stars; sum == 0 {
			err = t.delete(given, key)
		} else {
			err = t.putTokens(given, key, sum)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// putPayment stores p and returns it as Payment will.
func (t *txn) putPayment(p store.Payment) (stored store.Payment, err error) {
	key := []byte(p.Charge)
	v, err := encode(key, func(c *codec) { paymentFields(c, &p) })
	if err != nil {
		return stored, err
	}
	if stored, err = decoded(key, v, paymentFields); err != nil {
		return stored, err
	}
	return stored, t.put(t.bucket(bucketPayments), key, v)
}

func paymentFields(c *codec, p *store.Payment) {
	c.text(&p.Charge)
	c.int64(&p.Person)
	c.int64(&p.Stars)
	c.time(&p.At)
	c.time(&p.Refunded)
}
