package dump

import (
	"bytes"
	"encoding/json"
	"fmt"

	"excursobot/store"
)

// Line returns a row as one line of JSON with its newline.
func Line(row store.Row) ([]byte, error) {
	line, err := encode(struct {
		Table store.Table `json:"table"`
		Row   any         `json:"row"`
	}{row.Table, row.Value})
	if err != nil {
		return nil, fmt.Errorf("row %q of %s: %w", string(row.Key), row.Table, err)
	}
	return line, nil
}

// encode returns a value as one line of JSON.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	if b.Len() > MaxLine {
		return nil, fmt.Errorf("line of %d bytes, the most is %d", b.Len(), MaxLine)
	}
	return b.Bytes(), nil
}

// parsed is a line after the header: a row, or the end.
type parsed struct {
	Table store.Table     `json:"table"`
	Row   json.RawMessage `json:"row"`
	End   *[]Sum          `json:"end"`
}

func parse(line []byte) (parsed, error) {
	var p parsed
	err := strict(line, &p)
	switch {
	case err != nil:
		return p, fmt.Errorf("%w: %w", ErrDamaged, err)
	case (p.End == nil) == (p.Row == nil):
		return p, fmt.Errorf("%w: a line is neither a row nor the end", ErrDamaged)
	}
	return p, nil
}

// row returns the row of a line.
func (p parsed) row() (store.Row, error) {
	decode, known := decoders[p.Table]
	if !known {
		return store.Row{}, fmt.Errorf("%w: unknown table %q", ErrDamaged, string(p.Table))
	}
	record, err := decode(p.Row)
	if err != nil {
		return store.Row{}, fmt.Errorf("%w: row of %s: %w", ErrDamaged, p.Table, err)
	}
	return store.NewRow(record), nil
}

var decoders = map[store.Table]func([]byte) (any, error){
	store.TableUsers:       decode[store.User],
	store.TablePlaces:      decode[store.PlaceRow],
	store.TableTiles:       decode[store.Tile],
	store.TableStories:     decode[store.StoryRow],
	store.TableArticles:    decode[store.ArticleRow],
	store.TableVoices:      decode[store.Voice],
	store.TableReports:     decode[store.Report],
	store.TableJudgements:  decode[store.Judgement],
	store.TableLastPoints:  decode[store.LastPoint],
	store.TableLastStories: decode[store.LastStory],
	store.TableTours:       decode[store.Tour],
	store.TableTold:        decode[store.ToldRow],
	store.TableLedger:      decode[store.LedgerRow],
	store.TableWalks:       decode[store.Walk],
	store.TableStops:       decode[store.StopRow],
	store.TableClosed:      decode[store.ClosedRow],
	store.TablePayments:    decode[store.Payment],
	store.TableInbox:       decode[store.Entry],
	store.TableDone:        decode[store.DoneRow],
	store.TableDeadLetters: decode[store.DeadLetterRow],
	store.TableSettings:    decode[store.SettingRow],
}

func decode[T any](text []byte) (any, error) {
	var record T
	err := strict(text, &record)
	return record, err
}

// strict decodes one JSON value without unknown fields and with nothing behind it.
func strict(text []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.DisallowUnknownFields()
	if err := dec.Decode(v); err != nil {
		return err
	}
	if rest := bytes.TrimSpace(text[dec.InputOffset():]); len(rest) > 0 {
		return fmt.Errorf("%d bytes after the value", len(rest))
	}
	return nil
}
