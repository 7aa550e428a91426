package storetest

import (
	"time"

	"excursobot/store"
)

func aVoice(k store.StoryKey, voice, text string) store.Voice {
	return store.Voice{
		VoiceKey: store.VoiceKey{StoryKey: k, Voice: voice}, Text: store.TextHash(text), Model: "m", FileID: "file of " + voice,
		Duration: 61 * time.Second, Bytes: 250_000, Created: noon,
	}
}

func voiceOps() []op {
	text := story("Q243", "ru", store.Short, eiffel)
	more := with(text, func(s *store.Story) { s.Aspect, s.Text = 1, "More." })
	other := story("Q243", "ru", store.Long, eiffel)
	wrong := with(text, func(s *store.Story) { s.Text = "Another text." })
	extract := store.StoryKey{Place: "Q243", Language: "ru", Length: store.Extract}
	anna, boris := aVoice(text.StoryKey, "anna", text.Text), aVoice(text.StoryKey, "boris", text.Text)
	long, aspect := aVoice(other.StoryKey, "anna", other.Text), aVoice(more.StoryKey, "anna", more.Text)
	quoted := aVoice(extract, "anna", "From the source.")
	remade := with(anna, func(v *store.Voice) { v.FileID, v.Model, v.Created = "newer", "n", noon.Add(time.Hour) })
	later := with(long, func(v *store.Voice) { v.Created = noon.Add(time.Hour) })
	gone := func(v store.Voice) op {
		return voice("gone", v.VoiceKey, v.Text, store.Voice{}, store.ErrNotFound)
	}
	is := func(v store.Voice) op { return voice("there", v.VoiceKey, v.Text, v, nil) }
	return []op{
		voice("never stored", anna.VoiceKey, anna.Text, store.Voice{}, store.ErrNotFound),
		putVoice("of no story", anna, store.ErrNotFound),
		putStories("three", text, more, other),
		putVoice("of another text", aVoice(text.StoryKey, "anna", "no"), store.ErrNotFound),
		putVoice("one", anna, nil),
		putVoice("another voice", boris, nil),
		putVoice("of an aspect", aspect, nil),
		putVoice("of the other length", long, nil),
		putVoice("an extract has no story", quoted, nil),
		is(anna), is(boris), is(aspect), is(long), is(quoted),
		voice("of another text", anna.VoiceKey, boris.Text+"x", store.Voice{}, store.ErrNotFound),
		putVoice("made again", remade, nil),
		is(remade),
		deleteVoice("Telegram lost it", boris.VoiceKey),
		deleteVoice("again", boris.VoiceKey),
		gone(boris),
		putStories("the same text", text),
		is(remade),
		putStories("another text", wrong),
		gone(remade), is(aspect), is(long),
		putVoice("of the text before", anna, store.ErrNotFound),
		putStories("retired", with(more, func(s *store.Story) { s.Text, s.Retired = "Wrong.", true })),
		gone(aspect),
		putVoice("of a retired story", aVoice(more.StoryKey, "anna", "Wrong."), store.ErrNotFound),
		sweep("not yet", noon.Add(store.VoiceLife-time.Microsecond), 10, 0),
		putVoice("later", later, nil),
		sweep("the extract's, and the two that expired in between", noon.Add(store.VoiceLife), 10, 4),
		gone(quoted), gone(later),
	}
}

func recentOps() []op {
	point := store.LastPoint{Person: 7, Chat: 7, Point: eiffel, At: noon}
	moved := with(point, func(p *store.LastPoint) { p.Point, p.At = louvre, noon.Add(time.Hour) })
	group := with(point, func(p *store.LastPoint) { p.Chat = -100 })
	told := store.LastStory{Person: 7, Chat: 7, StoryKey: store.StoryKey{Place: "Q1", Language: "ru", Length: store.Short, Aspect: 1}, Message: 5, At: noon}
	next := with(told, func(l *store.LastStory) { l.Place, l.Message, l.At = "Q2", 6, noon.Add(2*time.Hour) })
	old := with(told, func(l *store.LastStory) { l.Place = "Q3" })
	walk := store.Delivery{
		Person: 8, Place: "Q1", At: noon, Chat: -100, Message: 9, Story: next.StoryKey, From: eiffel, FromAt: noon.Add(-time.Minute),
	}
	ends := func(at time.Time) time.Time { return at.Add(store.RecentLife) }
	return []op{
		lastPoint("none", 7, 7, noon, store.LastPoint{}, store.ErrNotFound),
		lastStory("none", 7, 7, noon, store.LastStory{}, store.ErrNotFound),
		notePoint("first", point), noteStory("first", told),
		lastPoint("first", 7, 7, noon, point, nil), lastStory("first", 7, 7, noon, told, nil),
		lastPoint("in another chat", 7, -100, noon, store.LastPoint{}, store.ErrNotFound),
		lastStory("of another", 8, 7, noon, store.LastStory{}, store.ErrNotFound),
		notePoint("in a group", group), notePoint("moved", moved), noteStory("next", next),
		notePoint("late", point), noteStory("late", old),
		lastPoint("moved", 7, 7, noon, moved, nil), lastPoint("in the group", 7, -100, noon, group, nil),
		lastStory("next", 7, 7, noon, next, nil),
		delivered("without a chat", store.Delivery{Person: 8, Place: "Q9", At: noon, From: eiffel, FromAt: noon}),
		lastPoint("without a chat", 8, 0, noon, store.LastPoint{}, store.ErrNotFound),
		delivered("in a chat", walk),
		lastPoint("delivered", 8, -100, noon, store.LastPoint{Person: 8, Chat: -100, Point: eiffel, At: walk.FromAt}, nil),
		lastStory("delivered", 8, -100, noon, store.LastStory{Person: 8, Chat: -100, StoryKey: next.StoryKey, Message: 9, At: noon}, nil),
		delivered("from nowhere", with(walk, func(d *store.Delivery) { d.FromAt, d.At, d.From = time.Time{}, noon.Add(time.Hour), louvre })),
		lastPoint("the point stays", 8, -100, noon, store.LastPoint{Person: 8, Chat: -100, Point: eiffel, At: walk.FromAt}, nil),
		lastPoint("until its end", 7, -100, ends(noon).Add(-time.Microsecond), group, nil),
		lastPoint("its end", 7, -100, ends(noon), store.LastPoint{}, store.ErrNotFound),
		lastStory("its end", 7, 7, ends(next.At), store.LastStory{}, store.ErrNotFound),
		sweep("the first", ends(walk.FromAt), 10, 1),
		sweep("the group's", ends(noon), 10, 1),
		sweep("an hour later, one by one", ends(noon.Add(time.Hour)), 1, 1),
		sweep("an hour later, one by one", ends(noon.Add(time.Hour)), 1, 1),
		lastStory("left", 7, 7, noon, next, nil),
		lastPoint("swept", 7, 7, noon, store.LastPoint{}, store.ErrNotFound),
		notePoint("again", point), notePoint("for another", with(group, func(p *store.LastPoint) { p.Person = 8 })),
		forget("7", 7),
		lastStory("forgotten", 7, 7, noon, store.LastStory{}, store.ErrNotFound),
		lastPoint("forgotten", 7, 7, noon, store.LastPoint{}, store.ErrNotFound),
		lastPoint("of another", 8, -100, noon, with(group, func(p *store.LastPoint) { p.Person = 8 }), nil),
		forget("the group", -100),
		lastPoint("forgotten with the group", 8, -100, noon, store.LastPoint{}, store.ErrNotFound),
	}
}
