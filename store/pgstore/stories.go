package pgstore

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/geo"
	"excursobot/store"
)

const (
	storyColumns = `place, language, length, title, lat, lon, kind, url, picture, text, source, model, likes, dislikes, wrong_by,
		retired, created_at, expires_at, aspect, credit_file, credit_author, credit_license, credit_license_url, credit_page, quotes, judged,
		version, article_edition, article_page, revision, packed`

	storyValues = storyHead + `, $16, ` + storyTail
	storyHead   = `$1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, coalesce($15::bigint[], '{}')`
	storyTail   = `$17, $18, $19, $20, $21,
		$22, $23, $24, $25, $26, $27, $28, $29, $30, $31`

	// placeWithheld reports whether the place $1 is withheld as a whole.
	placeWithheld = "EXISTS (SELECT FROM reports r WHERE r.place = $1 AND r.language = '' AND r.revision = 0 AND r.withheld)"

	// replaceStory sets all that does not depend on whether the text is another one.
	replaceStory = `title = excluded.title, lat = excluded.lat, lon = excluded.lon, kind = excluded.kind, url = excluded.url,
			picture = excluded.picture, source = excluded.source, model = excluded.model, created_at = excluded.created_at,
			expires_at = excluded.expires_at, leaf = excluded.leaf, text = excluded.text, credit_file = excluded.credit_file,
			credit_author = excluded.credit_author, credit_license = excluded.credit_license, credit_license_url = excluded.credit_license_url,
			credit_page = excluded.credit_page, quotes = excluded.quotes, judged = excluded.judged, version = excluded.version,
			article_edition = excluded.article_edition, article_page = excluded.article_page, revision = excluded.revision, packed = excluded.packed`

	selectStories = `
		SELECT ` + storyColumns + `
		FROM unnest($1::text[], $2::text[], $3::text[], $4::smallint[]) WITH ORDINALITY AS k (place, language, length, aspect, n)
		JOIN stories USING (place, language, length, aspect)
		WHERE expires_at IS NULL OR expires_at > $5
		ORDER BY n`

	// Each range is a scan of the index that stops at the limit; the ranges are apart and in order.
	selectStoriesIn = `
		SELECT ` + storyColumns + `
		FROM unnest($2::bigint[], $3::bigint[]) AS r (low, high)
		CROSS JOIN LATERAL (
			SELECT leaf, ` + storyColumns + ` FROM stories
			WHERE language = $1 AND leaf BETWEEN r.low AND r.high AND NOT retired AND aspect = 0 AND (expires_at IS NULL OR expires_at > $4)
			ORDER BY leaf, place, length LIMIT $5
		) s
		ORDER BY leaf, place, length LIMIT $5`

	// A new text gets a new edition and the votes that come with it; with the same text those stored stay.
	upsertStory = `
		INSERT INTO stories (` + storyColumns + `, leaf)
		VALUES (` + storyHead + `, $16 OR ` + placeWithheld + `, ` + storyTail + `, $32)
		ON CONFLICT (place, language, length, aspect) DO UPDATE SET
			` + replaceStory + `,
			edition = CASE WHEN stories.text = excluded.text THEN stories.edition ELSE excluded.edition END,
			likes = CASE WHEN stories.text = excluded.text THEN stories.likes ELSE excluded.likes END,
			dislikes = CASE WHEN stories.text = excluded.text THEN stories.dislikes ELSE excluded.dislikes END,
			wrong_by = CASE WHEN stories.text = excluded.text THEN stories.wrong_by ELSE excluded.wrong_by END,
			retired = CASE WHEN stories.text = excluded.text THEN stories.retired OR ` + placeWithheld + ` ELSE excluded.retired END`
)

func storyFields(s *store.Story) []any {
	return append([]any{
		&s.Place, &s.Language, (*string)(&s.Length), &s.Title, &s.Point.Lat, &s.Point.Lon, &s.Kind, &s.URL, &s.Picture, &s.Text,
		&s.Source, &s.Model, &s.Likes, &s.Dislikes, &s.WrongBy, &s.Retired, (*moment)(&s.Created), (*moment)(&s.Expires), &s.Aspect,
	}, append(creditFields(&s.Credit), &s.Quotes, (*string)(&s.Judged), &s.Version, &s.Article.Edition, &s.Article.Page, &s.Revision, &s.Packed)...)
}

func creditFields(c *store.Credit) []any {
	return []any{&c.File, &c.Author, &c.License, &c.LicenseURL, &c.Page}
}

func scanStory(row pgx.Row) (s store.Story, err error) {
	err = row.Scan(storyFields(&s)...)
	emptyToNil(&s)
	return s, err
}

// emptyToNil makes empty lists nil, as the contract wants them.
func emptyToNil(s *store.Story) {
	if len(s.WrongBy) == 0 {
		s.WrongBy = nil
	}
	if len(s.Quotes) == 0 {
		s.Quotes = nil
	}
}

// Stories implements store.Stories.
func (s *Store) Stories(ctx context.Context, keys []store.StoryKey, now time.Time) ([]store.Story, error) {
	places, languages, lengths, aspects := make([]string, len(keys)), make([]string, len(keys)), make([]string, len(keys)), make([]int16, len(keys))
	for i, k := range keys {
		if err := k.Check(); err != nil {
			return nil, err
		}
		places[i], languages[i], lengths[i], aspects[i] = k.Place, k.Language, string(k.Length), int16(k.Aspect)
	}
	return list(ctx, s, scanStory, selectStories, places, languages, lengths, aspects, moment(now))
}

// StoriesIn implements store.Stories.
func (s *Store) StoriesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int, now time.Time) ([]store.Story, error) {
	if err := store.CheckKey(language); err != nil {
		return nil, err
	}
	low, high := bounds(ranges)
	return list(ctx, s, scanStory, selectStoriesIn, language, low, high, moment(now), max(limit, 0))
}

// bounds returns the ends of the ranges, ordered and apart, as leaf columns have them.
func bounds(ranges []geo.CellRange) (low, high []int64) {
	ranges = geo.Disjoint(ranges)
	low, high = make([]int64, len(ranges)), make([]int64, len(ranges))
	for i, r := range ranges {
		low[i], high[i] = signed(uint64(r.Min)), signed(uint64(r.Max))
	}
	return low, high
}

// PutStories implements store.Stories. The rows are written in the order of their keys, so that two calls do not wait for
// each other's.
func (s *Store) PutStories(ctx context.Context, stories []store.Story) error {
	for i := range stories {
		if err := stories[i].Check(); err != nil {
			return err
		}
	}
	sorted := slices.Clone(stories)
	slices.SortStableFunc(sorted, func(a, b store.Story) int {
		return cmp.Or(cmp.Compare(a.Place, b.Place), cmp.Compare(a.Language, b.Language), cmp.Compare(a.Length, b.Length), cmp.Compare(a.Aspect, b.Aspect))
	})
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		for i := range sorted {
			leaf := ordered(geo.Leaf(sorted[i].Point))
			b.Queue(upsertStory, append(storyFields(&sorted[i]), leaf)...)
		}
	})
}
