package store

import "context"

// PackImported is the setting that changes with each import of a pack, so that processes on the same store forget what they cached.
const PackImported = "pack.imported"

// Settings keeps a few values of the operator and of the program.
type Settings interface {
	// Setting returns "" for a setting that was never set.
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
}
