package guide

import (
	"context"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"excursobot/bot/guide/model"
	"excursobot/geo/places"
	"excursobot/geo/places/wikitext"
	"excursobot/store"
)

const (
	// storyVersion is the version of the rules by which stories are written: from whole articles. Older ones are written again when they are told.
	storyVersion = 2
	// gatherWithin is how long a batch waits for the articles of its places. Stories are then written from the intros, and again later.
	gatherWithin = 2 * time.Second
	// gatherMost bounds the whole work for one batch.
	gatherMost = 10 * time.Second
	// coldRequests is how many requests an area costs at most before its first story.
	coldRequests = 10
)

// material is what a story is written from, beside the place itself. It does not change.
type material struct {
	passage  model.Passage
	article  store.ArticleKey // zero = only the intro is there
	revision int64
	packed   bool // it came with a pack, and was not compared with Wikipedia since
}

// gathering is the work of collecting the materials of a batch.
type gathering struct {
	began time.Time
	done  chan struct{}
}

// gather starts to read the articles and credits of the places of a batch. The one that people wait for comes first.
func (b *batches) gather(bt *batch) *gathering {
	g := &gathering{began: time.Now(), done: make(chan struct{})}
	if b.sources == nil || bt.more != nil || !b.tasks.start(func() {
		defer close(g.done)
		ctx, cancel := context.WithTimeout(b.tasks.ctx, gatherMost)
		defer cancel()
		b.collect(ctx, bt)
	}) {
		close(g.done)
	}
	return g
}

// wait waits until everything is there, or the time for it is over, or ctx ends.
func (g *gathering) wait(ctx context.Context) {
	timer := time.NewTimer(time.Until(g.began.Add(gatherWithin)))
	defer timer.Stop()
	select {
	case <-g.done:
	case <-timer.C:
	case <-ctx.Done():
	}
}

// collect reads what the stories of the batch are written from, and puts it into the items as it comes.
func (b *batches) collect(ctx context.Context, bt *batch) {
	b.mu.Lock()
	class := bt.class
	b.mu.Unlock()
	ctx = sourceContext(ctx, max(class, LiveTick)) // somebody else's first content goes before an article
	list := make([]places.Place, len(bt.items))
	for i, it := range bt.items {
		list[i] = it.place
	}
	editions := b.sources.Editions(list[0].Point, bt.language)
	if !b.sources.Small() {
		// Missing names and lengths only make the choice of the article worse.
		list, _ = b.sources.Names(ctx, list, bt.language, editions)
		list, _ = b.sources.Lengths(ctx, list, readable(editions))
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	known := list // after names and lengths, because all of them store the places
	wg.Go(func() { b.credit(ctx, bt, known) })
	articles := 0
	for i, p := range list {
		it := bt.items[i]
		if i > 0 && (b.sources.Small() || !places.Worthwhile(p)) {
			continue
		}
		link := places.ArticleOf(p, bt.language, editions)
		if link.Title == "" {
			continue
		}
		if a, err := b.sources.StoredArticle(ctx, store.ArticleKey{Edition: link.Edition, Page: link.Page}); link.Page != 0 && err == nil {
			it.provide(p, a, b.passage)
			continue
		}
		if articles >= articlesAllowed(len(editions)) || !b.sources.MayRead(ctx) {
			continue
		}
		articles++
		wg.Go(func() {
			a, err := b.sources.Article(ctx, p.ID, link)
			if err != nil {
				b.log.Debug("article_missing", "place", p.ID, "edition", link.Edition, "error", err)
				return
			}
			it.provide(p, a, b.passage)
		})
	}
}

// articlesAllowed returns how many articles a batch may read, so that an area costs at most coldRequests before its first story: a search in each
// edition, the details of one, names, lengths in the other readable editions, credits, and these.
func articlesAllowed(editions int) int {
	return max(1, min(4, coldRequests-editions-1-1-min(2, editions-1)-1))
}

// readable returns the other editions that an article may come from: the first local one and English.
func readable(editions []string) []string {
	return slices.Compact(append(slices.Clone(editions[1:min(2, len(editions))]), editions[len(editions)-1:]...))
}

// credit finds out who made the pictures of the places.
func (b *batches) credit(ctx context.Context, bt *batch, list []places.Place) {
	credited, err := b.sources.Credits(ctx, list)
	if err != nil {
		b.log.Debug("credits_missing", "places", len(list), "error", err)
	}
	for i, p := range credited {
		bt.items[i].pictured.Store(&picture{p.Picture, p.Credit})
	}
}

// picture is a picture and its credit.
type picture struct {
	address string
	credit  store.Credit
}

// provide gives the item the article that its story is written from.
func (it *item) provide(p places.Place, a store.Article, limit int) {
	text := wikitext.Passage(wikitext.Sections(a.Text), limit)
	if text == "" {
		return
	}
	it.material.Store(&material{
		passage: model.Passage{Text: text, Language: a.Edition, Title: a.Title, Labels: labelsOf(p)},
		article: a.ArticleKey, revision: a.Revision, packed: a.Checked.IsZero(),
	})
}

// labelsOf returns the other names of a place, in any language.
func labelsOf(p places.Place) []string {
	labels := slices.Sorted(maps.Values(p.Names))
	for _, l := range p.Sitelinks {
		labels = append(labels, l.Title)
	}
	slices.Sort(labels)
	return slices.Compact(labels)
}

// source returns the place as the model gets it, and its passage: the one of the article if that is there, else the intro. The first call decides, so
// that text and story belong together.
func (it *item) source() (places.Place, model.Passage) {
	if it.used == nil {
		if it.used = it.material.Load(); it.used == nil {
			p := it.place
			it.used = &material{passage: model.Passage{Text: p.Extract, Language: p.Language, Title: p.Title}, revision: p.Revision, packed: p.Packed}
			for _, l := range p.Sitelinks {
				it.used.passage.Labels = append(it.used.passage.Labels, l.Title)
			}
		}
	}
	p := it.place
	p.Extract = it.used.passage.Text
	return p, it.used.passage
}

// pending holds the parts of an item that arrive while it is queued.
type pending struct {
	material atomic.Pointer[material]
	pictured atomic.Pointer[picture]
	used     *material // by the batch's goroutine alone
}

// articleURL returns the address that stands under a story: of the article that it is written from.
func articleURL(p places.Place, m *material) string {
	if m.article.Page == 0 || m.article.Edition == p.Language || m.passage.Title == "" {
		return p.URL
	}
	return places.ArticleURL(m.article.Edition, m.passage.Title)
}
