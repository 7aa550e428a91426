package places

import "testing"

// Each of these makes a stop of a tour worth more.
func TestWorthOfAStop(t *testing.T) {
	stub := Place{Language: "en", Title: "Gate", Length: 500}
	rich := Place{Language: "en", Title: "Gate", Length: 30_000}
	pictured := rich
	pictured.Picture = "https://upload.wikimedia.org/gate.jpg"
	tree := Place{Language: "en", Title: "Old Oak Tree", Length: 500}
	base := Worth(stub, nil, false)
	for name, better := range map[string]float64{
		"a long article":  Worth(rich, nil, false),
		"a written story": Worth(stub, nil, true),
		"an interest":     Worth(tree, []string{"nature"}, false),
	} {
		if better <= base {
			t.Errorf("%s: %.2f, without %.2f", name, better, base)
		}
	}
	if a, b := Worth(pictured, nil, false), Worth(rich, nil, false); a <= b {
		t.Errorf("with a picture %.2f, without %.2f", a, b)
	}
	if a, b := Worth(tree, []string{"architecture"}, false), Worth(tree, nil, false); a != b {
		t.Errorf("an interest that does not match: %.2f, without %.2f", a, b)
	}
	if best := Worth(Place{Language: "en", Title: "Tree", Length: 90_000, Picture: "x"}, []string{"nature"}, true); best > 3.4 {
		t.Errorf("the best place is worth %.2f", best)
	}
	if pack := Worth(Place{Source: "pack", Title: "Gate"}, nil, true); pack < Worth(stub, nil, true) {
		t.Errorf("a place of the pack is worth %.2f", pack)
	}
}
