package model

import (
	"testing"
)

func TestSchemaIsStrict(t *testing.T) {
	f := storySchema([]string{"Q1", "wp:ru:2"})
	want := `{"type":"object","properties":{"stories":{"type":"array","items":{"type":"object","properties":{"place":{"type":"string","enum":["Q1","wp:ru:2"]},` +
		`"quotes":{"type":"array","items":{"type":"string"}},"text":{"type":"string"}},"required":["place","quotes","text"],"additionalProperties":false}}},"required":["stories"],"additionalProperties":false}`
	if string(f.JSON) != want || f.Name != "stories" {
		t.Errorf("got  %s\nwant %s", f.JSON, want)
	}
}
