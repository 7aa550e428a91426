package boltstore

import (
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
		store.TableUsers:       {bucketUsers, numberKey, export(userFields)},
		store.TablePlaces:      {bucketPlaceIDs, textsKey(2), exportPlace},
		store.TableTiles:       {bucketTiles, exportTileKey, export(tileFields)},
		store.TableStories:     {bucketStoryIDs, exportStoryKey, exportStory},
		store.TableArticles:    {bucketArticles, exportArticleKey, exportArticle},
		store.TableVoices:      {bucketVoices, exportVoiceKey, export(voiceFields)},
		store.TableReports:     {bucketReports, exportReportKey, export(reportFields)},
		store.TableJudgements:  {bucketJudgements, exportStoryKey, exportJudgement},
		store.TableLastPoints:  {bucketRecent, lastPoints.exportKey, lastPoints.export},
		store.TableLastStories: {bucketRecent, lastStories.exportKey, lastStories.export},
		store.TableTours:       {bucketTours, numberKey, export(tourFields)},
		store.TableTold:        {bucketTold, exportToldKey, exportTold},
		store.TableLedger:      {bucketLedger, exportLedgerKey, exportTokens},
		store.TableWalks:       {bucketWalks, exportWalkKey, export(walkFields)},
		store.TableStops:       {bucketStops, exportStopKey, exportStop},
		store.TablePayments:    {bucketPayments, textsKey(1), export(paymentFields)},
		store.TableInbox:       {bucketInbox, numberKey, export(entryFields)},
		store.TableSettings:    {bucketSettings, textsKey(1), exportSetting},
	}[table]
	return r, ok
}

// Rows implements store.RowReader.
func (s *Store) Rows(ctx context.Context, table store.Table, after store.Key, limit int) ([]store.Row, error) {
	if list, ok := listOf(table); ok {
		return s.exportList(ctx, list, after, limit)
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
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Row, error) {
		var rows []store.Row
		for k, v := range rowsAfter(tx, r.bucket, start) {
			if len(rows) >= limit {
				break
			}
			record, err := r.row(tx, k, v)
			if err != nil {
				return nil, err
			}
			if record != nil {
				rows = append(rows, store.NewRow(record))
			}
		}
		return rows, nil
	})
}

// listOf returns how to read a table whose rows are identified by their position: at most 10 000 rows.
func listOf(table store.Table) (func(*bolt.Tx) ([]any, error), bool) {
	list, ok := map[store.Table]func(*bolt.Tx) ([]any, error){
		store.TableClosed:      exportClosed,
		store.TableDone:        exportDone,
		store.TableDeadLetters: exportDeadLetter,
	}[table]
	return list, ok
}

func (s *Store) exportList(ctx context.Context, list func(*bolt.Tx) ([]any, error), after store.Key, limit int) ([]store.Row, error) {
	var position int64
	if after != "" {
		if err := after.Parts(&position); err != nil {
			return nil, err
		}
	}
	return read(ctx, s, func(tx *bolt.Tx) ([]store.Row, error) {
		records, err := list(tx)
		if err != nil {
			return nil, err
		}
		var rows []store.Row
		first := min(max(position, 0), int64(len(records)))
		for _, record := range records[first:] {
			if len(rows) >= limit {
				break
			}
			rows = append(rows, store.NewRow(record))
		}
		return rows, nil
	})
}
