package bot

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A Portuguese person near Munich, where the German Wikipedia knows the most and the Portuguese one nothing: the places come under names that they can
// read, the stories in Portuguese, with the language of the article below.
func TestPlacesWithGermanNamesAreToldInPortuguese(t *testing.T) {
	inWorld(t, newWorld, worldConfig{region: []string{"de", "en"}}, func(t *testing.T, w *world) {
		p := w.person(1, "pt")
		var got strings.Builder
		for range 3 {
			n := len(storiesOf(p))
			p.Locate(cityLat, cityLon)
			w.waitStory(p, n)
			time.Sleep(30 * time.Second)
			story := storiesOf(p)[n]
			if story.HTML == "" || !strings.Contains(story.HTML, "wikipedia.org/wiki/") {
				t.Errorf("no story: %+v", story)
			}
			got.WriteString(story.HTML + "\n\n---\n\n")
		}
		if !strings.Contains(got.String(), "de.wikipedia.org") || !strings.Contains(got.String(), "(Deutsch)") {
			t.Errorf("nothing from the German edition:\n%s", got.String())
		}
		file := filepath.Join("testdata", "abroad.pt.txt")
		golden(t, file, got.String())
	})
}
