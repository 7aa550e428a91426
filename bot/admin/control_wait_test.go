package admin

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"excursobot/store/boltstore"
)

var errHeld = fmt.Errorf("store: %w", boltstore.ErrInUse)

func TestABotThatStartsIsAskedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listens := time.Now().Add(3 * time.Second)
		asked := 0
		err := askOrOpen(t.Context(), func() error {
			if asked++; time.Now().Before(listens) {
				return errNotRunning
			}
			return nil
		}, func() error { return errHeld })
		if err != nil || asked < 2 {
			t.Errorf("asked %d times: %v", asked, err)
		}
	})
}

func TestAStoreThatAnotherProcessHoldsIsRefusedAfterAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		err := askOrOpen(t.Context(), func() error { return errNotRunning }, func() error { return errHeld })
		if took := time.Since(began); !errors.Is(err, boltstore.ErrInUse) || took < startPatience || took > 2*startPatience {
			t.Errorf("got %v after %v", err, took)
		}
	})
}

func TestAnotherFailureOfTheStoreIsNotRepeated(t *testing.T) {
	broken, opened := errors.New("damaged"), 0
	err := askOrOpen(t.Context(), func() error { return errNotRunning }, func() error { opened++; return broken })
	if !errors.Is(err, broken) || opened != 1 {
		t.Errorf("opened %d times: %v", opened, err)
	}
}
