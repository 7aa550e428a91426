package boltstore

import (
	"bytes"
	"context"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"excursobot/store"
)

// reader describes how a table is read: its rows are in a bucket in the order of their store.Key.
type reader struct {
	bucket []byte
	key    func(after store.Key) ([]byte, error) // the bucket's key of the row with that Key
	row    func(tx *bolt.Tx, k, v []byte) (any, error)
}

func readerOf(table store.Table) (reader, bool) {
	r, ok := map[store.Table]reader{
		store.TableUsers:       {bucketUsers, numberKey, exportUser},
		store.TablePlaces:      {bucketPlaceIDs, textsKey(2), exportPlace},
		store.TableTiles:       {bucketTiles, exportTileKey, exportTile},
		store.TableStories:     {bucketStoryIDs, exportStoryKey, exportStory},
		store.TableArticles:    {bucketArticles, exportArticleKey, exportArticle},
		store.TableVoices:      {bucketVoices, exportVoiceKey, exportVoice},
		store.TableReports:     {bucketReports, exportReportKey, exportReport},
		store.TableJudgements:  {bucketJudgements, exportStoryKey, exportJudgement},
		store.TableLastPoints:  {bucketLastPoints, exportRecentKey, exportLastPoint},
		store.TableLastStories: {bucketLastStories, exportRecentKey, exportLastStory},
		store.TableTours:       {bucketTours, numberKey, exportTour},
		store.TableTold:        {bucketTold, exportToldKey, exportTold},
		store.TableLedger:      {bucketLedger, exportLedgerKey, exportTokens},
		store.TableWalks:       {bucketWalks, exportWalkKey, exportWalk},
		store.TableStops:       {bucketStops, exportStopKey, exportStop},
		store.TablePayments:    {bucketPayments, textsKey(1), exportPayment},
		store.TableInbox:       {bucketInbox, numberKey, exportEntry},
		store.TableSettings:    {bucketSettings, textsKey(1), exportSetting},
	}[table]
	return r, ok
}

// Rows implements store.RowReader.
func (s *Store) Rows(ctx context.Context, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	if read, ok := listOf(table); ok {
		return s.exportList(ctx, read, after, limit)
	}
	r, ok := readerOf(table)
	if !ok {
		return nil, fmt.Errorf("%w: table %q", store.ErrInvalid, table)
	}
	var start []byte
	if after != "" {
		var err error
		if start, err = r.key(after); err != nil {
			return nil, err
		}
	}
	var rows []store.Row
	err := s.view(ctx, func(tx *bolt.Tx) error {
		c := tx.Bucket(r.bucket).Cursor()
		k, v := c.Seek(start)
		if after != "" && bytes.Equal(k, start) {
			k, v = c.Next()
		}
		for ; k != nil && len(rows) < limit; k, v = c.Next() {
			record, err := r.row(tx, k, v)
			if err != nil {
				return err
			}
			if record != nil {
				rows = append(rows, store.NewRow(record))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}

// listOf returns how to read a table whose rows are identified by their position: at most 10 000 rows.
func listOf(table store.Table) (func(*bolt.Tx) ([]any, error), bool) {
	read, ok := map[store.Table]func(*bolt.Tx) ([]any, error){
		store.TableClosed:      exportClosed,
		store.TableDone:        exportDone,
		store.TableDeadLetters: exportDeadLetter,
	}[table]
	return read, ok
}

func (s *Store) exportList(ctx context.Context, read func(*bolt.Tx) ([]any, error), after store.Key, limit int) ([]store.Row, error) {
	var position int64
	if after != "" {
		if err := after.Parts(&position); err != nil {
			return nil, err
		}
	}
	var rows []store.Row
	err := s.view(ctx, func(tx *bolt.Tx) error {
		records, err := read(tx)
		if err != nil {
			return err
		}
		first := min(max(position, 0), int64(len(records)))
		for _, record := range records[first:] {
			if len(rows) >= limit {
				break
			}
			rows = append(rows, store.NewRow(record))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return rows, nil
}
