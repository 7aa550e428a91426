package facts

import (
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"
)

// BenchmarkCheck measures one check of a story against a passage of 6000 characters, and the reading of such a passage, which is done once for all its
// stories: the passages of the set, repeated up to that length.
func BenchmarkCheck(b *testing.B) {
	first := map[string]variant{}
	for _, v := range readSet(b) {
		if v.class == "as written" && first[v.language].story == "" {
			v.source.Text = longPassage(v.source.Text)
			first[v.language] = v
		}
	}
	for _, language := range []string{"en", "de", "ru", "uk", "zh", "ja", "ko", "ar", "hi"} {
		v := first[language]
		b.Run(language, func(b *testing.B) {
			p := Read(v.source)
			b.ReportAllocs()
			defer processorTime(b)()
			for b.Loop() {
				p.Check(v.story, v.language, today)
			}
		})
		b.Run("read/"+language, func(b *testing.B) {
			b.ReportAllocs()
			defer processorTime(b)()
			for b.Loop() {
				Read(v.source)
			}
		})
	}
}

// processorTime reports the processor's time beside the clock's, which a busy machine makes longer. The returned function ends the measurement.
func processorTime(b *testing.B) func() {
	used := func() time.Duration {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano())
	}
	before := used()
	return func() { b.ReportMetric(float64(used()-before)/float64(b.N), "cpu-ns/op") }
}

func longPassage(text string) string {
	const characters = 6000
	text = strings.Repeat(text+"\n", characters/utf8.RuneCountInString(text)+1)
	return string([]rune(text)[:characters])
}
