package model

import (
	"testing"
)

func TestSchemaIsStrict(t *testing.T) {
	f := responseFormat(strictSchema, []string{"Q1", "wp:ru:2"})
	got, err := f.JSONSchema.Schema.MarshalJSON()
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"object","properties":{"stories":{"type":"array","items":{"type":"object","properties":{"place":{"type":"string","enum":["Q1","wp:ru:2"]},` +
		`"text":{"type":"string"}},"required":["place","text"],"additionalProperties":false}}},"required":["stories"],"additionalProperties":false}`
	if string(got) != want || f.JSONSchema.Name != "stories" || !f.JSONSchema.Strict {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if f := responseFormat(jsonObject, nil); f.Type != "json_object" || f.JSONSchema != nil || responseFormat(shapeOnly, nil) != nil {
		t.Error("other formats carry a schema")
	}
}
