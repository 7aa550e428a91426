package store

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Line returns the canonical form of a row: one line of JSON, the same bytes for the same row whichever store it came from. Fields stand in the order of the record; what is
// zero is left out, so that a field added later does not change the lines of records without it, except numbers with a fraction and points. Times are
// RFC 3339 in UTC, numbers with a fraction have as many digits as tell them from every other, raw bytes are base64, and
// 64-bit numbers that are no ids of Telegram's are texts.
func Line(r Row) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(struct {
		Table Table `json:"table"`
		Row   any   `json:"row"`
	}{r.Table, r.Value})
	if err != nil {
		return nil, fmt.Errorf("row %q of %s: %w", string(r.Key), r.Table, err)
	}
	return b.Bytes(), nil
}
