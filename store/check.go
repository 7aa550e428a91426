package store

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"excursobot/geo"
)

// The checks that all adapters share. Each returns ErrInvalid.

// CheckText refuses text with NUL or invalid UTF-8, which one of the adapters could not give back.
func CheckText(texts ...string) error {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return fmt.Errorf("%w: text with NUL or invalid UTF-8", ErrInvalid)
		}
	}
	return nil
}

// CheckKey refuses texts that cannot be part of a key.
func CheckKey(parts ...string) error {
	for _, s := range parts {
		if len(s) > MaxKey {
			return fmt.Errorf("%w: key of %d bytes", ErrInvalid, len(s))
		}
	}
	return CheckText(parts...)
}

// CheckName refuses a name of a setting, or a charge of a payment, that is empty or cannot be a key.
func CheckName(name string) error {
	if name == "" {
		return fmt.Errorf("%w: the name is empty", ErrInvalid)
	}
	return CheckKey(name)
}

// CheckPoint refuses points off the globe.
func CheckPoint(points ...geo.Point) error {
	for _, p := range points {
		if !p.Valid() {
			return fmt.Errorf("%w: point off the globe", ErrInvalid)
		}
	}
	return nil
}

// CheckDay refuses an invalid date, which would never be swept.
func CheckDay(day Day) error {
	if _, err := time.Parse(time.DateOnly, string(day)); err != nil {
		return fmt.Errorf("%w: day %q", ErrInvalid, day)
	}
	return nil
}

// CheckMark refuses an invalid mark.
func CheckMark(mark Mark) error {
	if mark < NoMark || mark > Wrong {
		return fmt.Errorf("%w: mark %d", ErrInvalid, mark)
	}
	return nil
}

// Check refuses a key with a part that cannot be part of a key.
func (k StoryKey) Check() error { return CheckKey(k.Place, k.Language, string(k.Length)) }
