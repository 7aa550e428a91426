package store

import (
	"context"
	"time"
)

// ArticleKey names a page of one Wikipedia.
type ArticleKey struct {
	Edition string `json:"edition,omitzero"` // the Wikipedia's language
	Page    int64  `json:"page,omitzero"`
}

// Article is the whole text of a page, cleaned.
type Article struct {
	ArticleKey
	Title    string    `json:"title,omitzero"`
	Place    string    `json:"place,omitzero"` // whose article it is; "" = not known
	Revision int64     `json:"revision,omitzero"`
	Edited   time.Time `json:"edited,omitzero"`  // when the page was last edited before it was read
	Fetched  time.Time `json:"fetched,omitzero"` // when the text was read
	Checked  time.Time `json:"checked,omitzero"` // when Revision was last compared with the page's; zero = never, it came with a pack
	Text     string    `json:"text,omitzero"`    // with its headings; at most MaxArticle bytes
}

// MaxArticle is the most bytes of an article's text; a longer one is ErrInvalid.
const MaxArticle = 64 << 10

// ArticleBudget is the default of how many bytes the texts of all articles may have together, as they are stored: compressed.
const ArticleBudget = 256 << 20

// ArticleLife is how long an article stays that nobody uses.
const ArticleLife = PlaceLife

// Articles keeps whole articles within a budget, which is the adapter's. An article was used when it was put or asked for. If there are too
// many, those go first whose last use is the longest ago, and never the one just put.
type Articles interface {
	// Article returns the article and notes that it was used at now. The note is written at most once a UTC day, and if that fails,
	// the article is still returned.
	Article(ctx context.Context, key ArticleKey, now time.Time) (Article, error)
	// PutArticle stores or replaces, as used at now, and deletes what is beyond the budget, at most PutEvicts articles.
	PutArticle(ctx context.Context, a Article, now time.Time) error
	// ArticleStats counts.
	ArticleStats(ctx context.Context) (ArticleStats, error)
}

// PutEvicts is how many articles one PutArticle deletes at most. The rest is the sweep's.
const PutEvicts = 20

// ArticleStats is what articles take at one moment.
type ArticleStats struct {
	Articles int
	Bytes    int64 // of the texts, as stored
}
