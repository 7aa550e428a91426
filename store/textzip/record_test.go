package textzip

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"sync"
	"testing"
)

const aRecord = "\x08Q1234567\x02ru\x05short\x2aУсадьба на набережной\x08landmarkhttps://ru.wikipedia.org/wiki/Усадьба_на_набережной" +
	"Дом построен в 1784 году по проекту архитектора для купца, который торговал чаем. Здесь теперь музей.\x05model\x0agpt-6-luna"

// A record packed with one dictionary cannot be read with another: whoever changes the words makes every file unreadable.
func TestTheDictionaryNeverChanges(t *testing.T) {
	const want = "cf99358efc81e258db34fc560b3eaa496054e7e66b34e3135a119f67a3586900"
	if sum := sha256.Sum256(words); hex.EncodeToString(sum[:]) != want {
		t.Errorf("the dictionary changed: %x", sum)
	}
}

func TestARecordComesBack(t *testing.T) {
	for name, record := range map[string]string{"empty": "", "short": "a", "story": aRecord, "no text": "\x00\xff\xfe", "long": strings.Repeat("век ", 100_000)} {
		t.Run(name, func(t *testing.T) {
			packed := AppendRecord([]byte("before"), []byte(record))
			got, err := UnpackRecord(packed[len("before"):])
			if err != nil || got != record || !strings.HasPrefix(string(packed), "before") {
				t.Errorf("got %.100q, %v", got, err)
			}
		})
	}
	if packed := AppendRecord(nil, []byte(aRecord)); len(packed)*3 > len(aRecord) {
		t.Errorf("%d bytes became %d", len(aRecord), len(packed))
	}
}

func TestRecordsAreWrittenAtOnceByMany(t *testing.T) {
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			record := strings.Repeat(string(rune('a'+i)), 100+i) + aRecord
			if got, err := UnpackRecord(AppendRecord(nil, []byte(record))); err != nil || got != record {
				t.Errorf("got %.100q, %v", got, err)
			}
		})
	}
	wg.Wait()
}

func TestADamagedRecordIsRefused(t *testing.T) {
	packed := AppendRecord(nil, []byte(aRecord))
	for name, bad := range map[string][]byte{
		"nothing": nil, "cut": packed[:len(packed)-8], "size too small": append([]byte{1}, packed[2:]...), "size too large": append([]byte{0xff, 0x7f}, packed[2:]...),
		"a bomb": AppendRecord(nil, make([]byte, most+1)), "no size": {0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1},
	} {
		if got, err := UnpackRecord(bad); err == nil {
			t.Errorf("%s: got %.100q", name, got)
		}
	}
}

func FuzzUnpackRecord(f *testing.F) {
	f.Add(AppendRecord(nil, []byte(aRecord)))
	f.Fuzz(func(t *testing.T, packed []byte) {
		if record, err := UnpackRecord(packed); err == nil {
			if again, err := UnpackRecord(AppendRecord(nil, []byte(record))); err != nil || again != record {
				t.Errorf("packed again: %v", err)
			}
		}
	})
}

func BenchmarkAppendRecord(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		AppendRecord(nil, []byte(aRecord))
	}
}

func BenchmarkUnpackRecord(b *testing.B) {
	packed := AppendRecord(nil, []byte(aRecord))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := UnpackRecord(packed); err != nil {
			b.Fatal(err)
		}
	}
}
