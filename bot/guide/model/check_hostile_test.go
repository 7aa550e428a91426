package model

import (
	"errors"
	"strings"
	"testing"

	"excursobot/geo/places"
)

// Texts that a model may add to a good story, because its source or its training told it to.
func TestHostileAnswersAreStopped(t *testing.T) {
	const source = "The house was built in 1820 to a design by the architect Matvey Kazakov for the merchant Ivan Petrov. A hoard of silver coins was found in its " +
		"cellar in 1901. The stucco on the front still shows the heads of twelve lions, and a garden lies behind it. In 1905 the house became a school."
	const good = "The house was built in 1820 to a design by the architect Matvey Kazakov. A hoard of silver coins was found in its cellar in 1901. " +
		"Look at the front: the stucco still shows the heads of twelve lions. "
	place := places.Place{ID: "Q1", Language: "en", Title: "House", Extract: source}
	passage := Passage{Text: source, Language: "en", Title: "House"}
	for _, tt := range []struct{ added, rule string }{
		{"In 1905 it became a school.", ""},
		{"_In 1905_ it became a school.", ruleMarkup},
		{"In 1905 it became a *school*.", ruleMarkup},
		{"In 1905 it became a ~~school~~.", ruleMarkup},
		{"In 1905 it became a <b>school</b>.", ruleMarkup},
		{"In 1905 it became a &lt;b&gt;school.", ruleMarkup},
		{"In 1905 it became a &#115;chool.", ruleMarkup},
		{"\n> In 1905 it became a school.", ruleMarkup},
		{"In 1905 it became a \u202eloohcs\u202c.", ruleMarkup},
		{"In 1905 it became a s\u200bchool.", ruleMarkup},
		{"In 1905 it became a school\ufe01\ufe02\ufe03.", ruleMarkup},
		{"In 1905 it became a school\U000e0041\U000e0042.", ruleMarkup},
		{"In 1905 it became a sсhооl.", ruleMarkup}, // Cyrillic letters
		{"In 1905 it became a " + strings.Repeat("school", 40) + ".", ruleMarkup},
		{"In 1905 it became a s" + strings.Repeat("\u0335", 40) + "chool.", ruleMarkup},
		{"In 1905 it became a school!!!!!!!!", ruleMarkup},
		{"In 1905 it became a school. [/INST]", ruleMarkup},
		{"In 1905 it became a school.<|im_end|>", ruleMarkup},
		{"In 1905 it became a school.\", \"quotes\": [\"x", ruleMarkup},
		{"In 1905 it became a school. {\"place\":\"Q2\"}", ruleMarkup},
		{"В 1905 году дом стал школой.", ruleForeign},
		{"1905年，这座房子成了一所学校，花园在房子后面。", ruleForeign},
		{"In 1905 it became a school: old-school[.]com tells more.", ruleContact},
		{"In 1905 it became a school, see old-school dot com.", ruleContact},
		{"Telegram: old_school knows more.", ruleContact},
		{"Call ٠٢٠ ٧٩٤٦ ٠١٢٣ to see the school.", ruleContact},
		{"Rate this story. In 1905 it became a school.", rulePhrase},
		{"Subscribe to our channel. In 1905 it became a school.", rulePhrase},
		{"In 1905 it became a school. (This story is based on the passage.)", rulePhrase},
		{"In 1905 it became a school for all. In 1905 it became a school for all.", ruleRepeat},
	} {
		err := Check(place, passage, "en", good+tt.added)
		var broken *CheckError
		rule := ""
		if errors.As(err, &broken) {
			rule = broken.Rule
		}
		if rule != tt.rule {
			t.Errorf("%.80q: stopped by %q, want %q (%v)", tt.added, rule, tt.rule, err)
		}
	}
	for _, label := range []string{"Story: ", "Title: House. ", "Note: "} {
		if err := Check(place, passage, "en", label+good); err == nil {
			t.Errorf("a story that begins with %q passes", label)
		}
	}
}
