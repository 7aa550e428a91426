package demo

import (
	"bytes"
	"net/http"

	"excursobot/geo"
	"excursobot/geo/places"
)

// samplePicture is a picture that a person of the demo can send. The page has its name.
type samplePicture struct {
	ID string `json:"id"`
	// Where the person stands: beside another place of the pack, within the 400 m in which the bot looks for what is in a picture. Otherwise the story
	// that answers their location would be the answer to the picture, too.
	Lat float64 `json:"lat"`
	Lon float64 `json:"lon"`

	place string // the id of the place in it
	png   []byte
}

// samplePictures returns the pictures, one in each city of the pack.
func samplePictures(pack *places.Pack) []samplePicture {
	points := map[string]geo.Point{}
	for _, city := range pack.Cities() {
		for _, p := range city.Places {
			points[p.ID] = p.Point
		}
	}
	const north = 0.0002 // degrees, about 20 m: on the map the person stands beside the place
	list := []samplePicture{
		{ID: "chapel", place: "Q193193", png: paint(chapel)}, // the Sainte-Chapelle
		{ID: "church", place: "Q129846", png: paint(church)}, // Saint Basil's Cathedral
		{ID: "palace", place: "Q975426", png: paint(palace)}, // the Menshikov Palace
	}
	for i, beside := range []string{"Q335277", "Q2416732", "Q2657856"} { // Pont Neuf, the Spasskaya Tower, the Quay with Sphinxes
		at := points[beside]
		list[i].Lat, list[i].Lon = at.Lat-north, at.Lon
	}
	return list
}

// picture returns the sample picture with the id, or nil.
func (s *demoWorld) picture(id string) *samplePicture {
	for i := range s.pictures {
		if s.pictures[i].ID == id {
			return &s.pictures[i]
		}
	}
	return nil
}

// placeIn returns the id of the place in a sample picture, "" for other pictures.
func placeIn(pictures []samplePicture, data []byte) string {
	for _, p := range pictures {
		if bytes.Equal(p.png, data) {
			return p.place
		}
	}
	return ""
}

// servePicture returns a sample picture.
func (d *pageServer) servePicture(w http.ResponseWriter, r *http.Request) {
	p := d.world.picture(r.PathValue("id"))
	if p == nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	_, _ = w.Write(p.png) // it fails only if the client left
}
