package bot

import (
	"html"
	"regexp"

	"excursobot/bot/guide"
	"excursobot/bot/telegram"
	"excursobot/bot/text"
	"excursobot/geo/places"
)

// article is an InlineQueryResultArticle.
type article struct {
	Type        string                 `json:"type"`
	ID          string                 `json:"id"` // 1-64 bytes
	Title       string                 `json:"title"`
	Description string                 `json:"description,omitempty"`
	Thumbnail   string                 `json:"thumbnail_url,omitempty"`
	Content     messageContent         `json:"input_message_content"`
	Markup      *telegram.InlineMarkup `json:"reply_markup,omitempty"`
}

// messageContent is an InputTextMessageContent.
type messageContent struct {
	Text    string       `json:"message_text"`
	Mode    string       `json:"parse_mode"`
	Preview *pagePreview `json:"link_preview_options"`
}

type pagePreview struct {
	Disabled   bool   `json:"is_disabled,omitempty"`
	URL        string `json:"url,omitempty"`
	LargeMedia bool   `json:"prefer_large_media,omitempty"`
	AboveText  bool   `json:"show_above_text,omitempty"`
}

var tag = regexp.MustCompile(`<[^>]*>`)

// articleText is how many characters of a story its line in the list shows.
const articleText = 120

// article returns a story as a result to choose. The story becomes one message: it says nothing about where its reader is.
func (e *elsewhereQueries) article(words *text.Words, s guide.Story) article {
	a := article{
		Type: "article", ID: telegram.Truncate(s.Place.ID, 64), Title: s.Place.Title,
		Description: telegram.Truncate(places.Opening(s.Text), articleText),
	}
	m := storyMessage(words, s, elsewhere, e.pictures)
	a.Content = messageContent{Mode: "HTML", Preview: &pagePreview{Disabled: true}}
	if m.Picture != "" {
		a.Thumbnail = m.Picture
		a.Content.Preview = &pagePreview{URL: m.Picture, LargeMedia: true, AboveText: true}
		a.Description += "\n" + html.UnescapeString(tag.ReplaceAllString(photoLine(words, s), ""))
	}
	a.Content.Text = m.Parts()[0]
	if link := e.links.to(s); link != "" {
		a.Markup = &telegram.InlineMarkup{Rows: [][]telegram.Button{{
			{Text: words.Plain("story.map"), URL: mapURL(s.Place.Point)},
			{Text: words.Plain("button.inline_listen"), URL: link},
		}}}
	}
	return a
}
