package textzip

import (
	"bytes"
	"strings"
	"sync"
	"testing"
)

func TestATextComesBack(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "one letter": "ж", "short": "== Geschichte ==", "long": strings.Repeat("Об этом доме рассказывают вот что. ", 1000),
		"no text": "\x00\xff",
	} {
		t.Run(name, func(t *testing.T) {
			packed := Pack(text)
			got, err := Unpack(packed)
			if err != nil || got != text {
				t.Errorf("got %q, %v", got, err)
			}
			if !bytes.Equal(packed, Pack(text)) {
				t.Error("packed twice, it differs")
			}
		})
	}
	if text := strings.Repeat("Об этом доме рассказывают вот что. ", 1000); len(Pack(text)) > len(text)/10 {
		t.Errorf("%d bytes became %d", len(text), len(Pack(text)))
	}
}

func TestDamageAndSizeAreRefused(t *testing.T) {
	packed := Pack(strings.Repeat("a b ", 1000))
	for name, bad := range map[string][]byte{"cut": packed[:len(packed)-3], "no archive": []byte("hello, world"), "a bomb": Pack(strings.Repeat("a", 8<<20))} {
		if text, err := Unpack(bad); err == nil {
			t.Errorf("%s: got %d bytes", name, len(text))
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			text := strings.Repeat(string(rune('a'+i)), 1000+i)
			if got, err := Unpack(Pack(text)); err != nil || got != text {
				t.Errorf("got %d bytes, %v", len(got), err)
			}
		})
	}
	wg.Wait()
}

func FuzzUnpack(f *testing.F) {
	f.Add(Pack("text"))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if text, err := Unpack(packed); err == nil && len(text) > 1<<20 {
			t.Errorf("%d bytes", len(text))
		}
	})
}

func BenchmarkUnpack(b *testing.B) {
	packed := Pack(strings.Repeat("Об этом доме рассказывают вот что. ", 1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Unpack(packed); err != nil {
			b.Fatal(err)
		}
	}
}
