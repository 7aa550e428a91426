package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"excursobot/store"
)

const (
	reportColumns = "place, language, revision, title, wrong_by, withheld, restored, at"

	upsertReport = `
		INSERT INTO reports (` + reportColumns + `) VALUES ($1, $2, $3, $4, coalesce($5::bigint[], '{}'), $6, $7, $8)
		ON CONFLICT (place, language, revision) DO UPDATE SET title = excluded.title, wrong_by = excluded.wrong_by,
			withheld = excluded.withheld, restored = excluded.restored, at = excluded.at`

	// reportExtract notes the person $1, if that counts.
	reportExtract = `
		INSERT INTO reports AS r (` + reportColumns + `)
		SELECT $2, $3, $4::bigint, $5, ARRAY[$1::bigint], false, false, $6::timestamptz WHERE ` + experienced + `
		ON CONFLICT (place, language, revision) DO UPDATE SET wrong_by = r.wrong_by || excluded.wrong_by, title = excluded.title, at = excluded.at
		WHERE NOT r.withheld AND NOT r.restored AND cardinality(r.wrong_by) < 2 AND $1 <> ALL (r.wrong_by)`

	withhold = `
		INSERT INTO reports (` + reportColumns + `) VALUES ($1, $2, $3, $4, '{}', true, false, $5)
		ON CONFLICT (place, language, revision) DO UPDATE SET title = excluded.title, withheld = true, restored = false, at = excluded.at`

	selectWithheld = `
		SELECT EXISTS (SELECT FROM reports r WHERE r.withheld AND r.place = k.place
			AND (r.language = k.language AND r.revision = k.revision OR r.language = '' AND r.revision = 0))
		FROM unnest($1::text[], $2::text[], $3::bigint[]) WITH ORDINALITY AS k (place, language, revision, n) ORDER BY n`

	// restoreStories restores the retired stories of the place $1. More conditions may follow.
	restoreStories = `
		UPDATE stories SET retired = false, wrong_by = '{}',
			judged = CASE judged WHEN '` + string(store.JudgedRefused) + `' THEN '` + string(store.JudgedPassed) + `' ELSE judged END
		WHERE retired AND place = $1`
)

func reportFields(r *store.Report) []any {
	return []any{&r.Place, &r.Language, &r.Revision, &r.Title, &r.WrongBy, &r.Withheld, &r.Restored, (*moment)(&r.At)}
}

func scanReport(row pgx.Row) (r store.Report, err error) {
	err = row.Scan(reportFields(&r)...)
	if len(r.WrongBy) == 0 {
		r.WrongBy = nil
	}
	return r, err
}

// wholePlace reports whether a key names a place and not an extract.
func wholePlace(k store.ReportKey) bool { return k.Language == "" && k.Revision == 0 }

// ReportExtract implements store.Reports.
func (s *Store) ReportExtract(ctx context.Context, key store.ReportKey, person int64, title string, at time.Time) (store.Report, error) {
	r := store.Report{ReportKey: key, Title: title}
	if err := r.Check(); err != nil {
		return store.Report{}, err
	}
	var found bool
	err := s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(reportExtract, person, key.Place, key.Language, key.Revision, title, moment(at))
		b.Queue("SELECT "+reportColumns+" FROM reports WHERE place = $1 AND language = $2 AND revision = $3",
			key.Place, key.Language, key.Revision).QueryRow(func(row pgx.Row) (err error) {
			r, err = scanReport(row)
			found, err = gotRow(err)
			return err
		})
	})
	switch {
	case err != nil:
		return store.Report{}, err
	case !found:
		return store.Report{ReportKey: key}, nil
	}
	return r, nil
}

// Withhold implements store.Reports.
func (s *Store) Withhold(ctx context.Context, key store.ReportKey, title string, at time.Time) error {
	r := store.Report{ReportKey: key, Title: title}
	if err := r.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(withhold, key.Place, key.Language, key.Revision, title, moment(at))
		if wholePlace(key) {
			b.Queue("UPDATE stories SET retired = true WHERE place = $1 AND NOT retired", key.Place)
		}
	})
}

// Withheld implements store.Reports.
func (s *Store) Withheld(ctx context.Context, keys []store.ReportKey) ([]bool, error) {
	places, languages, revisions := make([]string, len(keys)), make([]string, len(keys)), make([]int64, len(keys))
	for i, k := range keys {
		if err := k.Check(); err != nil {
			return nil, err
		}
		places[i], languages[i], revisions[i] = k.Place, k.Language, k.Revision
	}
	withheld, err := list(ctx, s, scanBool, selectWithheld, places, languages, revisions)
	if err != nil {
		return nil, err
	}
	return append(make([]bool, 0, len(keys)), withheld...), nil
}

func scanBool(row pgx.Row) (is bool, err error) {
	err = row.Scan(&is)
	return is, err
}

// WithheldPlaces implements store.Reports.
func (s *Store) WithheldPlaces(ctx context.Context, after store.ReportKey, limit int) ([]store.Report, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	return list(ctx, s, scanReport, "SELECT "+reportColumns+` FROM reports
		WHERE withheld AND ($1 OR (place, language, revision) > ($2, $3, $4)) ORDER BY place, language, revision LIMIT $5`,
		after == store.ReportKey{}, after.Place, after.Language, after.Revision, max(limit, 0))
}

// Restore implements store.Reports.
func (s *Store) Restore(ctx context.Context, key store.ReportKey, at time.Time) error {
	if err := key.Check(); err != nil {
		return err
	}
	restored := false
	err := s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue("SELECT FROM reports WHERE place = $1 AND language = $2 AND revision = $3 FOR UPDATE", key.Place, key.Language, key.Revision)
		if wholePlace(key) {
			b.Queue(restoreStories+" AND "+placeWithheld, key.Place)
		}
		b.Queue("UPDATE reports SET withheld = false, restored = true, wrong_by = '{}', at = $4 WHERE place = $1 AND language = $2 AND revision = $3 AND withheld",
			key.Place, key.Language, key.Revision, moment(at)).Exec(func(tag pgconn.CommandTag) error {
			restored = tag.RowsAffected() > 0
			return nil
		})
	})
	return orNotFound(restored, err)
}

// RetiredStories implements store.Stories.
func (s *Store) RetiredStories(ctx context.Context, after store.StoryKey, limit int) ([]store.Story, error) {
	if err := after.Check(); err != nil {
		return nil, err
	}
	return list(ctx, s, scanStory, "SELECT "+storyColumns+` FROM stories
		WHERE retired AND ($1 OR (place, language, length, aspect) > ($2, $3, $4, $5)) ORDER BY place, language, length, aspect LIMIT $6`,
		after == store.StoryKey{}, after.Place, after.Language, string(after.Length), after.Aspect, max(limit, 0))
}

// RestoreStory implements store.Stories.
func (s *Store) RestoreStory(ctx context.Context, key store.StoryKey) (store.Story, error) {
	if err := key.Check(); err != nil {
		return store.Story{}, err
	}
	var story store.Story
	var found bool
	err := s.write(ctx, once, func(b *pgx.Batch) {
		b.Queue(restoreStories+" AND language = $2 AND length = $3 AND aspect = $4 RETURNING "+storyColumns, keyFields(&key)...).QueryRow(func(row pgx.Row) (err error) {
			story, err = scanStory(row)
			found, err = gotRow(err)
			return err
		})
	})
	if err := orNotFound(found, err); err != nil {
		return store.Story{}, err
	}
	return story, nil
}
