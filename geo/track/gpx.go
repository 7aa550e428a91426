package track

import (
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"

	"excursobot/geo"
)

// The types follow the GPX 1.1 schema, https://www.topografix.com/GPX/1/1/gpx.xsd. Its elements have a fixed order, which is the order of the
// fields.
type gpxFile struct {
	XMLName  xml.Name     `xml:"http://www.topografix.com/GPX/1/1 gpx"`
	Version  string       `xml:"version,attr"`
	Creator  string       `xml:"creator,attr"`
	Metadata *gpxMetadata `xml:"metadata,omitempty"`
	Places   []gpxPoint   `xml:"wpt"`
	Track    *gpxTrack    `xml:"trk,omitempty"`
}

type gpxMetadata struct {
	Name string `xml:"name"`
}

type gpxPoint struct {
	Lat  string `xml:"lat,attr"`
	Lon  string `xml:"lon,attr"`
	Time string `xml:"time,omitempty"`
	Name string `xml:"name,omitempty"`
}

type gpxTrack struct {
	Name     string       `xml:"name,omitempty"`
	Segments []gpxSegment `xml:"trkseg"`
}

type gpxSegment struct {
	Points []gpxPoint `xml:"trkpt"`
}

// GPX writes r as GPX 1.1: the places as waypoints named "3. Title", the track cut into segments at its gaps. Coordinates have 6 decimals (about
// 10 cm), times are UTC to the second. It drops characters that XML does not allow. An empty route gives a valid file, too. The only errors are
// those of w.
func GPX(w io.Writer, r Route) error {
	file := gpxFile{Version: "1.1", Creator: "Excursobot"}
	name := xmlText(r.Name)
	stretches := r.stretches()
	if name != "" {
		file.Metadata = &gpxMetadata{Name: name}
	}
	for _, p := range r.Places {
		if !p.Point.Valid() {
			continue
		}
		title := strings.TrimSpace(strconv.Itoa(p.Number) + ". " + xmlText(p.Title))
		file.Places = append(file.Places, newGPXPoint(p.Point, p.At, title))
	}
	if len(stretches) > 0 {
		file.Track = &gpxTrack{Name: name}
	}
	for _, s := range stretches {
		points := make([]gpxPoint, 0, len(s))
		for _, f := range s {
			points = append(points, newGPXPoint(f.Point, f.At, ""))
		}
		file.Track.Segments = append(file.Track.Segments, gpxSegment{points})
	}
	if err := writeXML(w, file); err != nil {
		return fmt.Errorf("write gpx: %w", err)
	}
	return nil
}

func writeXML(w io.Writer, file gpxFile) error {
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(file); err != nil {
		return err
	}
	if err := enc.Close(); err != nil {
		return err
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func newGPXPoint(p geo.Point, at time.Time, name string) gpxPoint {
	lon := micro(p.Lon)
	if lon == 180e6 { // longitudes end before 180 in the schema
		lon = -180e6
	}
	return gpxPoint{Lat: degrees(micro(p.Lat)), Lon: degrees(lon), Time: gpxTime(at), Name: name}
}

// micro returns degrees as whole millionths. Adding 0 turns -0 into 0.
func micro(deg float64) float64 { return math.Round(deg*1e6) + 0 }

// degrees formats millionths of a degree as a plain decimal without exponent.
func degrees(micro float64) string { return strconv.FormatFloat(micro/1e6, 'f', 6, 64) }

// gpxTime returns t as xsd:dateTime, or "" if t is zero or its year does not have four digits.
func gpxTime(t time.Time) string {
	if t = t.UTC(); t.IsZero() || t.Year() < 1 || t.Year() > 9999 {
		return ""
	}
	return t.Format(time.RFC3339)
}

// xmlText returns s on one line without characters that XML 1.0 cannot hold; encoding/xml would write U+FFFD for them.
func xmlText(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\t', r == '\n', r == '\r', r >= 0x20 && r <= 0xFFFD, r >= 0x10000:
			return r
		}
		return -1
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}
