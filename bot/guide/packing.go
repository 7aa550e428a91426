package guide

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"excursobot/limiter"
	"excursobot/store"
)

const (
	// packingPause is the time between two looks at a queue or a server that has no room.
	packingPause = 5 * time.Second
	// packingTries is how often a place is tried whose batch failed for no fault of the place.
	packingTries = 5
	// packingPending is how many stories may wait for the judge before the next batch, so that none is pushed out of the queue.
	packingPending = store.MaxJudgements / 5
)

// ErrBudget means that the day's tokens for work that nobody waits for are spent.
var ErrBudget = errors.New("guide: the tokens of the day are spent")

// WriteAll writes the short stories about the places that have none in the language: in the class of packs, and on nobody's account. It returns when
// they are written and judged, or when a reason ends the work that does not pass within minutes. Places about which the model tells nothing are left
// out. written is called after each batch with its number of places, by one goroutine at a time. Run must run.
func (g *Guide) WriteAll(ctx context.Context, list []store.Place, language string, written func(n int)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var mu sync.Mutex
	batches := make(chan []store.Place)
	var wg sync.WaitGroup
	for range max(1, g.cfg.Gate.Stats().Slots-1) { // the last slot is for people
		wg.Go(func() {
			for some := range batches {
				if err := g.writeSome(ctx, some, language); err != nil {
					cancel(err)
					continue
				}
				mu.Lock()
				written(len(some))
				mu.Unlock()
			}
		})
	}
	for some := range slices.Chunk(list, g.cfg.PlacesPerCall) {
		select {
		case batches <- some:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(batches)
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return g.untilJudged(ctx, 0)
}

// writeSome writes about the places of one batch.
func (g *Guide) writeSome(ctx context.Context, list []store.Place, language string) error {
	req := Request{Language: language, Length: store.Short, Class: Packing}
	tries := map[string]int{}
	for ctx.Err() == nil {
		left, err := g.unwritten(ctx, list, language, tries)
		if err != nil || len(left) == 0 {
			return err
		}
		if err := g.untilJudged(ctx, packingPending); err != nil {
			return err
		}
		switch reason, err := g.mayCall(ctx, req); {
		case err != nil:
			return err
		case reason == OverBudget:
			return ErrBudget
		case reason == ModelDown && tries[""] < packingTries*packingTries:
			tries[""]++
			_ = limiter.Sleep(ctx, packingPause)
			continue
		case reason != NoReason:
			return fmt.Errorf("the model writes nothing (reason: %s)", reason)
		}
		it, err := g.batches.join(req, time.Time{}, left[0], left[1:])
		if errors.Is(err, limiter.ErrFull) || errors.Is(err, limiter.ErrLate) {
			_ = limiter.Sleep(ctx, packingPause)
			continue
		}
		if err != nil {
			return err
		}
		g.await(ctx, it, tries)
	}
	return ctx.Err()
}

// unwritten returns the places without a story that may still be tried.
func (g *Guide) unwritten(ctx context.Context, list []store.Place, language string, tries map[string]int) ([]store.Place, error) {
	ids := make([]string, len(list))
	for i, p := range list {
		ids[i] = p.ID
	}
	have, err := g.library.byPlace(ctx, ids, language, store.Short)
	if err != nil {
		return nil, err
	}
	var left []store.Place
	for _, p := range list {
		if have[p.ID] == nil && tries[p.ID] < packingTries && len(p.Extract) >= minExtract {
			left = append(left, p)
		}
	}
	return left, nil
}

// await waits for all stories of the item's batch and counts the tries of those that did not come.
func (g *Guide) await(ctx context.Context, it *item, tries map[string]int) {
	defer g.batches.leave(it)
	for _, one := range it.batch.items {
		select {
		case <-one.done:
		case <-ctx.Done():
			return
		}
		switch one.reason {
		case NoReason:
		case ModelBusy, ModelDown:
			tries[one.place.ID]++
		default:
			tries[one.place.ID] = packingTries // the model was asked, and has nothing to tell about it
		}
	}
}

// untilJudged waits until at most most stories wait for the judge, or longer than any of them may wait.
func (g *Guide) untilJudged(ctx context.Context, most int) error {
	for end := time.Now().Add(pendingMost); time.Now().Before(end); {
		n, err := g.cfg.Store.PendingJudgements(ctx)
		if err != nil || n <= most {
			return err
		}
		if err := limiter.Sleep(ctx, packingPause); err != nil {
			return err
		}
	}
	return nil
}

// Imported forgets what is cached of the store, because a pack was imported into it.
func (g *Guide) Imported() { g.cfg.Cache.Clear() }

// importsEvery is how often the setting is read by which processes tell each other of imports.
const importsEvery = time.Minute

// noticeImports calls Imported when another process has imported a pack, until ctx ends.
func (g *Guide) noticeImports(ctx context.Context) {
	last, err := g.cfg.Store.Setting(ctx, store.PackImported)
	known := err == nil
	ticker := time.NewTicker(importsEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
		now, err := g.cfg.Store.Setting(ctx, store.PackImported)
		if err != nil {
			continue // the store reports its own trouble
		}
		if known && now != last {
			g.Imported()
			g.log.Info("pack_noticed", "imported", now)
		}
		last, known = now, true
	}
}
