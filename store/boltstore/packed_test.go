package boltstore

import (
	"errors"
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"excursobot/geo"
	"excursobot/store"
	"excursobot/store/storetest"
)

func TestAddressesComeBack(t *testing.T) {
	for _, tt := range []struct {
		address, stored string
		ok              bool
	}{
		{"", "", true},
		{"https://en.wikipedia.org/wiki/Old_house", "https://en.wikipedia.org/wiki/Old_house", true},
		{"https://ru.wikipedia.org/wiki/%D0%94%D0%BE%D0%BC_(1)", "https://ru.wikipedia.org/wiki/Дом_(1)", true},
		{"/%28a%29%25%20%3F%7F", "/%28a%29%25%20%3F%7F", true}, // ASCII stays escaped
		{"/%d0%94", "/%d0%94", false}, // not whole without the part in small letters
		{"/%D0%", "", false},
		{"/%D0%9", "", false},
		{"/%D0", "", false},
		{"/100%", "/100%", true},
		{"/%E2%82%AC%E2%82", "", false},
		{"/Дом%D0%94", "", false},
		{"/Дом", "", false},
	} {
		stored, ok := lettered(tt.address)
		if ok != tt.ok || ok && (stored != tt.stored || escaped(stored) != tt.address) {
			t.Errorf("%q: got %q, %v, which gives %q", tt.address, stored, ok, escaped(stored))
		}
		var got string
		c := codec{packed: true}
		if c.address(&tt.address); c.err != nil {
			t.Fatal(c.err)
		}
		r := codec{reading: true, packed: true, in: string(c.out)}
		if r.address(&got); r.err != nil || got != tt.address {
			t.Errorf("%q came back as %q, %v", tt.address, got, r.err)
		}
	}
	refused := codec{packed: true}
	if bad := "a\x00b"; true {
		if refused.address(&bad); !errors.Is(refused.err, store.ErrInvalid) {
			t.Errorf("got error %v, want ErrInvalid", refused.err)
		}
	}
}

func TestDegreesComeBack(t *testing.T) {
	for _, want := range []float64{0, math.Copysign(0, -1), 55.75528, -0.00001, 180, -180, 48.85833333, 48.858333333333334, math.SmallestNonzeroFloat64, 1e-9, -90} {
		c := codec{packed: true}
		v := want
		c.degrees(&v)
		var got float64
		r := codec{reading: true, packed: true, in: string(c.out)}
		if r.degrees(&got); r.err != nil || math.Float64bits(got) != math.Float64bits(want) || r.in != "" {
			t.Errorf("%v came back as %v, %v", want, got, r.err)
		}
	}
}

func TestPackedRecordsComeBack(t *testing.T) {
	towns := storetest.NewTowns()
	for town := range 2 {
		places, stories := towns.Pairs(town, time.Date(2026, 5, 17, 12, 0, 0, 0, time.UTC))
		plain, packed := 0, 0
		for i := range places {
			places[i].Point = geo.Point{Lat: places[i].Point.Lat + float64(i%2)/3, Lon: places[i].Point.Lon}
			key := []byte{byte(i)}
			row, again := storyRow{edition: 5, Story: stories[i]}, storyRow{}
			for _, pair := range []struct{ write, read func(*codec) }{
				{func(c *codec) { placeFields(c, &places[i]) }, nil}, {row.fields, again.fields},
			} {
				before, err1 := encode(key, pair.write)
				after, err2 := encodePacked(key, pair.write)
				if err := errors.Join(err1, err2); err != nil || after[0] != recordPacked {
					t.Fatal(err, "not packed")
				}
				plain, packed = plain+len(before), packed+len(after)
				if pair.read == nil {
					var place store.Place
					if err := decode(key, after, func(c *codec) { placeFields(c, &place) }); err != nil || !cmp.Equal(place, places[i]) {
						t.Errorf("%v: %s", err, cmp.Diff(places[i], place))
					}
					continue
				}
				if err := decode(key, after, pair.read); err != nil || !cmp.Equal(again.Story, stories[i]) || again.edition != 5 {
					t.Errorf("%v: %s", err, cmp.Diff(stories[i], again.Story))
				}
				after[len(after)-1] ^= 1
				if err := decode(key, after, pair.read); !errors.Is(err, errRecord) {
					t.Errorf("damaged: got error %v, want errRecord", err)
				}
			}
		}
		if packed*10 > plain*6 {
			t.Errorf("%s: %d bytes became %d", towns.Language(town), plain, packed)
		}
	}
}

func BenchmarkDecodePackedStory(b *testing.B) {
	for town, language := range []string{"ru", "en"} {
		b.Run(language, func(b *testing.B) {
			_, stories := storetest.NewTowns().Pairs(town, time.Now())
			row := storyRow{Story: stories[0]}
			v, err := encodePacked(nil, row.fields)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				row = storyRow{}
				if err := decode(nil, v, row.fields); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkEncodePackedStory(b *testing.B) {
	_, stories := storetest.NewTowns().Pairs(0, time.Now())
	row := storyRow{Story: stories[0]}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := encodePacked(nil, row.fields); err != nil {
			b.Fatal(err)
		}
	}
}
