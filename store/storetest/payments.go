package storetest

import (
	"math"
	"time"

	"excursobot/store"
)

func paymentOps() []op {
	first := store.Payment{Charge: "stx_1", Person: 7, Stars: 100, At: noon}
	second := store.Payment{Charge: "stx_10", Person: 7, Stars: 250, At: noon.Add(time.Hour)}
	other := store.Payment{Charge: "stx_2", Person: -7, Stars: 50, At: noon}
	back := func(p store.Payment) store.Payment { p.Refunded = noon.Add(2 * time.Hour); return p }
	again := first
	again.Person, again.Stars, again.At = 8, 9999, noon.Add(time.Minute)
	unseen := store.Payment{Charge: "unseen", Person: 8, Stars: 10, Refunded: noon}
	return []op{
		payment("never seen", "stx_1", store.Payment{}, store.ErrNotFound),
		payments("none", "", 10),
		given("nothing", 7, store.Given{}),
		credit("first", first, paid{first, true}, nil),
		credit("delivered again, whatever it says: it stays as it is", again, paid{first, false}, nil),
		given("credited once", 7, store.Given{Person: 100, All: 100}),
		given("another's claim to it counts for nothing", 8, store.Given{All: 100}),
		credit("second, whose charge begins alike", second, paid{second, true}, nil),
		credit("of another", other, paid{other, true}, nil),
		credit("without a charge", store.Payment{Person: 7, Stars: 1}, paid{}, store.ErrInvalid),
		credit("without stars", store.Payment{Charge: "x", Person: 7}, paid{}, store.ErrInvalid),
		refund("without a time", first, paid{}, store.ErrInvalid),
		refund("the charge is enough", store.Payment{Charge: "stx_1", Refunded: noon.Add(2 * time.Hour)}, paid{back(first), true}, nil),
		refund("again", store.Payment{Charge: "stx_1", Refunded: noon.Add(5 * time.Hour)}, paid{back(first), false}, nil),
		credit("what went back is not credited again", first, paid{back(first), false}, nil),
		refund("of a payment not seen yet", unseen, paid{unseen, true}, nil),
		credit("which comes later", store.Payment{Charge: "unseen", Person: 8, Stars: 10, At: noon}, paid{unseen, false}, nil),
		payment("stored", "stx_10", second, nil),
		payments("by charge", "", 10, back(first), second, other, unseen),
		payments("some", "", 2, back(first), second),
		payments("after one", "stx_10", 10, other, unseen),
		payments("after one that is not there", "stx_1z", 1, other),
		payments("no limit finds nothing", "", 0),
		given("of 7", 7, store.Given{Person: 250, All: 300}),
		given("of -7", -7, store.Given{Person: 50, All: 300}),
		given("of 8", 8, store.Given{All: 300}),
		given("in all", 0, store.Given{All: 300}),
	}
}

func settingOps() []op {
	return []op{
		setting("never set", "paused", ""),
		setSetting("set", "paused", "да", nil),
		setSetting("another, whose name begins alike", "paused2", "x", nil),
		setSetting("without a name", "", "x", store.ErrInvalid),
		setting("of the first", "paused", "да"),
		setSetting("taken back", "paused", "", nil),
		setting("as never set", "paused", ""),
		setting("the other stays", "paused2", "x"),
	}
}

func forgetOps() []op {
	liked := story("Q1", "ru", store.Short, eiffel)
	wrong := story("Q2", "ru", store.Short, louvre)
	withVotes := func(s store.Story, likes int, wrongBy ...int64) store.Story {
		s.Likes, s.WrongBy = likes, wrongBy
		return s
	}
	gift := store.Payment{Charge: "stx_1", Person: 7, Stars: 100, At: noon}
	others := store.Payment{Charge: "stx_2", Person: 8, Stars: 5, At: noon}
	nameless := gift
	nameless.Person = 0
	back := nameless
	back.Refunded = noon

	endless := aWalk("7:2", 3)
	endless.Ends = time.Time{}
	over := closed(aWalk("7:3", 0), 1, noon.Add(time.Hour))
	theirs := aWalk("8:1", 1)
	theirs.Person = 8
	bare := func(id string, expires time.Time) store.Walk {
		return store.Walk{ID: id, Revision: math.MaxUint64, Closed: true, Expires: expires}
	}
	known := store.User{ID: 8, Language: "ru", Seen: noon}
	walked := known
	walked.Walks, walked.Metres = 1, theirs.Metres
	ended := closed(theirs, 2, time.Time{})
	ended.Metres = 0
	return []op{
		forget("a person never seen", 7),
		updateUser("7 comes", 7, func(u *store.User) error { u.Seen = noon; return nil }, store.User{ID: 7, Seen: noon}, nil),
		updateUser("8 comes", 8, func(u *store.User) error { *u = known; return nil }, known, nil),
		people("both", noon, 2),
		people("nobody later", noon.Add(time.Second), 0),
		putStories("two", liked, wrong),
		delivered("Q1", store.Delivery{Person: 7, Place: "Q1", At: noon}),
		delivered("Q2", store.Delivery{Person: 7, Place: "Q2", At: noon}),
		delivered("Q1 to 8", store.Delivery{Person: 8, Place: "Q1", At: noon}),
		delivered("Q2 to 8", store.Delivery{Person: 8, Place: "Q2", At: noon}),
		vote("7 likes", 7, liked.StoryKey, store.Like, withVotes(liked, 1), nil),
		vote("8 likes", 8, liked.StoryKey, store.Like, withVotes(liked, 2), nil),
		experience(7),
		vote("7 finds wrong", 7, wrong.StoryKey, store.Wrong, withVotes(wrong, 0, 7), nil),
		spend("of 7", store.DayOf(noon), 7, 10, store.Spent{Day: 10, Person: 10}),
		credit("of 7", gift, paid{gift, true}, nil),
		credit("of 8", others, paid{others, true}, nil),
		saveWalks("three of 7, one of 8", aWalk("7:1", 5), endless, over, theirs),
		delivered("in the walk", store.Delivery{Person: 7, Place: "Q3", Walk: "7:1", Number: 1, Title: "t", At: noon}),
		heard("all", 7, 3+store.ExperiencedStories),

		forget("7 is forgotten", 7),
		user("gone", 7, store.User{}, store.ErrNotFound),
		people("one is left", noon, 1),
		told("nothing", 7, []string{"Q1", "Q2", "Q3"}, []bool{false, false, false}),
		heard("nothing", 7, 0),
		heard("of 8", 8, 2),
		vote("there is nothing to vote on", 7, liked.StoryKey, store.Like, store.Story{}, store.ErrNotFound),
		stories("votes taken back, others' kept", []store.StoryKey{liked.StoryKey, wrong.StoryKey}, noon, withVotes(liked, 1), wrong),
		spent("of the day", store.DayOf(noon), 7, store.Spent{Day: 10}),
		payment("kept without the name", "stx_1", nameless, nil),
		given("in all", 7, store.Given{All: 105}),
		given("of 8", 8, store.Given{Person: 5, All: 105}),
		credit("delivered again: it stays nobody's", gift, paid{nameless, false}, nil),
		refund("it can go back all the same", store.Payment{Charge: "stx_1", Refunded: noon}, paid{back, true}, nil),
		given("in all but what went back", 8, store.Given{Person: 5, All: 5}),
		openWalks("of 8", theirs),
		getWalk("its end is remembered, and nothing else", "7:1", bare("7:1", aWalk("7:1", 5).Ends), nil),
		getWalk("one without an end for a month", "7:2", bare("7:2", noon.AddDate(0, 0, 30)), nil),
		getWalk("one closed before", "7:3", bare("7:3", noon.Add(time.Hour)), nil),
		stops("none", "7:1"),
		saveWalks("what its keeper still holds is not stored", aWalk("7:1", 6), closed(aWalk("7:1", 0), 7, time.Time{})),
		getWalk("still bare", "7:1", bare("7:1", aWalk("7:1", 5).Ends), nil),
		forget("again", 7),
		sweep("the memory ends", noon.AddDate(0, 0, 30), 10, 3),
		getWalk("swept", "7:2", store.Walk{}, store.ErrNotFound),

		saveWalks("8's ends, and its keeper keeps no length of it", ended),
		user("and is counted", 8, walked, nil),
		saveWalks("once", closed(theirs, 3, time.Time{})),
		user("as before", 8, walked, nil),
	}
}
