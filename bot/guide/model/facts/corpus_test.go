package facts

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"testing"
	"time"
)

var today = time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)

// sample is one text of a corpus with its source.
type sample struct {
	ID, Class, Language, Title, Source, Story, Planted string
	SourceLanguage                                     string `json:"source_language"`
}

func readSamples(t testing.TB, file string) []sample {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// guess returns the language of a corpus' source, which does not name it: that of the story, unless the scripts differ.
func (s sample) source() Source {
	language := s.SourceLanguage
	if language == "" {
		language = s.Language
	}
	return Source{Language: language, Title: s.Title, Text: s.Source}
}

func refused(s sample) (bool, []Finding) {
	found := Read(s.source()).Check(s.Story, s.Language, today)
	return slices.ContainsFunc(found, func(f Finding) bool { return f.Refuse }), found
}

// TestCorpus measures the checks on a corpus that lies outside the project.
func TestCorpus(t *testing.T) {
	dir := os.Getenv("CORPUS_DIR")
	if dir == "" {
		t.Skip("CORPUS_DIR names no corpus")
	}
	verbose := os.Getenv("CORPUS_VERBOSE") != ""
	type tally struct{ n, refused, marked int }
	classes := map[string]*tally{}
	count := func(class string, s sample) (bool, []Finding) {
		r, found := refused(s)
		if classes[class] == nil {
			classes[class] = &tally{}
		}
		classes[class].n++
		if r {
			classes[class].refused++
		} else if len(found) > 0 {
			classes[class].marked++
		}
		return r, found
	}
	total := map[string]*tally{"planted": {}, "faithful": {}}
	for _, s := range readSamples(t, filepath.Join(dir, "planted.json")) {
		r, found := count("planted "+s.Class, s)
		total["planted"].n++
		if r {
			total["planted"].refused++
		}
		if verbose && !r {
			fmt.Printf("MISSED %s %s %s: %q %v\n", s.ID, s.Language, s.Class, s.Planted, found)
		}
	}
	faithful := readSamples(t, filepath.Join(dir, "faithful.json"))
	var stories []struct {
		N               int
		Title           string
		ArticleLanguage string `json:"article_language"`
		StoryLanguage   string `json:"story_language"`
		FromIntro       string `json:"from_intro"`
		FromArticle     string `json:"from_article"`
		Paraphrases     []string
	}
	raw, err := os.ReadFile(filepath.Join(dir, "stories.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, &stories); err != nil {
		t.Fatal(err)
	}
	for _, s := range stories {
		text := func(kind string) string {
			raw, err := os.ReadFile(filepath.Join(dir, "articles", fmt.Sprintf("%02d.%s.txt", s.N, kind)))
			if err != nil {
				t.Fatal(err)
			}
			return string(raw)
		}
		add := func(class, kind, story string) {
			faithful = append(faithful, sample{ID: fmt.Sprint("s", s.N), Class: class, Language: s.StoryLanguage, SourceLanguage: s.ArticleLanguage, Title: s.Title, Source: text(kind), Story: story})
		}
		add("story from intro", "intro", s.FromIntro)
		add("story from article", "full", s.FromArticle)
		for _, p := range s.Paraphrases {
			add("paraphrase", "full", p)
		}
	}
	for _, s := range faithful {
		r, found := count("faithful "+s.Class, s)
		total["faithful"].n++
		if r {
			total["faithful"].refused++
		}
		if verbose && r {
			fmt.Printf("WRONGLY %s %s %s: %v\n", s.ID, s.Language, s.Class, found)
		}
	}
	names := make([]string, 0, len(classes))
	for name := range classes {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		c := classes[name]
		t.Logf("%-45s %3d texts, %3d refused, %3d for the judge", name, c.n, c.refused, c.marked)
	}
	t.Logf("planted stopped %d of %d, faithful refused %d of %d", total["planted"].refused, total["planted"].n, total["faithful"].refused, total["faithful"].n)
}
