package storetest

import (
	"context"
	"fmt"
	"time"

	"excursobot/store"
)

// experience gives people enough stories on enough days that their reports count.
func experience(people ...int64) op {
	return op{name: "experience", do: func(ctx context.Context, s store.Store) (any, error) {
		for _, person := range people {
			for i := range store.ExperiencedStories {
				d := store.Delivery{Person: person, Place: fmt.Sprint("X", i), At: noon.AddDate(0, 0, -i%store.ExperiencedDays)}
				if err := s.Delivered(ctx, d); err != nil {
					return nil, err
				}
			}
		}
		return nil, nil
	}}
}

func experienceOps() []op {
	tell := func(person int64, place string, at time.Time) op {
		return delivered("told", store.Delivery{Person: person, Place: place, At: at})
	}
	night := time.Date(2026, time.May, 17, 23, 59, 59, 0, time.UTC)
	return []op{
		experienced("nothing heard", 1, false),
		tell(1, "Q1", night), tell(1, "Q2", night), tell(1, "Q3", night), tell(1, "Q4", night), tell(1, "Q5", night), tell(1, "Q6", night),
		experienced("all on one day", 1, false),
		tell(2, "Q1", night), tell(2, "Q2", night), tell(2, "Q3", night), tell(2, "Q4", night.Add(time.Second)),
		experienced("too few", 2, false),
		tell(2, "Q4", night.AddDate(0, 0, 1)),
		experienced("one twice", 2, false),
		tell(2, "Q5", time.Time{}),
		experienced("five on two days", 2, true),
		tell(3, "Q1", night), tell(3, "Q2", night), tell(3, "Q3", night), tell(3, "Q4", night), tell(3, "Q5", time.Time{}),
		experienced("no time is no day", 3, false),
		experienced("another one", 1, false),
		forget("2", 2),
		experienced("forgotten", 2, false),
	}
}

func reportOps() []op {
	key := store.ReportKey{Place: "Q243", Language: "fr", Revision: 7}
	newer := store.ReportKey{Place: "Q243", Language: "fr", Revision: 8}
	place := store.ReportKey{Place: "Q243"}
	hour := noon.Add(time.Hour)
	by := func(at time.Time, people ...int64) store.Report {
		return store.Report{ReportKey: key, Title: "Tour", WrongBy: people, At: at}
	}
	kept := with(by(hour.Add(time.Hour), 1, -3), func(r *store.Report) { r.Withheld = true })
	shown := store.Report{ReportKey: key, Title: "Tour", Restored: true, At: noon}
	short, long := story("Q243", "ru", store.Short, eiffel), story("Q243", "en", store.Long, eiffel)
	aspect := with(short, func(s *store.Story) { s.Aspect, s.Text = 1, "More." })
	other := story("Q24", "ru", store.Short, eiffel)
	bad := story("Q3", "ru", store.Short, eiffel)
	wrong := with(bad, func(s *store.Story) { s.Retired, s.WrongBy = true, []int64{1, 2} })
	retired := func(s store.Story) store.Story {
		return with(s, func(s *store.Story) { s.Retired = true })
	}
	keys := []store.ReportKey{key, newer, {Place: "Q24", Language: "fr", Revision: 7}, {Place: "Q243"}}
	return []op{
		report("by a fresh account", key, 1, "Tour", noon, store.Report{ReportKey: key}),
		experience(1, 2, -3),
		report("by one", key, 1, "Tour", noon, by(noon, 1)),
		report("again", key, 1, "Tower", hour, by(noon, 1)),
		report("by a fresh account", key, 9, "Tower", hour, by(noon, 1)),
		report("by a second one", key, -3, "Tour", hour, by(hour, 1, -3)),
		report("by a third one", key, 2, "Tower", noon, by(hour, 1, -3)),
		report("another revision", newer, 2, "Tour", noon, store.Report{ReportKey: newer, Title: "Tour", WrongBy: []int64{2}, At: noon}),
		withheld("nothing", keys, []bool{false, false, false, false}),
		withheldPlaces("nothing", store.ReportKey{}, 10),
		restore("nothing", key, store.ErrNotFound),
		withhold("the extract", key, "Tour", hour.Add(time.Hour)),
		withheld("the extract", keys, []bool{true, false, false, false}),
		withheldPlaces("the extract", store.ReportKey{}, 10, kept),
		report("what is withheld", key, 2, "Tower", noon, kept),
		forget("1", 1),
		withheldPlaces("without 1", store.ReportKey{}, 10, with(kept, func(r *store.Report) { r.WrongBy = []int64{-3} })),
		restore("the extract", key, nil),
		restore("again", key, store.ErrNotFound),
		withheld("shown again", keys, []bool{false, false, false, false}),
		report("what was restored", key, 2, "Tower", hour, shown),

		putStories("some", short, long, other, aspect, wrong),
		putVoice("of one", aVoice(short.StoryKey, "anna", short.Text), nil),
		retiredStories("the wrong one", store.StoryKey{}, 10, wrong),
		withhold("the whole place", place, "Tour", noon),
		withheld("every language", keys, []bool{true, true, false, true}),
		storiesIn("the other's", "ru", everywhere, 10, noon, other),
		voice("gone", aVoice(short.StoryKey, "anna", short.Text).VoiceKey, store.TextHash(short.Text), store.Voice{}, store.ErrNotFound),
		retiredStories("all", store.StoryKey{}, 10, retired(long), retired(short), retired(aspect), wrong),
		retiredStories("limit", store.StoryKey{}, 2, retired(long), retired(short)),
		retiredStories("the next", short.StoryKey, 10, retired(aspect), wrong),
		retiredStories("no limit", store.StoryKey{}, 0),
		putStories("written meanwhile", with(short, func(s *store.Story) { s.Text = "New." }), with(long, func(s *store.Story) { s.Language = "fr" })),
		stories("retired too", []store.StoryKey{short.StoryKey, {Place: "Q243", Language: "fr", Length: store.Long}}, noon,
			with(short, func(s *store.Story) { s.Text, s.Retired = "New.", true }), with(long, func(s *store.Story) { s.Language, s.Retired = "fr", true })),
		withhold("another extract", newer, "Tour", noon),
		withheldPlaces("by key", store.ReportKey{}, 10, store.Report{ReportKey: place, Title: "Tour", Withheld: true, At: noon},
			store.Report{ReportKey: newer, Title: "Tour", WrongBy: []int64{2}, Withheld: true, At: noon}),
		withheldPlaces("the next", place, 10, store.Report{ReportKey: newer, Title: "Tour", WrongBy: []int64{2}, Withheld: true, At: noon}),
		withheldPlaces("limit", store.ReportKey{}, 1, store.Report{ReportKey: place, Title: "Tour", Withheld: true, At: noon}),
		restore("the whole place", place, nil),
		storiesIn("told again", "ru", everywhere, 10, noon, other, with(short, func(s *store.Story) { s.Text = "New." })),
		withheld("the extract is still", keys, []bool{false, true, false, false}),
		restoreStory("the wrong one", bad.StoryKey, bad, nil),
		restoreStory("again", bad.StoryKey, store.Story{}, store.ErrNotFound),
		restoreStory("gone", store.StoryKey{Place: "Q9"}, store.Story{}, store.ErrNotFound),
		retiredStories("none", store.StoryKey{}, 10),

		sweep("stories", noon.Add(store.StoryLife), 10, 6),
		sweep("not yet", noon.Add(store.ReportLife-time.Microsecond), 10, 0),
		sweep("reports that nobody withholds", noon.Add(store.ReportLife), 10, 2),
		withheld("the one left", keys, []bool{false, true, false, false}),
	}
}
