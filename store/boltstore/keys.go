package boltstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"time"

	"excursobot/geo"
	"excursobot/store"
)

// The buckets. Numbers in keys are 8 bytes, big-endian, with the sign bit flipped where they may be negative, so that the order
// of bytes is the order of numbers; a text that is not the last part of a key ends in NUL, which no text holds.
var (
	bucketMeta = []byte("meta")

	bucketUsers = []byte("users") // person -> user
	bucketTold  = []byte("told")  // person, place -> toldRow

	bucketTiles    = []byte("tiles")      // language, cell -> tile
	bucketPlaces   = []byte("places")     // language, leaf, place -> place
	bucketPlaceIDs = []byte("place_ids")  // place, language -> leaf
	bucketPages    = []byte("page_ids")   // language, page -> leaf, place
	bucketStories  = []byte("stories")    // language, leaf, place, length, aspect -> storyRow; an aspect of 0 is left out
	bucketStoryIDs = []byte("story_keys") // place, language, length, aspect -> leaf; an aspect of 0 is left out
	bucketRetired  = []byte("retired")    // key in bucketStoryIDs of a retired story -> nothing

	bucketArticles     = []byte("articles")      // edition, page -> articleRow; the sequence is the bytes of all texts
	bucketArticleUses  = []byte("article_uses")  // edition, page -> articleUse; the sequence is the number of articles
	bucketArticleOrder = []byte("article_order") // last use, edition, page -> nothing

	bucketVoices   = []byte("voices")   // place, language, length, aspect, voice -> voice
	bucketReports  = []byte("reports")  // place, language, revision -> report
	bucketWithheld = []byte("withheld") // key in bucketReports of a report that is withheld -> nothing

	bucketJudgements = []byte("judgements") // key in bucketStoryIDs -> judgementRow
	bucketRecent     = []byte("recent")     // person, chat, kind in bucketExpiry -> last point or last story
	bucketTours      = []byte("tours")      // person -> tour

	// expires, kind, key in the bucket of that kind -> nothing
	bucketExpiry = []byte("expiry")

	bucketLedger = []byte("ledger") // day, person (0 = all, store.Answers = answers) -> tokens; store.Speech -> characters
	bucketDone   = []byte("done")   // update -> how many were done up to it; the sequence counts them

	bucketInbox       = []byte("inbox")  // update -> entry; none of them is done
	bucketDeadLetters = []byte("parked") // number, the oldest first -> entry

	bucketWalks    = []byte("walks")     // walk -> walk, without what is in its stops
	bucketStops    = []byte("stops")     // walk, number -> stop
	bucketWalkRing = []byte("walk_ring") // slot -> walk; the sequence counts the closed ones

	bucketPayments = []byte("payments") // charge -> payment
	bucketGiven    = []byte("given")    // person (0 = all) -> stars
	bucketSettings = []byte("settings") // name -> value

	buckets = [][]byte{
		bucketMeta, bucketUsers, bucketTold, bucketTiles, bucketPlaces, bucketPlaceIDs, bucketPages,
		bucketStories, bucketStoryIDs, bucketRetired, bucketArticles, bucketArticleUses, bucketArticleOrder, bucketVoices, bucketReports, bucketWithheld,
		bucketJudgements, bucketRecent, bucketTours, bucketExpiry, bucketLedger, bucketDone, bucketInbox, bucketDeadLetters,
		bucketWalks, bucketStops, bucketWalkRing, bucketPayments, bucketGiven, bucketSettings,
	}
)

// The buckets of layouts before 5.
var (
	bucketRing        = []byte("ring")         // slot -> update; the sequence counted what went in
	bucketLastPoints  = []byte("last_points")  // person, chat -> last point
	bucketLastStories = []byte("last_stories") // person, chat -> last story

	oldBuckets = [][]byte{bucketRing, bucketLastPoints, bucketLastStories}
)

// Kinds in bucketExpiry.
const (
	expiringTile  = 't'
	expiringPlace = 'p'
	expiringStory = 's'
	expiringWalk  = 'w'

	expiringVoice     = 'v'
	expiringReport    = 'r'
	expiringJudgement = 'j'
	expiringLastPoint = 'l'
	expiringLastStory = 'm'
	expiringTour      = 'o'
)

func appendUint(k []byte, v uint64) []byte { return binary.BigEndian.AppendUint64(k, v) }

func appendInt(k []byte, v int64) []byte { return appendUint(k, uint64(v)^1<<63) }

func appendText(k []byte, s string) []byte { return append(append(k, s...), 0) }

func readUint(k []byte) uint64 { return binary.BigEndian.Uint64(k) }

func readInt(k []byte) int64 { return int64(readUint(k) ^ 1<<63) }

func idKey(id int64) []byte { return appendInt(make([]byte, 0, 8), id) }

func toldKey(k []byte, person int64, place string) []byte {
	return append(appendInt(k, person), place...)
}

func tileKey(t store.TileKey) []byte { return appendUint(appendText(nil, t.Language), uint64(t.Cell)) }

// leafKey is the prefix of keys ordered by place: everything of a language from the leaf cell on.
func leafKey(language string, leaf geo.Cell) []byte {
	return appendUint(appendText(make([]byte, 0, 64), language), uint64(leaf))
}

func placeKey(language string, leaf geo.Cell, id string) []byte {
	return append(leafKey(language, leaf), id...)
}

func placeIDKey(id, language string) []byte { return append(appendText(nil, id), language...) }

func pageKey(language string, page int64) []byte { return appendInt(appendText(nil, language), page) }

func storyKey(leaf geo.Cell, k store.StoryKey) []byte {
	return appendAspect(append(appendText(leafKey(k.Language, leaf), k.Place), k.Length...), k.Aspect)
}

func storyIDKey(k store.StoryKey) []byte {
	return appendAspect(append(appendText(appendText(make([]byte, 0, 64), k.Place), k.Language), k.Length...), k.Aspect)
}

// appendAspect leaves out an aspect of 0: such a key is as it was before there were aspects.
func appendAspect(k []byte, aspect int) []byte {
	if aspect == 0 {
		return k
	}
	return append(k, 0, byte('0'+aspect))
}

// readStoryID reads what storyIDKey wrote.
func readStoryID(id []byte) (k store.StoryKey, err error) {
	part := bytes.Split(id, []byte{0})
	switch {
	case len(part) == 3:
	case len(part) == 4 && len(part[3]) == 1 && part[3][0] > '0' && part[3][0] <= '0'+store.MaxAspect:
		k.Aspect = int(part[3][0] - '0')
	default:
		return k, fmt.Errorf("%w: story %q", errRecord, id)
	}
	k.Place, k.Language, k.Length = string(part[0]), string(part[1]), store.Length(part[2])
	return k, nil
}

// voicePrefix is the front of the keys of a story's voices.
func voicePrefix(k store.StoryKey) []byte {
	return append(appendText(appendText(appendText(make([]byte, 0, 64), k.Place), k.Language), string(k.Length)), byte('0'+k.Aspect))
}

func voiceKey(k store.VoiceKey) []byte { return append(voicePrefix(k.StoryKey), k.Voice...) }

func reportKey(k store.ReportKey) []byte {
	return appendInt(appendText(appendText(make([]byte, 0, 64), k.Place), k.Language), k.Revision)
}

func recentKey(person, chat int64, kind byte) []byte {
	return append(appendInt(appendInt(make([]byte, 0, 17), person), chat), kind)
}

func articleKey(k store.ArticleKey) []byte { return appendInt(appendText(nil, k.Edition), k.Page) }

func articleOrderKey(used time.Time, article []byte) []byte {
	return append(appendInt(make([]byte, 0, 8+len(article)), used.UnixMicro()), article...)
}

func expiryKey(expires time.Time, kind byte, key []byte) []byte {
	return append(append(appendInt(make([]byte, 0, 9+len(key)), expires.UnixMicro()), kind), key...)
}

func ledgerKey(day store.Day, person int64) []byte { return appendInt([]byte(day), person) }

// walkKey is also the prefix of the keys of its stops.
func walkKey(id string) []byte { return appendText(make([]byte, 0, 64), id) }

func stopKey(walk string, number int) []byte { return appendUint(walkKey(walk), uint64(number)) }

func slotKey(slot uint32) []byte { return binary.BigEndian.AppendUint32(nil, slot) }

// recentEnd returns when a last point or story is swept: RecentLife after it, or up to recentStep sooner. Most notes then replace one that ends at the
// same moment, and leave bucketExpiry as it is.
func recentEnd(at time.Time) time.Time { return at.Add(store.RecentLife).Truncate(recentStep) }

const recentStep = 10 * time.Minute

// expired reports whether a record with this Expires has expired at now. A zero Expires never does.
func expired(expires, now time.Time) bool { return !expires.IsZero() && !expires.After(now) }
