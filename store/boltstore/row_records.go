package boltstore

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"excursobot/geo"
	"excursobot/store"
)

// exportClosed reads the closed walks in the order of closing. A walk that was swept is only in the ring. A walk that was swept and came
// back is in the ring twice, and the later entry counts.
func exportClosed(tx *bolt.Tx) ([]any, error) {
	var keys [][]byte
	seen := map[string]bool{}
	ring := tx.Bucket(bucketWalkRing)
	n := ring.Sequence()
	for i := n; i > n-min(n, store.WalksKept); i-- {
		key := ring.Get(slotKey(uint32((i - 1) % store.WalksKept)))
		if key == nil || seen[string(key)] {
			continue
		}
		seen[string(key)] = true
		w, found, err := walkRow(tx, key)
		if err != nil {
			return nil, err
		}
		if found && w.Closed {
			keys = append(keys, key)
		}
	}
	records := make([]any, len(keys))
	for i := range keys {
		key := keys[len(keys)-1-i]
		records[i] = store.ClosedRow{Position: i + 1, Walk: string(key[:len(key)-1])}
	}
	return records, nil
}

// exportDone reads the last updates done, from the one done first.
func exportDone(tx *bolt.Tx) ([]any, error) {
	done := tx.Bucket(bucketDone)
	first := done.Sequence() - min(done.Sequence(), store.DoneKept) // the number of those before
	records := make([]any, done.Sequence()-first)
	err := done.ForEach(func(k, v []byte) error {
		if len(k) != 8 || len(v) != 8 {
			return fmt.Errorf("%w: update %q", errRecord, k)
		}
		n := readUint(v)
		if n <= first {
			return nil
		}
		if n > done.Sequence() || records[n-first-1] != nil {
			return fmt.Errorf("%w: update %q is number %d of %d", errRecord, k, n, done.Sequence())
		}
		records[n-first-1] = store.DoneRow{Position: int(n - first), Update: readInt(k)}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if i := slices.Index(records, nil); i >= 0 {
		return nil, fmt.Errorf("%w: number %d of the updates done is missing", errRecord, first+uint64(i)+1)
	}
	return records, nil
}

func exportDeadLetter(tx *bolt.Tx) ([]any, error) {
	var records []any
	err := tx.Bucket(bucketDeadLetters).ForEach(func(k, v []byte) error {
		e, err := decoded(k, v, entryFields)
		records = append(records, store.DeadLetterRow{Position: len(records) + 1, Entry: e})
		return err
	})
	return records, err
}

// export returns how to read the rows of a table that are nothing but records.
func export[T any](fields func(*codec, *T)) func(*bolt.Tx, []byte, []byte) (any, error) {
	return func(_ *bolt.Tx, k, v []byte) (any, error) { return decoded(k, v, fields) }
}

// exportPlace reads the place that a row of bucketPlaceIDs points to.
func exportPlace(tx *bolt.Tx, k, v []byte) (any, error) {
	id, language, _ := bytes.Cut(k, []byte{0})
	if len(v) != 8 {
		return nil, fmt.Errorf("%w: place %q", errRecord, k)
	}
	var r store.PlaceRow
	var err error
	if r.Place, err = getPlace(tx, placeKey(string(language), geo.Cell(readUint(v)), string(id))); err != nil {
		return nil, err
	}
	page := tx.Bucket(bucketPages).Get(pageKey(r.Language, r.PageID))
	r.Leads = r.PageID != 0 && len(page) >= 8 && string(page[8:]) == r.ID
	return r, nil
}

// exportStory reads the story that a row of bucketStoryIDs points to.
func exportStory(tx *bolt.Tx, k, v []byte) (any, error) {
	id, err := readStoryID(k)
	if err != nil || len(v) != 8 {
		return nil, errors.Join(err, fmt.Errorf("%w: story %q", errRecord, k))
	}
	key := storyKey(geo.Cell(readUint(v)), id)
	var row storyRow
	err = decode(key, tx.Bucket(bucketStories).Get(key), row.fields)
	return store.StoryRow{Story: row.Story, Edition: row.edition}, err
}

func exportArticle(tx *bolt.Tx, k, v []byte) (any, error) {
	a, err := readArticle(k, v)
	if err != nil {
		return nil, err
	}
	use, err := articleUsed(tx, k)
	return store.ArticleRow{Article: a, Used: use.used}, err
}

func exportJudgement(_ *bolt.Tx, k, v []byte) (any, error) {
	row, err := decoded(k, v, judgementFields)
	return row.Judgement, err
}

func exportTold(_ *bolt.Tx, k, v []byte) (any, error) {
	var row toldRow
	if err := decode(k, v, row.fields); err != nil {
		return nil, err
	}
	return store.ToldRow{
		Person: readInt(k), Place: string(k[8:]), At: row.at, Walk: row.walk, Number: row.number,
		Vote: store.VoteRow{Mark: row.vote.mark, At: row.vote.at, Language: row.vote.language, Length: row.vote.length, Aspect: row.vote.aspect, Edition: row.vote.edition},
	}, nil
}

func exportTokens(_ *bolt.Tx, k, v []byte) (any, error) {
	day := len(k) - 8
	r := store.LedgerRow{Day: store.Day(k[:day]), Person: readInt(k[day:])}
	err := decode(k, v, func(c *codec) { c.int64(&r.Tokens) })
	return r, err
}

func exportStop(_ *bolt.Tx, k, v []byte) (any, error) {
	r := store.StopRow{Walk: string(k[:len(k)-9])}
	err := decode(k, v, func(c *codec) { stopFields(c, &r.Stop) })
	return r, err
}

func exportSetting(_ *bolt.Tx, k, v []byte) (any, error) {
	r := store.SettingRow{Name: string(k)}
	err := decode(k, v, func(c *codec) { c.text(&r.Value) })
	if err != nil || r.Value == "" {
		return nil, err
	}
	return r, nil
}

func numberKey(k store.Key) ([]byte, error) {
	var n int64
	err := k.Parts(&n)
	return idKey(n), err
}

// textsKey returns a function for keys of that many texts, which have NUL between them here, too.
func textsKey(parts int) func(store.Key) ([]byte, error) {
	return func(k store.Key) ([]byte, error) {
		texts, pointers := make([]string, parts), make([]any, parts)
		for i := range texts {
			pointers[i] = &texts[i]
		}
		err := k.Parts(pointers...)
		return []byte(k), err
	}
}

func exportTileKey(k store.Key) ([]byte, error) {
	var t store.TileKey
	err := k.Parts(&t.Language, &t.Cell)
	return tileKey(t), err
}

func exportStoryKey(k store.Key) ([]byte, error) {
	var id store.StoryKey
	var aspect int64
	err := k.Parts(&id.Place, &id.Language, (*string)(&id.Length), &aspect)
	id.Aspect = int(aspect)
	return storyIDKey(id), err
}

func exportVoiceKey(k store.Key) ([]byte, error) {
	var id store.VoiceKey
	var aspect int64
	err := k.Parts(&id.Place, &id.Language, (*string)(&id.Length), &aspect, &id.Voice)
	id.Aspect = int(aspect)
	return voiceKey(id), err
}

func exportReportKey(k store.Key) ([]byte, error) {
	var id store.ReportKey
	err := k.Parts(&id.Place, &id.Language, &id.Revision)
	return reportKey(id), err
}

func (r recents[T]) exportKey(k store.Key) ([]byte, error) {
	var person, chat int64
	err := k.Parts(&person, &chat)
	return recentKey(person, chat, r.kind), err
}

// export reads a row, nil if it is one of the other table.
func (r recents[T]) export(_ *bolt.Tx, k, v []byte) (any, error) {
	if k[len(k)-1] != r.kind {
		return nil, nil
	}
	return decoded(k, v, r.fields)
}

func exportArticleKey(k store.Key) ([]byte, error) {
	var a store.ArticleKey
	err := k.Parts(&a.Edition, &a.Page)
	return articleKey(a), err
}

func exportToldKey(k store.Key) ([]byte, error) {
	var person int64
	var place string
	err := k.Parts(&person, &place)
	return toldKey(nil, person, place), err
}

func exportLedgerKey(k store.Key) ([]byte, error) {
	var day string
	var person int64
	err := k.Parts(&day, &person)
	return ledgerKey(store.Day(day), person), err
}

func exportWalkKey(k store.Key) ([]byte, error) {
	var id string
	err := k.Parts(&id)
	return walkKey(id), err
}

func exportStopKey(k store.Key) ([]byte, error) {
	var id string
	var number int64
	err := k.Parts(&id, &number)
	return stopKey(id, int(number)), err
}
