package storetest

import (
	"math"
	"slices"

	"excursobot/store"
)

// byteWise are names in the order of their bytes.
var byteWise = []string{"", "10", "9", "A", "Q1", "Q10", "Q2", "Z", "_", "a", "z", "~", "Ä", "ä", "é", "я", "語", "😀"}

// orderOps stores under such names, last first, and reads them in order.
func orderOps() []op {
	var places []store.Place
	var walks []store.Walk
	var gifts []store.Payment
	var asked []string
	var heard []bool
	ops := []op{}
	for _, name := range slices.Backward(byteWise) {
		places = append(places, store.Place{ID: name, Language: "ru", Point: louvre})
		walks = append(walks, store.Walk{ID: name, Revision: 1})
		asked, heard = append(asked, name), append(heard, true)
		ops = append(ops, delivered("told "+name, store.Delivery{Person: -7, Place: name, At: noon}))
		if name == "" { // no charge
			continue
		}
		gift := store.Payment{Charge: name, Person: -7, Stars: 1, At: noon}
		gifts = append(gifts, gift)
		ops = append(ops, credit("credit "+name, gift, paid{gift, true}, nil))
	}
	updates := []int64{math.MaxInt64, 10, 9, 1, -1, -9, -10, math.MinInt64 + 1}
	var entries []store.Entry
	for _, id := range updates {
		entries = append(entries, store.Entry{Update: id, Chat: math.MinInt64, Arrived: noon, Tries: 1})
	}
	ops = append(ops,
		putPlaces("places", places...),
		saveWalks("walks", walks...),
		accept("updates", []bool{true, true, true, true, true, true, true, true}, entries...),
	)
	slices.Reverse(places)
	slices.Reverse(walks)
	slices.Reverse(gifts)
	slices.Reverse(entries)
	return append(ops,
		placesIn("places by id", "ru", at(louvre), 100, places...),
		openWalks("walks by id", walks...),
		payments("by charge", "", 100, gifts...),
		payments("after one", "a", 100, gifts[slices.Index(byteWise, "a"):]...),
		told("all", -7, asked, heard),
		pending("from the least", math.MinInt64, 100, entries...),
		pending("from the middle", -1, 3, entries[4:7]...),
	)
}
