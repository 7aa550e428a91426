package bot

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"excursobot/geo"
	"excursobot/store"
)

// A button carries at most 64 bytes of data. They hold all that its handler needs, so that it works after a restart too.

// moreData is the data of the "one more" button.
func moreData(p geo.Point) string {
	return "more:" + strconv.FormatFloat(p.Lat, 'f', 5, 64) + "," + strconv.FormatFloat(p.Lon, 'f', 5, 64)
}

func parsePoint(s string) (geo.Point, bool) {
	lat, lon, _ := strings.Cut(s, ",")
	var p geo.Point
	var err1, err2 error
	p.Lat, err1 = strconv.ParseFloat(lat, 64)
	p.Lon, err2 = strconv.ParseFloat(lon, 64)
	return p, err1 == nil && err2 == nil && p.Valid()
}

// nextData is the data of the "next story now" button at a point. Under a story it names the story's place, so that a reply to it is known to be about
// that; place "" = it stands elsewhere.
func nextData(at geo.Point, place string) string {
	next := "next" + strings.TrimPrefix(moreData(at), "more")
	if place != "" {
		return cmp.Or(fitting(next+":"+place), next)
	}
	return next
}

// parseNext reads the data of a "next story now" button: that of "one more" at the same point, and the place of the story above it, "" = none.
func parseNext(args string) (more, place string) {
	more, place, _ = strings.Cut(args, ":")
	if store.CheckKey(place) != nil {
		place = ""
	}
	return more, place
}

// tellData is the data of the "tell me more" button, "" if the place's id is too long for a button.
func tellData(place string, aspect int) string {
	return fitting("tell:" + place + ":" + strconv.Itoa(aspect))
}

// parseTell reads the data of a "tell me more" button.
func parseTell(args string) (place string, aspect int, ok bool) {
	i := strings.LastIndexByte(args, ':')
	if i < 1 {
		return "", 0, false
	}
	aspect, err := strconv.Atoi(args[i+1:])
	return args[:i], aspect, err == nil && aspect >= 1 && aspect <= store.MaxAspect && store.CheckKey(args[:i]) == nil
}

// fitting returns the data of a button, "" if it is too long for one.
func fitting(data string) string {
	if len(data) > 64 {
		return ""
	}
	return data
}

// voteData is the data of a vote's button, "" if the place's id is too long for a button. Only a story that tells more about a place has an aspect in it.
func voteData(key store.StoryKey, mark store.Mark) string {
	data := "vote:" + key.Place + ":" + key.Language + ":" + string(key.Length) + ":"
	if key.Aspect > 0 {
		data += aspectSign + strconv.Itoa(key.Aspect) + ":"
	}
	return fitting(data + strconv.Itoa(int(mark)))
}

// listenData is the data of the button that speaks a story, "" if the place's id is too long for a button.
func listenData(key store.StoryKey) string {
	return fitting("listen:" + key.Place + ":" + key.Language + ":" + string(key.Length) + ":" + strconv.Itoa(key.Aspect))
}

// parseListen reads the data of a button that speaks a story. It reads from the end, because ids of places contain colons.
func parseListen(args string) (key store.StoryKey, ok bool) {
	parts := strings.Split(args, ":")
	n := len(parts)
	if n < 4 {
		return key, false
	}
	aspect, err := strconv.Atoi(parts[n-1])
	key = store.StoryKey{Place: strings.Join(parts[:n-3], ":"), Language: parts[n-3], Length: store.Length(parts[n-2]), Aspect: aspect}
	ok = err == nil && aspect >= 0 && aspect <= store.MaxAspect && key.Place != "" && key.Language != "" &&
		store.CheckKey(key.Place) == nil && store.CheckKey(key.Language) == nil &&
		(key.Length == store.Short || key.Length == store.Long || key.Length == store.Extract && aspect == 0)
	return key, ok
}

// aspectSign precedes an aspect in a vote's data, so that it cannot be taken for a part of the place's id.
const aspectSign = "a"

// parseVote reads the data of a vote's button. It reads from the end, because ids of places contain colons.
func parseVote(args string) (key store.StoryKey, mark store.Mark, ok bool) {
	parts := strings.Split(args, ":")
	aspect := 0
	if n := len(parts); n > 4 {
		if sign, isAspect := strings.CutPrefix(parts[n-2], aspectSign); isAspect {
			var err error
			if aspect, err = strconv.Atoi(sign); err != nil || aspect < 1 || aspect > store.MaxAspect {
				return key, 0, false
			}
			parts = append(parts[:n-2], parts[n-1])
		}
	}
	if len(parts) < 4 {
		return key, 0, false
	}
	tail := parts[len(parts)-3:]
	key = store.StoryKey{
		Place:    strings.Join(parts[:len(parts)-3], ":"),
		Language: tail[0],
		Length:   store.Length(tail[1]),
		Aspect:   aspect,
	}
	i := slices.Index([]string{"1", "2", "3"}, tail[2])
	mark = store.Mark(i + 1)
	ok = i >= 0 && key.Place != "" && key.Language != "" && (key.Length == store.Short || key.Length == store.Long)
	return key, mark, ok
}
