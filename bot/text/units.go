package text

import (
	"math"
	"strconv"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/number"
)

// Distance renders a distance in metres: "120 m", "1.3 km". It rounds to 10 m (at least 10 m) below a kilometre, to 100 m below 10 km, and to a
// kilometre above. A negative distance or NaN renders as 10 m.
func (w *Words) Distance(metres float64) string {
	tens := math.Round(metres / 10)
	switch {
	case !(tens >= 1): // NaN too
		return w.Say("distance.metres", "n", 10)
	case tens < 100:
		return w.Say("distance.metres", "n", int(tens)*10)
	case metres < 9950:
		return w.Say("distance.kilometres", "n", math.Round(metres/100)/10)
	}
	return w.Say("distance.kilometres", "n", math.Round(metres/1000))
}

// Duration renders d: "20 s", "3 min", "1 h 25 min". It rounds up to 5 s (at least 5 s) below a minute, so that "wait 5 s" is never too short, and to a
// minute above.
func (w *Words) Duration(d time.Duration) string {
	if d <= 55*time.Second {
		const step = 5 // seconds
		steps := max(1, (int64(d)+int64(step*time.Second)-1)/int64(step*time.Second))
		return w.Say("duration.seconds", "s", steps*step)
	}
	minutes := max(1, int64(d.Round(time.Minute)/time.Minute))
	hours := minutes / 60
	minutes %= 60
	switch {
	case hours == 0:
		return w.Say("duration.minutes", "m", minutes)
	case minutes == 0:
		return w.Say("duration.hours", "h", hours)
	}
	return w.Say("duration.hours_minutes", "h", hours, "m", minutes)
}

// number renders v in the number format of the language; false if v is not a number.
func (w *Words) number(v any) (string, bool) {
	switch v := v.(type) {
	case float64:
		return w.printer.Sprint(number.Decimal(v, number.MaxFractionDigits(1))), true
	case float32:
		return w.number(float64(v))
	}
	n, ok := integer(v)
	if !ok {
		return "", false
	}
	if -1000 < n && n < 1000 { // without grouping, the digits are the same in all languages of the catalogue
		return strconv.FormatInt(n, 10), true
	}
	return w.printer.Sprint(number.Decimal(n)), true
}

// form returns the plural form that the language uses with v: plural.Other for fractions and for values that are not numbers.
func (w *Words) form(v any) plural.Form {
	n, ok := integer(v)
	if !ok {
		return plural.Other
	}
	const period = 10_000_000 // MatchPlural takes n modulo this
	n %= period
	if n < 0 {
		n = -n
	}
	return plural.Cardinal.MatchPlural(w.tag, int(n), 0, 0, 0, 0)
}

// integer returns the whole number in v, for the types that callers use.
func integer(v any) (int64, bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true
	case int64:
		return v, true
	case int32:
		return int64(v), true
	case uint64:
		return int64(min(v, math.MaxInt64)), true
	}
	return 0, false
}
