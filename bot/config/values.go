package config

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bytes is an amount of memory, written as a number of bytes or with KiB, MiB or GiB.
type Bytes int64

// String returns b with the largest unit that divides it.
func (b Bytes) String() string {
	for _, u := range byteUnits {
		if b != 0 && b%u.size == 0 {
			return strconv.FormatInt(int64(b/u.size), 10) + u.name
		}
	}
	return strconv.FormatInt(int64(b), 10)
}

var byteUnits = []struct {
	name string
	size Bytes
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}}

func parseBytes(text string) (Bytes, error) {
	size := Bytes(1)
	for _, u := range byteUnits {
		if number, ok := strings.CutSuffix(text, u.name); ok {
			text, size = strings.TrimSpace(number), u.size
			break
		}
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/int64(size) {
		return 0, errors.New("want a number of bytes, or one with KiB, MiB or GiB")
	}
	return Bytes(n) * size, nil
}

// parse sets the field that dst points to.
func parse(dst any, text string) error {
	text = strings.TrimSpace(text)
	var err error
	switch v := dst.(type) {
	case *string:
		*v = text
	case *int:
		if *v, err = strconv.Atoi(text); err != nil {
			err = errors.New("want a whole number")
		}
	case *int64:
		if *v, err = strconv.ParseInt(text, 10, 64); err != nil {
			err = errors.New("want a whole number")
		}
	case *float64:
		*v, err = strconv.ParseFloat(text, 64)
		if err != nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
			err = errors.New("want a number")
		}
	case *bool:
		*v, err = parseSwitch(text)
	case *Bytes:
		*v, err = parseBytes(text)
	case *time.Duration:
		*v, err = parseDuration(text)
	case *Every:
		*v, err = parseEvery(text)
	case *[]time.Duration:
		*v, err = parseList(text, parseDuration)
	case *[]int64:
		*v, err = parseList(text, func(s string) (int64, error) {
			n, err := strconv.ParseInt(s, 10, 64)
			if err != nil {
				return 0, errors.New("want whole numbers, separated by commas")
			}
			return n, nil
		})
	default:
		panic(fmt.Sprintf("no notation for %T", dst))
	}
	return err
}

func parseSwitch(text string) (bool, error) {
	switch strings.ToLower(text) {
	case "on", "true", "yes", "1":
		return true, nil
	case "off", "false", "no", "0":
		return false, nil
	}
	return false, errors.New("want on or off")
}

func parseDuration(text string) (time.Duration, error) {
	if text == "off" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil {
		return 0, errors.New(`want a duration such as "90s", "10m" or "1h30m"`)
	}
	return d, nil
}

func parseEvery(text string) (Every, error) {
	if text == "pass" {
		return Pass, nil
	}
	d, err := parseDuration(text)
	if err != nil || d < 0 { // Pass is negative
		return 0, errors.New(`want pass, or a duration such as "10m"`)
	}
	return Every(d), nil
}

func parseList[T any](text string, one func(string) (T, error)) ([]T, error) {
	var list []T
	for _, part := range strings.Split(text, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		v, err := one(part)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, nil
}

// format returns the field that src points to, in the notation of parse.
func format(src any) string {
	switch v := src.(type) {
	case *string:
		return *v
	case *int:
		return strconv.Itoa(*v)
	case *int64:
		return strconv.FormatInt(*v, 10)
	case *float64:
		return strconv.FormatFloat(*v, 'f', -1, 64)
	case *bool:
		if *v {
			return "on"
		}
		return "off"
	case *Bytes:
		return v.String()
	case *time.Duration:
		return formatDuration(*v)
	case *Every:
		if *v == Pass {
			return "pass"
		}
		return formatDuration(time.Duration(*v))
	case *[]time.Duration:
		return formatList(*v, formatDuration)
	case *[]int64:
		return formatList(*v, func(n int64) string { return strconv.FormatInt(n, 10) })
	default:
		panic(fmt.Sprintf("no notation for %T", src))
	}
}

// formatDuration omits zero parts: 10m instead of 10m0s. A zero duration is "off".
func formatDuration(d time.Duration) string {
	if d == 0 {
		return "off"
	}
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

func formatList[T any](list []T, one func(T) string) string {
	parts := make([]string, len(list))
	for i, v := range list {
		parts[i] = one(v)
	}
	return strings.Join(parts, ",")
}

// within returns an error with the bound that the value is outside of.
func (s setting) within() error {
	if len(s.oneOf) > 0 && !slices.Contains(s.oneOf, format(s.value)) {
		return errors.New("want one of " + strings.Join(s.oneOf, ", "))
	}
	for _, n := range numbers(s.value) {
		if s.min != "" && n < s.bound(s.min) {
			return errors.New("must be at least " + s.min)
		}
		if s.max != "" && n > s.bound(s.max) {
			return errors.New("must be at most " + s.max)
		}
	}
	return nil
}

// numbers returns the value, or each entry of a list, as numbers that can be compared with a bound.
func numbers(value any) []float64 {
	switch v := value.(type) {
	case *int:
		return []float64{float64(*v)}
	case *int64:
		return []float64{float64(*v)}
	case *float64:
		return []float64{*v}
	case *Bytes:
		return []float64{float64(*v)}
	case *time.Duration:
		return []float64{float64(*v)}
	case *Every:
		if *v == Pass {
			return nil
		}
		return []float64{float64(*v)}
	case *[]time.Duration:
		list := make([]float64, len(*v))
		for i, d := range *v {
			list[i] = float64(d)
		}
		return list
	default:
		return nil
	}
}

// bound returns a bound that is written in the value's notation.
func (s setting) bound(text string) float64 {
	var n float64
	var err error
	switch s.value.(type) {
	case *time.Duration, *Every, *[]time.Duration:
		var d time.Duration
		d, err = parseDuration(text)
		n = float64(d)
	case *Bytes:
		var b Bytes
		b, err = parseBytes(text)
		n = float64(b)
	default:
		n, err = strconv.ParseFloat(text, 64)
	}
	if err != nil {
		panic("bound of " + s.key + ": " + err.Error()) // a mistake in the table
	}
	return n
}
