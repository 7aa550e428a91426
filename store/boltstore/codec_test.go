package boltstore

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// kinds makes a fresh record of each kind, as its fields.
var kinds = []func() func(*codec){
	kindOf(userFields),
	kindOf(placeFields),
	kindOf(tileFields),
	func() func(*codec) { return new(storyRow).fields },
	func() func(*codec) { return new(toldRow).fields },
	func() func(*codec) { return new(articleRow).fields },
	func() func(*codec) { return new(articleUse).fields },
	kindOf(voiceFields),
	kindOf(judgementFields),
	kindOf(reportFields),
	kindOf(lastPointFields),
	kindOf(tourFields),
	kindOf(lastStoryFields),
	kindOf(walkFields),
	kindOf(stopFields),
	kindOf(paymentFields),
	kindOf(entryFields),
}

func kindOf[T any](fields func(*codec, *T)) func() func(*codec) {
	return func() func(*codec) {
		row := new(T)
		return func(c *codec) { fields(c, row) }
	}
}

func FuzzDecode(f *testing.F) {
	key := []byte("key")
	for kind := range kinds {
		v, err := encode(key, kinds[kind]())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(kind), v)
	}
	story := storyRow{edition: 3, Story: store.Story{Text: "текст", Point: geo.Point{Lat: 1}, WrongBy: []int64{1, -2}, Created: time.Now()}}
	v, err := encode(key, story.fields)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(uint8(3), v)
	story.Text = strings.Repeat("текст ", 30)
	story.URL, story.Picture = "https://ru.wikipedia.org/wiki/%D0%94%D0%BE%D0%BC", "https://example.org/Дом"
	if v, err = encodePacked(key, story.fields); err != nil || v[0] != recordPacked {
		f.Fatal(err, "not packed")
	}
	f.Add(uint8(3), v)
	f.Fuzz(func(t *testing.T, kind uint8, value []byte) {
		fresh := kinds[int(kind)%len(kinds)]
		if err := decode(key, value, fresh()); err != nil && !errors.Is(err, errRecord) {
			t.Errorf("got error %v, want errRecord", err)
		}
		if err := decodePacked(key, value, fresh()); err != nil && !errors.Is(err, errRecord) {
			t.Errorf("got error %v, want errRecord", err)
		}
		// Past the checksum: what reads must be written the same again.
		fields := fresh()
		if err := decodeBody(key, codec{reading: true, in: string(value)}, fields); err != nil {
			if !errors.Is(err, errRecord) {
				t.Errorf("got error %v, want errRecord", err)
			}
			return
		}
		first, err := encode(key, fields)
		if err != nil {
			if !errors.Is(err, store.ErrInvalid) { // text or point that we would not have written
				t.Errorf("got error %v, want ErrInvalid", err)
			}
			return
		}
		again := fresh()
		if err := decode(key, first, again); err != nil {
			t.Fatalf("own record: %v", err)
		}
		if second, err := encode(key, again); err != nil || !bytes.Equal(first, second) {
			t.Errorf("written twice: %x and %x (%v)", first, second, err)
		}
		packed, err := encodePacked(key, again)
		if err != nil {
			t.Fatalf("packed: %v", err)
		}
		unpacked := fresh()
		if err := decode(key, packed, unpacked); err != nil {
			t.Fatalf("own packed record: %v", err)
		}
		if third, err := encode(key, unpacked); err != nil || !bytes.Equal(first, third) {
			t.Errorf("packed and unpacked: %x and %x (%v)", first, third, err)
		}
	})
}

func TestRecordOfAnOlderProgramReads(t *testing.T) {
	key := []byte("key")
	old, err := encode(key, func(c *codec) { // a user before the fields after Language
		id, language := int64(7), "ru"
		c.int64(&id)
		c.text(&language)
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := decoded(key, old, userFields)
	if err != nil {
		t.Fatal(err)
	}
	if got.ID != 7 || got.Language != "ru" || !got.Seen.IsZero() || got.Interests != nil {
		t.Errorf("got %+v", got)
	}
}

// A place that was stored before descriptions in many languages reads as it was, and one without them takes no byte more.
func TestPlaceOfAnOlderProgramReads(t *testing.T) {
	key := []byte("key")
	for _, packed := range []bool{false, true} {
		place := store.Place{ID: "Q1", Language: "ru", Title: "Дом", About: "house", Packed: packed}
		now, err := encode(key, func(c *codec) { placeFields(c, &place) })
		if err != nil {
			t.Fatal(err)
		}
		before, err := encode(key, func(c *codec) { // Packed was the last field
			bare := place
			bare.Packed = false
			placeFields(c, &bare)
			c.lastBool(&place.Packed)
		})
		if err != nil || !bytes.Equal(before, now) {
			t.Errorf("%d bytes, were %d, %v", len(now), len(before), err)
		}
		var got store.Place
		if err := decode(key, before, func(c *codec) { placeFields(c, &got) }); err != nil || got.About != "house" || got.Packed != packed || got.Abouts != nil {
			t.Errorf("got %+v, %v", got, err)
		}
	}
}

// A damaged record may claim a list of any length: it is refused before memory is taken for the list.
func TestListLongerThanItsRecordIsRefused(t *testing.T) {
	item := func(c *codec, v *int64) { c.int64(v) }
	record := func(length uint64, items ...int64) []byte {
		c := &codec{}
		c.uint64(&length)
		for _, v := range items {
			c.int64(&v)
		}
		return c.out
	}
	for _, tt := range []struct {
		name string
		body []byte
		want int // items, -1 = refused
	}{
		{"empty", record(0), 0},
		{"whole", record(2, 5, 6), 2},
		{"one short", record(3, 5, 6), -1},
		{"enormous", record(1<<62, 5, 6), -1},
		{"more than memory", record(1<<33, 5, 6), -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got []int64
			err := decodeBody(nil, codec{reading: true, in: string(tt.body)}, func(c *codec) { list(c, &got, item) })
			if refused := errors.Is(err, errRecord); refused != (tt.want < 0) || !refused && len(got) != tt.want {
				t.Errorf("got %d items, %v; want %d", len(got), err, tt.want)
			}
			if tt.want < 0 && cap(got) > 0 {
				t.Errorf("memory for %d items was taken", cap(got))
			}
		})
	}
}

func TestRecordIsBoundToItsKey(t *testing.T) {
	v, err := encode([]byte("one"), func(c *codec) { userFields(c, &store.User{ID: 1}) })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := decoded([]byte("two"), v, userFields); !errors.Is(err, errRecord) {
		t.Errorf("got error %v, want errRecord", err)
	}
}

func BenchmarkDecodeStory(b *testing.B) {
	key := []byte("ru\x00........Q1\x00short")
	row := storyRow{Story: store.Story{StoryKey: store.StoryKey{Place: "Q1", Language: "ru", Length: store.Short}, Text: string(bytes.Repeat([]byte("о"), 400))}}
	v, err := encode(key, row.fields)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		row = storyRow{}
		if err := decode(key, v, row.fields); err != nil {
			b.Fatal(err)
		}
	}
}
