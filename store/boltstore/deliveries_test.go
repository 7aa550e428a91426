package boltstore

import (
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

func TestOldUpdatesAreForgottenTogether(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), open(t, t.TempDir())
	defer s.Close()
	updates := make([]int64, store.DoneKept+2*doneSlack+1)
	for i := range updates {
		updates[i] = int64(i) + 1
	}
	if err := s.MarkDone(ctx, updates...); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
	if done, err := s.Done(ctx, 2*doneSlack+1); done || err != nil {
		t.Errorf("done %v, %v, want it forgotten though its row is still there", done, err)
	}
	again := store.Entry{Update: 2*doneSlack + 1, Chat: 1, Raw: []byte("{}")}
	if fresh, err := s.Accept(ctx, again); err != nil || !fresh[0] {
		t.Errorf("fresh %v, %v, want an update that was forgotten to be new", fresh, err)
	}
	if err := s.MarkDone(ctx, again.Update); err != nil {
		t.Fatal(err)
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}

// A person who goes on hearing stories does not make the store move what ends later.
func TestNotesOfTheSameMinutesLeaveTheExpiryAlone(t *testing.T) {
	t.Parallel()
	ctx, s := t.Context(), open(t, t.TempDir())
	defer s.Close()
	at := time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC)
	ends := func() (list []string) {
		err := s.view(ctx, func(tx *bolt.Tx) error {
			return tx.Bucket(bucketExpiry).ForEach(func(k, _ []byte) error { list = append(list, string(k)); return nil })
		})
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	for i, want := range []bool{true, false, true} { // whether the row moves
		before := ends()
		if err := s.NotePoint(ctx, store.LastPoint{Person: 7, Chat: 7, At: at.Add(time.Duration(i) * recentStep * 2 / 3)}); err != nil {
			t.Fatal(err)
		}
		after := ends()
		if len(after) != 1 || (len(before) == 0 || before[0] != after[0]) != want {
			t.Errorf("note %d: rows %q became %q", i, before, after)
		}
	}
	if err := s.Check(ctx); err != nil {
		t.Error(err)
	}
}
