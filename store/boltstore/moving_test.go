package boltstore

import (
	"testing"

	"excursobot/store/storetest"
)

func TestMoving(t *testing.T) {
	storetest.Moving(t, func(t *testing.T, dir string) storetest.MovedStore { return checked{open(t, dir), t} })
}
