package sim

import "strings"

// Limits of texts in UTF-16 units, after parsing the markup.
const (
	maxText    = 4096
	maxCaption = 1024
)

// formatted reads a text parameter with the parse_mode of the call.
func formatted(req *request, name string) (string, []apiEntity, error) {
	text := req.text(name)
	var entities []apiEntity
	switch strings.ToLower(req.text("parse_mode")) {
	case "":
	case "html":
		var err error
		if text, entities, err = parseHTML(text); err != nil {
			return "", nil, err
		}
	default:
		return "", nil, badRequest("unsupported parse_mode")
	}
	text, entities = trimmed(text, entities)
	return text, entities, nil
}

// messageText reads the text of sendMessage and editMessageText.
func messageText(req *request) (string, []apiEntity, error) {
	if req.text("text") == "" {
		return "", nil, badRequest("message text is empty")
	}
	return formatted(req, "text")
}

func checkText(text string) error {
	switch size := utf16Len(text); {
	case size == 0:
		return badRequest("text must be non-empty")
	case size > maxText:
		return badRequest("message is too long")
	}
	return nil
}
