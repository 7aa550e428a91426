package store

import "context"

// Settings keeps a few values of the operator and of the program.
type Settings interface {
	// Setting returns "" for a setting that was never set.
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
}
