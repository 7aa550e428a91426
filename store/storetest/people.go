package storetest

import (
	"errors"
	"fmt"
	"math"
	"time"

	"excursobot/store"
)

func userOps() []op {
	ann := store.User{
		ID: 7, Language: "ru", LanguageCode: "pt-br", Length: store.Long, Interests: []string{"history", "архитектура"},
		HidePictures: true, Banned: true, HintAt: noon, Created: noon.Add(-time.Hour), Seen: noon,
	}
	group := store.User{ID: -1001234567890, Language: "en"}
	refusal := errors.New("no")
	return []op{
		user("never seen", 7, store.User{}, store.ErrNotFound),
		updateUser("a new person has the ID alone", 7, func(u *store.User) error {
			if u.ID != 7 || u.Language != "" || u.Interests != nil || !u.Created.IsZero() {
				return fmt.Errorf("got %+v", *u)
			}
			u.Language = "en"
			return nil
		}, store.User{ID: 7, Language: "en"}, nil),
		updateUser("times are cut to microseconds in UTC, empty lists to nil", 7, func(u *store.User) error {
			*u = ann
			u.Interests = []string{}
			u.HintAt = noon.Add(999 * time.Nanosecond).In(time.FixedZone("", 3*3600))
			return nil
		}, func() store.User { u := ann; u.Interests = nil; return u }(), nil),
		updateUser("an updater sees what is stored", 7, func(u *store.User) error {
			if u.LanguageCode != "pt-br" || !u.Banned {
				return fmt.Errorf("got %+v", *u)
			}
			u.Interests = []string{"history", "архитектура"}
			return nil
		}, ann, nil),
		updateUser("an updater's error", 7, func(u *store.User) error { u.Language = "zz"; return refusal }, store.User{}, refusal),
		updateUser("another ID", 7, func(u *store.User) error { u.ID = 8; return nil }, store.User{}, store.ErrInvalid),
		updateUser("a new person is not stored when the updater fails", 9, func(*store.User) error { return refusal }, store.User{}, refusal),
		updateUser("a negative ID", group.ID, func(u *store.User) error { *u = group; return nil }, group, nil),
		updateUser("nothing changed", 7, func(*store.User) error { return nil }, ann, nil),
		updateUser("a person with nothing but an ID", 10, func(*store.User) error { return nil }, store.User{ID: 10}, nil),
		user("kept", 7, ann, nil),
		user("kept under a negative ID", group.ID, group, nil),
		user("kept with nothing but an ID", 10, store.User{ID: 10}, nil),
		user("refused", 9, store.User{}, store.ErrNotFound),
		user("another ID was not stored", 8, store.User{}, store.ErrNotFound),
		user("the positive of a negative ID", -group.ID, store.User{}, store.ErrNotFound),
		usersAfter("everybody in order", math.MinInt64, 10, group, ann, store.User{ID: 10}),
		usersAfter("after one that exists", 7, 10, store.User{ID: 10}),
		usersAfter("after one that does not", 0, 1, ann),
		usersAfter("nobody is left", 10, 10),
		usersAfter("none is asked for", 0, 0),
	}
}

func toldOps() []op {
	return []op{
		told("nothing yet", 7, []string{"Q1", "Q2"}, []bool{false, false}),
		delivered("Q1", store.Delivery{Update: 1, Person: 7, Place: "Q1", At: noon}),
		delivered("Q1 in a walk", store.Delivery{Update: 2, Person: -7, Place: "Q12", Walk: "w", Number: 3, At: noon}),
		delivered("no update", store.Delivery{Person: 7, Place: "wp:ru:55", At: noon}),
		delivered("no update, again", store.Delivery{Person: 7, Place: "wp:ru:55", At: noon}),
		told("in the order asked", 7, []string{"wp:ru:55", "Q2", "Q1", "Q12", "Q", "Q1"}, []bool{true, false, true, false, false, true}),
		told("of another person", -7, []string{"Q1", "Q12", "Q2"}, []bool{false, true, false}),
		told("of a stranger", 0, []string{"Q1"}, []bool{false}),
	}
}

func moveUserOps() []op {
	const group, moved = -5, -1000000000009
	liked := story("Q1", "ru", store.Short, eiffel)
	withLikes := liked
	withLikes.Likes = 1
	profile := store.User{ID: group, Language: "ru", LanguageCode: "ru", Interests: []string{"art"}, HidePins: true, Created: noon, Seen: noon, Walks: 2, Metres: 3.5}
	there := profile
	there.ID = moved
	other := store.User{ID: 7, Language: "fr"}
	return []op{
		moveUser("one that was never seen", group, moved, nil),
		moveUser("to itself", group, group, store.ErrInvalid),
		updateUser("the group", group, func(u *store.User) error { *u = profile; return nil }, profile, nil),
		updateUser("a person", 7, func(u *store.User) error { *u = other; return nil }, other, nil),
		putStories("one", liked),
		delivered("Q1", store.Delivery{Person: group, Place: "Q1", At: noon}),
		delivered("Q2", store.Delivery{Person: group, Place: "Q2", At: noon}),
		delivered("Q2 to the new id", store.Delivery{Person: moved, Place: "Q2", At: noon}),
		delivered("Q3 to a person", store.Delivery{Person: 7, Place: "Q3", At: noon}),
		vote("it likes", group, liked.StoryKey, store.Like, withLikes, nil),
		moveUser("it moves", group, moved, nil),
		moveUser("again", group, moved, nil),
		user("not there any more", group, store.User{}, store.ErrNotFound),
		user("it is there", moved, there, nil),
		told("nothing", group, []string{"Q1", "Q2"}, []bool{false, false}),
		told("all", moved, []string{"Q1", "Q2", "Q3"}, []bool{true, true, false}),
		heard("each once", moved, 2),
		stories("the vote is taken back", []store.StoryKey{liked.StoryKey}, noon, liked),
		vote("it can vote again", moved, liked.StoryKey, store.Like, withLikes, nil),
		moveUser("into a person who is known", moved, 7, nil),
		user("the person stays", 7, other, nil),
		told("both", 7, []string{"Q1", "Q2", "Q3"}, []bool{true, true, true}),
	}
}

func deliveryOps() []op {
	const first, forgotten = 1000, 5
	many := make([]int64, store.DoneKept+forgotten)
	for i := range many {
		many[i] = first + int64(i)
	}
	return []op{
		done("unknown", 5, false),
		delivered("update 5", store.Delivery{Update: 5, Person: 7, Place: "Q1", At: noon}),
		done("delivered", 5, true),
		delivered("again", store.Delivery{Update: 5, Person: 7, Place: "Q1", At: noon.Add(time.Hour)}),
		delivered("same place, another update: done too, or it would be answered for ever",
			store.Delivery{Update: 6, Person: 7, Place: "Q1", At: noon}),
		done("the other update", 6, true),
		delivered("same update, another place: it was told", store.Delivery{Update: 6, Person: 7, Place: "Q2", At: noon}),
		told("both", 7, []string{"Q1", "Q2"}, []bool{true, true}),
		markDone("none"),
		markDone("some, one twice, a negative one, none", 8, 9, 8, -3, 0),
		done("8", 8, true),
		done("9", 9, true),
		done("-3", -3, true),
		done("0 is no update", 0, false),
		markDone("more than are kept", many[:store.DoneKept/2]...),
		done("older ones are still kept", 5, true),
		markDone("the rest", many[store.DoneKept/2:]...),
		markDone("what is kept is not moved to the front", first+forgotten),
		done("5 was forgotten", 5, false),
		done("8 was forgotten", 8, false),
		done("oldest of the many", first, false),
		done("last forgotten", first+forgotten-1, false),
		done("first kept", first+forgotten, true),
		done("last", many[len(many)-1], true),
		told("what was told stays", 7, []string{"Q1", "Q2"}, []bool{true, true}),
	}
}

func ledgerOps() []op {
	const day, next = store.Day("2026-05-17"), store.Day("2026-05-18")
	return []op{
		spent("nothing", day, 7, store.Spent{}),
		spend("first", day, 7, 100, store.Spent{Day: 100, Person: 100}),
		spend("of nobody", day, 0, 50, store.Spent{Day: 150}),
		spend("of another", day, -7, 1, store.Spent{Day: 151, Person: 1}),
		spend("more", day, 7, 11, store.Spent{Day: 162, Person: 111}),
		spend("given back", day, 7, -11, store.Spent{Day: 151, Person: 100}),
		spend("the day turns", next, 7, 3, store.Spent{Day: 3, Person: 3}),
		spent("of 7", day, 7, store.Spent{Day: 151, Person: 100}),
		spent("of -7", day, -7, store.Spent{Day: 151, Person: 1}),
		spent("of nobody", day, 0, store.Spent{Day: 151}),
		spent("of a stranger", day, 8, store.Spent{Day: 151}),
		spent("next day", next, 7, store.Spent{Day: 3, Person: 3}),
		spendBoth("an answer", next, 7, store.Tokens{Prompt: 10, Answer: 4}, store.Spent{Day: 17, Person: 17, Answers: 4}),
		spendBoth("a question", next, 8, store.Tokens{Prompt: 1}, store.Spent{Day: 18, Person: 1, Answers: 4}),
		spendBoth("an answer for nobody", next, 0, store.Tokens{Answer: 5}, store.Spent{Day: 23, Answers: 9}),
		spent("answers", next, 7, store.Spent{Day: 23, Person: 17, Answers: 9}),
		spent("answers of all", next, 0, store.Spent{Day: 23, Answers: 9}),
		speak("nothing spoken", next, 0, 0),
		speak("a text", next, 80, 80),
		speak("another", next, 20, 100),
		speak("only read", next, 0, 100),
		speak("another day", day, 5, 5),
		spent("characters are no tokens", next, 7, store.Spent{Day: 23, Person: 17, Answers: 9}),
	}
}
