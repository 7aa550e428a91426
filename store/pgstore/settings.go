package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
)

// Setting implements store.Settings.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	if err := store.CheckName(name); err != nil {
		return "", err
	}
	var value string
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := scan(c.QueryRow(ctx, "SELECT value FROM settings WHERE name = $1", name), &value)
		return err
	})
	return value, err
}

const upsertSetting = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

// SetSetting implements store.Settings.
func (s *Store) SetSetting(ctx context.Context, name, value string) error {
	if err := store.CheckName(name); err != nil {
		return err
	}
	if err := store.CheckText(value); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(upsertSetting, name, value)
	})
}
