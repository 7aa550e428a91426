package pgstore

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"excursobot/store"
)

const (
	voiceColumns = "place, language, length, aspect, voice, text, model, file_id, duration, bytes, created_at"

	replaceVoice = `ON CONFLICT (place, language, length, aspect, voice) DO UPDATE SET text = excluded.text, model = excluded.model,
			file_id = excluded.file_id, duration = excluded.duration, bytes = excluded.bytes, created_at = excluded.created_at`

	upsertVoice = `
		INSERT INTO voices (` + voiceColumns + `) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ` + replaceVoice

	// putVoice locks the story, so that it does not change before the voice is there to be dropped.
	putVoice = `
		WITH spoken AS (
			SELECT 1 FROM stories s WHERE s.place = $1 AND s.language = $2 AND s.length = $3 AND s.aspect = $4 AND NOT s.retired AND ` + textHash + ` = $6
			FOR SHARE
		)
		INSERT INTO voices (` + voiceColumns + `)
		SELECT $1, $2, $3, $4::smallint, $5, $6, $7, $8, $9::bigint, $10::bigint, $11::timestamptz
		WHERE $3 = '` + string(store.Extract) + `' OR EXISTS (SELECT FROM spoken)
		` + replaceVoice

	// textHash is store.TextHash of a story's text.
	textHash = "left(encode(sha256(convert_to(s.text, 'UTF8')), 'hex'), 32)"
)

func voiceFields(v *store.Voice) []any {
	return []any{
		&v.Place, &v.Language, (*string)(&v.Length), &v.Aspect, &v.Voice, &v.Text, &v.Model, &v.FileID, (*int64)(&v.Duration), &v.Bytes,
		(*moment)(&v.Created),
	}
}

func scanVoice(row pgx.Row) (v store.Voice, err error) {
	err = row.Scan(voiceFields(&v)...)
	return v, err
}

// Voice implements store.Voices.
func (s *Store) Voice(ctx context.Context, key store.VoiceKey, text string) (store.Voice, error) {
	if err := key.Check(); err != nil {
		return store.Voice{}, err
	}
	var v store.Voice
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		v, err = scanVoice(c.QueryRow(ctx, "SELECT "+voiceColumns+` FROM voices
			WHERE place = $1 AND language = $2 AND length = $3 AND aspect = $4 AND voice = $5 AND text = $6`,
			key.Place, key.Language, string(key.Length), key.Aspect, key.Voice, text))
		found, err = gotRow(err)
		return err
	})
	if err := orNotFound(found, err); err != nil {
		return store.Voice{}, err
	}
	return v, nil
}

// PutVoice implements store.Voices.
func (s *Store) PutVoice(ctx context.Context, v store.Voice) error {
	if err := v.Check(); err != nil {
		return err
	}
	put := false
	err := s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(putVoice, voiceFields(&v)...).Exec(func(tag pgconn.CommandTag) error {
			put = tag.RowsAffected() > 0
			return nil
		})
	})
	return orNotFound(put, err)
}

// DeleteVoice implements store.Voices.
func (s *Store) DeleteVoice(ctx context.Context, key store.VoiceKey) error {
	if err := key.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue("DELETE FROM voices WHERE place = $1 AND language = $2 AND length = $3 AND aspect = $4 AND voice = $5",
			key.Place, key.Language, string(key.Length), key.Aspect, key.Voice)
	})
}
