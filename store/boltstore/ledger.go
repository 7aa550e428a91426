package boltstore

import (
	"context"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// Spend implements store.Ledger.
func (s *Store) Spend(ctx context.Context, day store.Day, person int64, tokens store.Tokens) (store.Spent, error) {
	if err := store.CheckDay(day); err != nil {
		return store.Spent{}, err
	}
	var sum store.Spent
	err := s.write(ctx, func(t *txn) error {
		ledger := t.bucket(bucketLedger)
		var err error
		if sum, err = spent(ledger, day, person); err != nil {
			return err
		}
		sum.Day += tokens.All()
		if err := t.putTokens(ledger, ledgerKey(day, 0), sum.Day); err != nil {
			return err
		}
		if tokens.Answer != 0 {
			sum.Answers += tokens.Answer
			if err := t.putTokens(ledger, ledgerKey(day, store.Answers), sum.Answers); err != nil {
				return err
			}
		}
		if person == 0 {
			return nil
		}
		sum.Person += tokens.All()
		return t.putTokens(ledger, ledgerKey(day, person), sum.Person)
	})
	if err != nil {
		return store.Spent{}, err
	}
	return sum, nil
}

// Spent implements store.Ledger.
func (s *Store) Spent(ctx context.Context, day store.Day, person int64) (store.Spent, error) {
	if err := store.CheckDay(day); err != nil {
		return store.Spent{}, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (store.Spent, error) { return spent(tx.Bucket(bucketLedger), day, person) })
}

// Speak implements store.Ledger.
func (s *Store) Speak(ctx context.Context, day store.Day, characters int64) (sum int64, err error) {
	if err := store.CheckDay(day); err != nil {
		return 0, err
	}
	key := ledgerKey(day, store.Speech)
	if characters == 0 {
		return read(ctx, s, func(tx *bolt.Tx) (int64, error) { return tokens(tx.Bucket(bucketLedger), key) })
	}
	err = s.write(ctx, func(t *txn) error {
		ledger := t.bucket(bucketLedger)
		before, err := tokens(ledger, key)
		if err != nil {
			return err
		}
		sum = before + characters
		return t.putTokens(ledger, key, sum)
	})
	if err != nil {
		return 0, err
	}
	return sum, nil
}

func spent(ledger *bolt.Bucket, day store.Day, person int64) (sum store.Spent, err error) {
	if sum.Day, err = tokens(ledger, ledgerKey(day, 0)); err != nil {
		return sum, err
	}
	if sum.Answers, err = tokens(ledger, ledgerKey(day, store.Answers)); err != nil || person == 0 {
		return sum, err
	}
	sum.Person, err = tokens(ledger, ledgerKey(day, person))
	return sum, err
}

func tokens(ledger *bolt.Bucket, key []byte) (int64, error) {
	v := ledger.Get(key)
	if v == nil {
		return 0, nil
	}
	return decoded(key, v, (*codec).int64)
}

func (t *txn) putTokens(b *bolt.Bucket, key []byte, n int64) error {
	v, err := encode(key, func(c *codec) { c.int64(&n) })
	if err != nil {
		return err
	}
	return t.put(b, key, v)
}
