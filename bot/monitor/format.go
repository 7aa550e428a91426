package monitor

import (
	"fmt"
	"math"
	"time"
)

// brief formats a duration for people: 0.42 s, 7.5 s, 3 min, 2 h 5 min.
func brief(t Seconds) string {
	d := time.Duration(float64(t) * float64(time.Second))
	switch {
	case t < 1:
		return fmt.Sprintf("%.2f s", float64(t))
	case t < 60:
		return fmt.Sprintf("%.1f s", float64(t))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%d d %d h", int(d.Hours())/24, int(d.Hours())%24)
	}
}

// count formats a whole number with thin spaces between thousands.
func count(n any) string {
	s := fmt.Sprintf("%d", n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "\u2009" + s[i:]
	}
	return s
}

// ago formats the time since an event.
func ago(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return brief(InSeconds(d)) + " ago"
}

// decimal formats a rate, with one decimal place below ten unless it is 0.
func decimal(x float64) string {
	if x >= 10 || math.Abs(x-math.Round(x)) < 0.05 {
		return fmt.Sprintf("%.0f", x)
	}
	return fmt.Sprintf("%.1f", x)
}

// size formats bytes in the unit that gives at most three digits before the point.
func size(n any) string {
	var b float64
	switch n := n.(type) {
	case int64:
		b = float64(n)
	case uint64:
		b = float64(n)
	}
	units := []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; b >= 1000 && i < len(units)-1; i++ {
		b /= 1024
	}
	if i > 0 && b < 10 {
		return fmt.Sprintf("%.1f %s", b, units[i])
	}
	return fmt.Sprintf("%.0f %s", math.Round(b), units[i])
}
