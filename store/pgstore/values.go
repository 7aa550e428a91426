package pgstore

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
)

// A record's fields function returns a pointer to each column's value: one list serves reading and writing, so that they
// cannot differ. These are the types of columns that do not look like the record's own.

// moment is a time: microseconds, in UTC, NULL for the zero time.
type moment time.Time

// TimestamptzValue implements pgtype.TimestamptzValuer.
func (m moment) TimestamptzValue() (pgtype.Timestamptz, error) {
	t := cut(time.Time(m))
	return pgtype.Timestamptz{Time: t, Valid: !t.IsZero()}, nil
}

// ScanTimestamptz implements pgtype.TimestamptzScanner.
func (m *moment) ScanTimestamptz(v pgtype.Timestamptz) error {
	if *m = (moment{}); v.Valid {
		*m = moment(v.Time.UTC())
	}
	return nil
}

// cut returns the time as it is kept.
func cut(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return time.UnixMicro(t.UnixMicro()).UTC()
}

// ordered is an unsigned number in a bigint whose order is the same.
type ordered uint64

const topBit = 1 << 63

func signed(v uint64) int64 { return int64(v ^ topBit) }

// Int64Value implements pgtype.Int64Valuer.
func (o ordered) Int64Value() (pgtype.Int8, error) {
	return pgtype.Int8{Int64: signed(uint64(o)), Valid: true}, nil
}

// ScanInt64 implements pgtype.Int64Scanner.
func (o *ordered) ScanInt64(v pgtype.Int8) error {
	*o = ordered(v.Int64) ^ topBit
	return nil
}

// jsonColumn is a pointer to a map or a list in a column of type json, NULL if it is empty.
type jsonColumn struct{ of any }

// Value implements driver.Valuer.
func (j jsonColumn) Value() (driver.Value, error) {
	v := reflect.ValueOf(j.of).Elem()
	if v.Len() == 0 {
		return nil, nil
	}
	text, err := json.Marshal(v.Interface())
	return string(text), err
}

// Scan implements sql.Scanner.
func (j jsonColumn) Scan(column any) error {
	reflect.ValueOf(j.of).Elem().SetZero()
	switch text := column.(type) {
	case nil:
		return nil
	case string:
		return json.Unmarshal([]byte(text), j.of)
	case []byte:
		return json.Unmarshal(text, j.of)
	}
	return fmt.Errorf("column of type %T", column)
}

// blob is bytes, NULL if there are none.
type blob []byte

// BytesValue implements pgtype.BytesValuer.
func (b blob) BytesValue() ([]byte, error) {
	if len(b) == 0 {
		return nil, nil
	}
	return b, nil
}

// ScanBytes implements pgtype.BytesScanner. It clones its argument, which belongs to the connection.
func (b *blob) ScanBytes(v []byte) error {
	if *b = nil; len(v) > 0 {
		*b = bytes.Clone(v)
	}
	return nil
}
