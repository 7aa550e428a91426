package boltstore

import (
	"context"
	"time"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// Tile implements store.Places.
func (s *Store) Tile(ctx context.Context, key store.TileKey, now time.Time) (store.Tile, error) {
	if err := store.CheckKey(key.Language); err != nil {
		return store.Tile{}, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (store.Tile, error) {
		tile, err := record(tx, bucketTiles, tileKey(key), tileFields)
		if err == nil && expired(tile.Expires, now) {
			err = store.ErrNotFound
		}
		return tile, err
	})
}

// PutTile implements store.Places.
func (s *Store) PutTile(ctx context.Context, tile store.Tile) error {
	if err := store.CheckKey(tile.Language); err != nil {
		return err
	}
	k := tileKey(tile.TileKey)
	v, err := encodePacked(k, func(c *codec) { tileFields(c, &tile) })
	if err != nil {
		return err
	}
	return s.write(ctx, func(t *txn) error { return t.putTile(k, v, tile.Expires) })
}

// putTile stores the record of a tile in the place of an older one.
func (t *txn) putTile(key, tile []byte, expires time.Time) error {
	old, _, err := find(t.tx, bucketTiles, key, tileFields)
	if err != nil {
		return err
	}
	if err := t.reschedule(expiringTile, key, old.Expires, expires); err != nil {
		return err
	}
	return t.put(t.bucket(bucketTiles), key, tile)
}

// Place implements store.Places.
func (s *Store) Place(ctx context.Context, id, language string) (store.Place, error) {
	if err := store.CheckKey(id, language); err != nil {
		return store.Place{}, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (store.Place, error) {
		leaf := tx.Bucket(bucketPlaceIDs).Get(placeIDKey(id, language))
		if leaf == nil {
			return store.Place{}, store.ErrNotFound
		}
		return getPlace(tx, placeKey(language, geo.Cell(readUint(leaf)), id))
	})
}

// PlacesByPage implements store.Places.
func (s *Store) PlacesByPage(ctx context.Context, language string, pages []int64) ([]store.Place, error) {
	if err := store.CheckKey(language); err != nil {
		return nil, err
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Place, error) {
		var places []store.Place
		byPage := tx.Bucket(bucketPages)
		for _, page := range pages {
			v := byPage.Get(pageKey(language, page))
			if v == nil {
				continue
			}
			place, err := getPlace(tx, append(appendText(nil, language), v...))
			if err != nil {
				return nil, err
			}
			places = append(places, place)
		}
		return places, nil
	})
}

// PlacesIn implements store.Places.
func (s *Store) PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]store.Place, error) {
	if err := store.CheckKey(language); err != nil {
		return nil, err
	}
	return read(ctx, s, func(tx *bolt.Tx) (places []store.Place, err error) {
		err = walk(tx.Bucket(bucketPlaces).Cursor(), language, ranges, func(k, v []byte) (bool, error) {
			if len(places) >= limit {
				return false, nil
			}
			place, err := decoded(k, v, placeFields)
			places = append(places, place)
			return true, err
		})
		return places, err
	})
}

// PutPlaces implements store.Places.
func (s *Store) PutPlaces(ctx context.Context, places []store.Place) error {
	type row struct {
		store.Place
		leaf       geo.Cell
		key, value []byte
	}
	rows := make([]row, len(places))
	for i, p := range places {
		if err := p.Check(); err != nil {
			return err
		}
		r := row{Place: p, leaf: geo.Leaf(p.Point)}
		r.key = placeKey(p.Language, r.leaf, p.ID)
		var err error
		if r.value, err = encodePacked(r.key, func(c *codec) { placeFields(c, &p) }); err != nil {
			return err
		}
		rows[i] = r
	}
	return s.write(ctx, func(t *txn) error {
		for _, r := range rows {
			if err := t.dropPlace(r.ID, r.Language); err != nil {
				return err
			}
			if err := t.put(t.bucket(bucketPlaces), r.key, r.value); err != nil {
				return err
			}
			id := placeIDKey(r.ID, r.Language)
			if err := t.put(t.bucket(bucketPlaceIDs), id, appendUint(nil, uint64(r.leaf))); err != nil {
				return err
			}
			if err := t.reschedule(expiringPlace, id, time.Time{}, ifFetched(r.Place)); err != nil {
				return err
			}
			if r.PageID == 0 {
				continue
			}
			target := append(appendUint(nil, uint64(r.leaf)), r.ID...)
			if err := t.put(t.bucket(bucketPages), pageKey(r.Language, r.PageID), target); err != nil {
				return err
			}
		}
		return nil
	})
}

// dropPlace removes a place, if it exists, and the index rows that point to it. The place has expired, or is replaced by one that may have
// another point or page.
func (t *txn) dropPlace(id, language string) error {
	ids, idKey := t.bucket(bucketPlaceIDs), placeIDKey(id, language)
	leaf := ids.Get(idKey)
	if leaf == nil {
		return nil
	}
	key := placeKey(language, geo.Cell(readUint(leaf)), id)
	old, err := getPlace(t.tx, key)
	if err != nil {
		return err
	}
	byPage, page := t.bucket(bucketPages), pageKey(language, old.PageID)
	if v := byPage.Get(page); len(v) >= 8 && string(v[8:]) == id { // the page may belong to another place by now
		if err := t.delete(byPage, page); err != nil {
			return err
		}
	}
	if err := t.reschedule(expiringPlace, idKey, ifFetched(old), time.Time{}); err != nil {
		return err
	}
	if err := t.delete(ids, idKey); err != nil {
		return err
	}
	return t.delete(t.bucket(bucketPlaces), key)
}

// getPlace reads the place under a key from an index, which must exist.
func getPlace(tx *bolt.Tx, key []byte) (store.Place, error) {
	return decoded(key, tx.Bucket(bucketPlaces).Get(key), placeFields)
}

func placeFields(c *codec, p *store.Place) {
	c.text(&p.ID)
	c.text(&p.Language)
	c.int64(&p.PageID)
	c.text(&p.Title)
	c.point(&p.Point)
	c.text(&p.Kind)
	c.int(&p.Dim)
	c.text(&p.Description)
	c.text(&p.Extract)
	c.int(&p.Length)
	c.address(&p.URL)
	c.address(&p.Picture)
	c.int(&p.Year)
	c.text(&p.Source)
	c.time(&p.Fetched)
	c.texts(&p.Names)
	c.text(&p.About)
	list(c, &p.Sitelinks, sitelinkFields)
	creditFields(c, &p.Credit)
	c.int64(&p.Revision)
	c.time(&p.Edited)
	if !c.reading && len(p.Abouts) == 0 { // most places
		c.lastBool(&p.Packed)
		return
	}
	c.bool(&p.Packed)
	c.texts(&p.Abouts)
}

func sitelinkFields(c *codec, l *store.Sitelink) {
	c.text(&l.Edition)
	c.text(&l.Title)
	c.int64(&l.Page)
	c.int(&l.Length)
}

func tileFields(c *codec, t *store.Tile) {
	c.uint64((*uint64)(&t.Cell))
	c.text(&t.Language)
	c.time(&t.Expires)
	list(c, &t.Pages, pageFields)
}

func pageFields(c *codec, p *store.Page) {
	c.int64(&p.ID)
	c.text(&p.Title)
	c.point(&p.Point)
	c.text(&p.Kind)
	c.int(&p.Dim)
}

// ifFetched returns when a place is to be swept; the zero time is never.
func ifFetched(p store.Place) time.Time { return later(p.Fetched, store.PlaceLife) }
