package boltstore

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
	"excursobot/store/textzip"
)

// articleRow is an article as it is stored.
type articleRow struct {
	store.Article
	packed []byte // the text, compressed
}

func (a *articleRow) fields(c *codec) {
	c.text(&a.Edition)
	c.int64(&a.Page)
	c.text(&a.Title)
	c.text(&a.Place)
	c.int64(&a.Revision)
	c.time(&a.Edited)
	c.time(&a.Fetched)
	c.time(&a.Checked)
	c.bytes(&a.packed)
}

// articleUse is what changes while the text stays.
type articleUse struct {
	used time.Time
	size int // of the text as stored
}

func (u *articleUse) fields(c *codec) {
	c.time(&u.used)
	c.int(&u.size)
}

// Article implements store.Articles.
func (s *Store) Article(ctx context.Context, key store.ArticleKey, now time.Time) (store.Article, error) {
	if err := key.Check(); err != nil {
		return store.Article{}, err
	}
	k := articleKey(key)
	var row articleRow
	var use articleUse
	err := s.view(ctx, func(tx *bolt.Tx) error {
		v := tx.Bucket(bucketArticles).Get(k)
		if v == nil {
			return store.ErrNotFound
		}
		if err := decode(k, v, row.fields); err != nil {
			return err
		}
		var err error
		use, err = articleUsed(tx, k)
		return err
	})
	if err != nil {
		return store.Article{}, err
	}
	if err := row.unpack(k); err != nil {
		return store.Article{}, s.translate(err)
	}
	if store.DayOf(use.used) < store.DayOf(now) {
		_ = s.write(ctx, func(t *txn) error { return t.useArticle(k, now) }) // the text is what was asked for
	}
	return row.Article, nil
}

// PutArticle implements store.Articles.
func (s *Store) PutArticle(ctx context.Context, a store.Article, now time.Time) error {
	if err := a.Check(); err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error {
		if err := t.putArticle(&a, now); err != nil {
			return err
		}
		_, err := t.evictArticles(s.articles, math.MinInt64, articleKey(a.ArticleKey), store.PutEvicts)
		return err
	})
}

// ArticleStats implements store.Articles.
func (s *Store) ArticleStats(ctx context.Context) (store.ArticleStats, error) {
	return read(ctx, s, func(tx *bolt.Tx) (store.ArticleStats, error) {
		return store.ArticleStats{
			Articles: int(tx.Bucket(bucketArticleUses).Sequence()),
			Bytes:    int64(tx.Bucket(bucketArticles).Sequence()),
		}, nil
	})
}

func (a *articleRow) unpack(key []byte) error {
	text, err := textzip.Unpack(a.packed)
	if err != nil {
		return fmt.Errorf("%w %q: %w", errRecord, key, err)
	}
	a.Text = text
	return nil
}

// readArticle reads an article with its text.
func readArticle(k, v []byte) (store.Article, error) {
	var row articleRow
	if err := decode(k, v, row.fields); err != nil {
		return store.Article{}, err
	}
	err := row.unpack(k)
	return row.Article, err
}

func articleUsed(tx *bolt.Tx, key []byte) (articleUse, error) {
	var use articleUse
	err := decode(key, tx.Bucket(bucketArticleUses).Get(key), use.fields)
	return use, err
}

// putArticle stores an article in the place of an older one.
func (t *txn) putArticle(a *store.Article, used time.Time) error {
	if err := a.Check(); err != nil {
		return err
	}
	key := articleKey(a.ArticleKey)
	if err := t.dropArticle(key); err != nil {
		return err
	}
	row := articleRow{Article: *a, packed: textzip.Pack(a.Text)}
	v, err := encode(key, row.fields)
	if err != nil {
		return err
	}
	articles, uses := t.bucket(bucketArticles), t.bucket(bucketArticleUses)
	if err := t.put(articles, key, v); err != nil {
		return err
	}
	if err := t.putArticleUse(key, articleUse{used: used, size: len(row.packed)}); err != nil {
		return err
	}
	if err := articles.SetSequence(articles.Sequence() + uint64(len(row.packed))); err != nil {
		return err
	}
	return uses.SetSequence(uses.Sequence() + 1)
}

func (t *txn) putArticleUse(key []byte, use articleUse) error {
	v, err := encode(key, use.fields)
	if err != nil {
		return err
	}
	if err := t.put(t.bucket(bucketArticleUses), key, v); err != nil {
		return err
	}
	return t.put(t.bucket(bucketArticleOrder), articleOrderKey(use.used, key), nil)
}

// useArticle notes a use, if the article is still there.
func (t *txn) useArticle(key []byte, now time.Time) error {
	if t.bucket(bucketArticleUses).Get(key) == nil {
		return nil
	}
	use, err := articleUsed(t.tx, key)
	if err != nil || !use.used.Before(now) {
		return err
	}
	if err := t.delete(t.bucket(bucketArticleOrder), articleOrderKey(use.used, key)); err != nil {
		return err
	}
	use.used = now
	return t.putArticleUse(key, use)
}

// dropArticle deletes an article, if it is there.
func (t *txn) dropArticle(key []byte) error {
	articles, uses := t.bucket(bucketArticles), t.bucket(bucketArticleUses)
	if uses.Get(key) == nil {
		return nil
	}
	use, err := articleUsed(t.tx, key)
	if err != nil {
		return err
	}
	if err := t.delete(t.bucket(bucketArticleOrder), articleOrderKey(use.used, key)); err != nil {
		return err
	}
	if err := t.delete(uses, key); err != nil {
		return err
	}
	if err := t.delete(articles, key); err != nil {
		return err
	}
	if err := articles.SetSequence(articles.Sequence() - uint64(use.size)); err != nil {
		return err
	}
	return uses.SetSequence(uses.Sequence() - 1)
}

// evictArticles deletes at most limit articles, those whose last use is the longest ago first: while their texts have more bytes than the
// budget, or while they were used then (in microseconds) or before. It spares the article with the key keep.
func (t *txn) evictArticles(budget, then int64, keep []byte, limit int) (int, error) {
	articles := t.bucket(bucketArticles)
	over := int64(articles.Sequence()) - budget
	var gone [][]byte
	c := t.bucket(bucketArticleOrder).Cursor()
	for k, _ := c.First(); k != nil && len(gone) < limit; k, _ = c.Next() {
		if len(k) < 8 {
			return 0, fmt.Errorf("%w: use of an article %q", errRecord, k)
		}
		key := k[8:]
		if over <= 0 && readInt(k) > then {
			break
		}
		if keep != nil && bytes.Equal(key, keep) {
			continue
		}
		use, err := articleUsed(t.tx, key)
		if err != nil {
			return 0, err
		}
		over -= int64(use.size)
		gone = append(gone, bytes.Clone(key))
	}
	for _, key := range gone {
		if err := t.dropArticle(key); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}
