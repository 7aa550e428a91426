package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/store"
	"excursobot/store/textzip"
)

const (
	articleColumns = "edition, page, title, place, revision, edited_at, fetched_at, checked_at, text"

	upsertArticle = `
		INSERT INTO articles (` + articleColumns + `, size, used_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
		ON CONFLICT (edition, page) DO UPDATE SET title = excluded.title, place = excluded.place, revision = excluded.revision,
			edited_at = excluded.edited_at, fetched_at = excluded.fetched_at, checked_at = excluded.checked_at, text = excluded.text,
			size = excluded.size, used_at = excluded.used_at`

	useArticle = "UPDATE articles SET used_at = $3 WHERE edition = $1 AND page = $2 AND (used_at IS NULL OR used_at < $3)"
)

// unusedArticles returns the end of a SELECT of at most limit articles, those whose last use is the longest ago first: while the texts have more
// bytes than the budget, or while they were used at a time or before. Articles that are not among the candidates are passed over. Those that go come before all
// that stay, so only the first ones are looked at.
func unusedArticles(budget, then, candidates, limit string) string {
	return `FROM (
			SELECT edition, page, used_at, sum(size) OVER (ORDER BY used_at NULLS FIRST, edition, page) - size AS before
			FROM (
				SELECT edition, page, used_at, size FROM articles WHERE ` + candidates + `
				ORDER BY used_at NULLS FIRST, edition, page LIMIT ` + limit + `
			) first
		) a
		WHERE (SELECT sum(size) FROM articles) - before > ` + budget + `::bigint
			OR used_at <= ` + then + ` OR used_at IS NULL AND ` + then + `::timestamptz IS NOT NULL`
}

// evictArticles spares the one just put.
var evictArticles = "DELETE FROM articles WHERE (edition, page) IN (SELECT edition, page " +
	unusedArticles("$1", "NULL", "edition <> $2 OR page <> $3", "$4") + ")"

// articleFields are for all columns but the text.
func articleFields(a *store.Article) []any {
	return []any{&a.Edition, &a.Page, &a.Title, &a.Place, &a.Revision, (*moment)(&a.Edited), (*moment)(&a.Fetched), (*moment)(&a.Checked)}
}

func articleValues(a *store.Article, used time.Time) []any {
	packed := textzip.Pack(a.Text)
	return append(articleFields(a), blob(packed), len(packed), moment(used))
}

func scanArticle(row pgx.Row, more ...any) (a store.Article, err error) {
	var packed blob
	if err := row.Scan(append(append(articleFields(&a), &packed), more...)...); err != nil {
		return a, err
	}
	a.Text, err = textzip.Unpack(packed)
	return a, err
}

// Article implements store.Articles.
func (s *Store) Article(ctx context.Context, key store.ArticleKey, now time.Time) (store.Article, error) {
	if err := key.Check(); err != nil {
		return store.Article{}, err
	}
	var a store.Article
	var used time.Time
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		a, err = scanArticle(c.QueryRow(ctx, "SELECT "+articleColumns+", used_at FROM articles WHERE edition = $1 AND page = $2", key.Edition, key.Page),
			(*moment)(&used))
		found, err = gotRow(err)
		return err
	})
	if err := orNotFound(found, err); err != nil {
		return store.Article{}, err
	}
	if store.DayOf(used) < store.DayOf(now) { // the text is what was asked for
		_ = s.write(ctx, repeatable, func(b *pgx.Batch) { b.Queue(useArticle, key.Edition, key.Page, moment(now)) })
	}
	return a, nil
}

// PutArticle implements store.Articles. One call at a time: two would want to delete each other's.
func (s *Store) PutArticle(ctx context.Context, a store.Article, now time.Time) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lock(b, lockArticles)
		b.Queue(upsertArticle, articleValues(&a, now)...)
		b.Queue(evictArticles, s.articles, a.Edition, a.Page, store.PutEvicts)
	})
}

// ArticleStats implements store.Articles. It reads an index.
func (s *Store) ArticleStats(ctx context.Context) (st store.ArticleStats, err error) {
	err = s.read(ctx, func(ctx context.Context, c *pgx.Conn) error {
		return c.QueryRow(ctx, "SELECT count(*), coalesce(sum(size), 0)::bigint FROM articles").Scan(&st.Articles, &st.Bytes)
	})
	return st, err
}
