package track

import (
	"math"
	"math/rand/v2"
	"time"

	"excursobot/geo"
)

var (
	moscow = geo.Point{Lat: 55.753, Lon: 37.62}
	noon   = time.Date(2026, 5, 5, 12, 0, 0, 0, time.FixedZone("MSK", 3*60*60))
)

// loop is a walk of about 4 km around the Kremlin, a fix every ten seconds, with a gap and eleven places. Some places are close together and one
// is far away.
func loop() Route {
	random := rand.New(rand.NewPCG(1, 2))
	r := Route{Name: "Прогулка 5 мая: Москва, 3,9 км", Words: Words{"С", "м", "км"}}
	for i := range 400 {
		if i > 300 && i < 325 {
			continue
		}
		turn := float64(i) / 400 * 2 * math.Pi
		p := geo.Offset(moscow, turn*180/math.Pi, 550+120*math.Sin(turn*3)+60*math.Cos(turn*7))
		r.Track = append(r.Track, Fix{Point: geo.Offset(p, random.Float64()*360, random.Float64()*5), At: noon.Add(time.Duration(i) * 10 * time.Second)})
	}
	for i, p := range []Place{
		{Title: "Храм Василия Блаженного", Point: geo.Point{Lat: 55.7525, Lon: 37.6231}},
		{Title: "Большой театр", Point: geo.Point{Lat: 55.7601, Lon: 37.6186}},
		{Title: "ГУМ", Point: geo.Point{Lat: 55.7547, Lon: 37.6215}},
		{Title: "Государственный исторический музей", Point: geo.Point{Lat: 55.7553, Lon: 37.6178}},
		{Title: "Казанский собор", Point: geo.Point{Lat: 55.7554, Lon: 37.6193}},
		{Title: "Иверские ворота и часовня", Point: geo.Point{Lat: 55.7556, Lon: 37.6180}},
		{Title: "Кутафья башня", Point: geo.Point{Lat: 55.7517, Lon: 37.6095}},
		{Title: "Российская государственная библиотека", Point: geo.Point{Lat: 55.7513, Lon: 37.6090}},
		{Title: "Мавзолей", Point: geo.Point{Lat: 55.7537, Lon: 37.6199}},
		{Title: "МГУ, главное здание", Point: geo.Point{Lat: 55.7030, Lon: 37.5302}},
		{Title: "克里姆林宫", Point: geo.Point{Lat: 55.7520, Lon: 37.6175}},
	} {
		p.Number, p.At = i+1, noon.Add(time.Duration(i)*5*time.Minute)
		r.Places = append(r.Places, p)
	}
	return r
}

// straight is a walk of n points in a line, the given metres apart.
func straight(from geo.Point, bearing, metres float64, n int) Route {
	var r Route
	for i := range n {
		r.Track = append(r.Track, Fix{Point: geo.Offset(from, bearing, float64(i)*metres)})
	}
	return r
}

// drunk is a walk of n points in one yard, with the given number of places.
func drunk(n, places int) Route {
	random := rand.New(rand.NewPCG(3, 4))
	var r Route
	p := geo.Point{Lat: -33.8, Lon: 151.2}
	for i := range n {
		p = geo.Offset(p, random.Float64()*360, 8)
		r.Track = append(r.Track, Fix{Point: p})
		if i < places {
			r.Places = append(r.Places, Place{Number: i + 1, Title: "A place with a name", Point: p})
		}
	}
	return r
}

// wild is n points anywhere on the globe.
func wild(n int) Route {
	random := rand.New(rand.NewPCG(5, 6))
	var r Route
	for range n {
		r.Track = append(r.Track, Fix{Point: geo.Point{Lat: random.Float64()*180 - 90, Lon: random.Float64()*360 - 180}})
	}
	return r
}
