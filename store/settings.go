package store

import "context"

// Settings keeps a few words of the operator's.
type Settings interface {
	// Setting returns "" for one never set.
	Setting(ctx context.Context, name string) (string, error)
	SetSetting(ctx context.Context, name, value string) error
}
