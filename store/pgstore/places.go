package pgstore

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"excursobot/geo"
	"excursobot/store"
)

// page is a store.Page as a tile's column has it.
type page struct {
	ID    int64   `json:"id"`
	Title string  `json:"title"`
	Lat   float64 `json:"lat"`
	Lon   float64 `json:"lon"`
	Kind  string  `json:"kind"`
	Dim   int     `json:"dim"`
}

// Tile implements store.Places.
func (s *Store) Tile(ctx context.Context, key store.TileKey, now time.Time) (store.Tile, error) {
	if err := store.CheckKey(key.Language); err != nil {
		return store.Tile{}, err
	}
	tile := store.Tile{TileKey: key}
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		var pages []byte
		row := c.QueryRow(ctx, `SELECT pages::text, expires_at FROM tiles
			WHERE language = $1 AND cell = $2 AND (expires_at IS NULL OR expires_at > $3)`, key.Language, ordered(key.Cell), moment(now))
		if found, err = scan(row, &pages, (*moment)(&tile.Expires)); err != nil || pages == nil {
			return err
		}
		tile.Pages, err = decodePages(pages)
		return err
	})
	if err := orNotFound(found, err); err != nil {
		return store.Tile{}, err
	}
	return tile, nil
}

// PutTile implements store.Places.
func (s *Store) PutTile(ctx context.Context, tile store.Tile) error {
	if err := checkTile(&tile); err != nil {
		return err
	}
	pages, err := encodePages(tile.Pages)
	if err != nil {
		return err
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		b.Queue(upsertTile, tile.Language, ordered(tile.Cell), pages, moment(tile.Expires))
	})
}

const upsertTile = `
	INSERT INTO tiles (language, cell, pages, expires_at) VALUES ($1, $2, $3, $4)
	ON CONFLICT (language, cell) DO UPDATE SET pages = excluded.pages, expires_at = excluded.expires_at`

func checkTile(tile *store.Tile) error {
	err := store.CheckKey(tile.Language)
	for _, p := range tile.Pages {
		err = errors.Join(err, store.CheckText(p.Title, p.Kind), store.CheckPoint(p.Point))
	}
	return err
}

func encodePages(pages []store.Page) (json.RawMessage, error) {
	if len(pages) == 0 {
		return nil, nil
	}
	rows := make([]page, len(pages))
	for i, p := range pages {
		rows[i] = page{ID: p.ID, Title: p.Title, Lat: p.Point.Lat, Lon: p.Point.Lon, Kind: p.Kind, Dim: p.Dim}
	}
	return json.Marshal(rows)
}

func decodePages(raw []byte) ([]store.Page, error) {
	var rows []page
	if err := json.Unmarshal(raw, &rows); err != nil {
		return nil, err
	}
	pages := make([]store.Page, len(rows))
	for i, p := range rows {
		pages[i] = store.Page{ID: p.ID, Title: p.Title, Point: geo.Point{Lat: p.Lat, Lon: p.Lon}, Kind: p.Kind, Dim: p.Dim}
	}
	return pages, nil
}

const (
	placeColumns = "p.id, p.language, p.page, p.title, p.lat, p.lon, p.kind, p.dim, p.description, p.extract, p.length, p.url, p.picture, p.year, p.source, p.fetched_at, " +
		"p.names, p.about, p.sitelinks, p.credit_file, p.credit_author, p.credit_license, p.credit_license_url, p.credit_page, p.revision, p.edited_at, p.packed, p.abouts"

	selectPlacesIn = `
		SELECT ` + placeColumns + `
		FROM unnest($2::bigint[], $3::bigint[]) AS r (low, high)
		CROSS JOIN LATERAL (
			SELECT * FROM places WHERE language = $1 AND leaf BETWEEN r.low AND r.high ORDER BY leaf, id LIMIT $4
		) p
		ORDER BY p.leaf, p.id LIMIT $4`

	upsertPlace = `
		INSERT INTO places (id, language, page, title, lat, lon, kind, dim, description, extract, length, url, picture, year, source, fetched_at,
			names, about, sitelinks, credit_file, credit_author, credit_license, credit_license_url, credit_page, revision, edited_at, packed, abouts, leaf)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
		ON CONFLICT (id, language) DO UPDATE SET
			page = excluded.page, title = excluded.title, lat = excluded.lat, lon = excluded.lon, kind = excluded.kind, dim = excluded.dim,
			description = excluded.description, extract = excluded.extract, length = excluded.length, url = excluded.url,
			picture = excluded.picture, year = excluded.year, source = excluded.source, fetched_at = excluded.fetched_at,
			names = excluded.names, about = excluded.about, sitelinks = excluded.sitelinks, credit_file = excluded.credit_file,
			credit_author = excluded.credit_author, credit_license = excluded.credit_license, credit_license_url = excluded.credit_license_url,
			credit_page = excluded.credit_page, revision = excluded.revision, edited_at = excluded.edited_at, packed = excluded.packed, abouts = excluded.abouts,
			leaf = excluded.leaf`
)

func placeFields(p *store.Place) []any {
	return append([]any{
		&p.ID, &p.Language, &p.PageID, &p.Title, &p.Point.Lat, &p.Point.Lon, &p.Kind, &p.Dim, &p.Description, &p.Extract, &p.Length,
		&p.URL, &p.Picture, &p.Year, &p.Source, (*moment)(&p.Fetched), jsonColumn{&p.Names}, &p.About, jsonColumn{&p.Sitelinks},
	}, append(creditFields(&p.Credit), &p.Revision, (*moment)(&p.Edited), &p.Packed, jsonColumn{&p.Abouts})...)
}

func scanPlace(row pgx.Row) (p store.Place, err error) {
	err = row.Scan(placeFields(&p)...)
	return p, err
}

// Place implements store.Places.
func (s *Store) Place(ctx context.Context, id, language string) (store.Place, error) {
	if err := store.CheckKey(id, language); err != nil {
		return store.Place{}, err
	}
	var place store.Place
	var found bool
	err := s.read(ctx, func(ctx context.Context, c *pgx.Conn) (err error) {
		row := c.QueryRow(ctx, "SELECT "+placeColumns+" FROM places p WHERE id = $1 AND language = $2", id, language)
		found, err = scan(row, placeFields(&place)...)
		return err
	})
	return place, orNotFound(found, err)
}

// PlacesByPage implements store.Places.
func (s *Store) PlacesByPage(ctx context.Context, language string, pages []int64) ([]store.Place, error) {
	if err := store.CheckKey(language); err != nil {
		return nil, err
	}
	return list(ctx, s, scanPlace, "SELECT "+placeColumns+` FROM pages g JOIN places p ON p.id = g.place AND p.language = g.language
		WHERE g.language = $1 AND g.page = ANY ($2)`, language, pages)
}

// PlacesIn implements store.Places.
func (s *Store) PlacesIn(ctx context.Context, language string, ranges []geo.CellRange, limit int) ([]store.Place, error) {
	if err := store.CheckKey(language); err != nil {
		return nil, err
	}
	low, high := bounds(ranges)
	return list(ctx, s, scanPlace, selectPlacesIn, language, low, high, max(limit, 0))
}

// PutPlaces implements store.Places. One call runs at a time: a page belongs to the place put last, so the rows keep the
// caller's order, in which two calls could wait for each other.
func (s *Store) PutPlaces(ctx context.Context, places []store.Place) error {
	for i := range places {
		if err := places[i].Check(); err != nil {
			return err
		}
	}
	return s.write(ctx, repeatable, func(b *pgx.Batch) {
		s.lock(b, lockPlaces)
		for i := range places {
			p := places[i]
			b.Queue(upsertPlace, append(placeFields(&p), ordered(geo.Leaf(p.Point)))...)
			b.Queue("DELETE FROM pages WHERE place = $1 AND language = $2 AND page <> $3", p.ID, p.Language, p.PageID)
			if p.PageID == 0 {
				continue
			}
			b.Queue(`INSERT INTO pages (language, page, place) VALUES ($1, $2, $3)
				ON CONFLICT (language, page) DO UPDATE SET place = excluded.place`, p.Language, p.PageID, p.ID)
		}
	})
}
