package facts

import (
	"fmt"
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

// BenchmarkCheckOfManyNumbers measures a passage and a story that are made of numbers, as no honest ones are.
func BenchmarkCheckOfManyNumbers(b *testing.B) {
	var passage, story strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&passage, "In %d king %c%d had %d big stones. ", 1000+i, 'a'+i%26, i%7, 3*i)
	}
	for i := range 60 {
		fmt.Fprintf(&story, "In %d king %c had %d big stones for %d years. ", 1000+13*i, 'a'+i%26, 7*i, 11*i)
	}
	p := Read(Source{Language: "en", Title: "Stones", Text: passage.String()})
	b.ReportAllocs()
	defer processorTime(b)()
	for b.Loop() {
		p.Check(story.String(), "en", today)
	}
}
