package sim

import (
	"bytes"
	"strconv"
)

// filesKept is how many files of voices Telegram knows by their file_id.
const filesKept = 2000

// file is an uploaded voice or a piece of music.
type file struct {
	kind, name string
	data       []byte
	duration   int // seconds, as the bot told
}

func (t messageMethods) sendVoice(req *request) (any, error) {
	return t.sendSound(req, "sendVoice", "voice", func(m *message, f apiFile) { m.api.Voice = &f })
}

func (t messageMethods) sendAudio(req *request) (any, error) {
	return t.sendSound(req, "sendAudio", "audio", func(m *message, f apiFile) { m.api.Audio = &f })
}

// sendSound sends an uploaded file, or one that the bot names by its file_id: the same kind of file only.
func (t messageMethods) sendSound(req *request, name, kind string, put func(*message, apiFile)) (any, error) {
	caption, entities, err := formatted(req, "caption")
	if err != nil {
		return nil, err
	}
	given, ok := req.file(kind)
	if !ok {
		return nil, badRequest("there is no %s in the request", kind)
	}
	_, uploaded := req.files[kind]
	if uploaded && len(given.data) == 0 {
		return nil, badRequest("file must be non-empty")
	}
	return t.sendLocked(req, name, func(m *message) error {
		switch c := t.chats[req.number("chat_id", 0, -1<<62, 1<<62)]; {
		case utf16Len(caption) > maxCaption:
			return badRequest("message caption is too long")
		case kind == "voice" && c != nil && c.noVoices:
			return badRequest("VOICE_MESSAGES_FORBIDDEN")
		}
		f, id := file{kind, given.name, given.data, int(req.number("duration", 0, 0, 1<<31))}, given.name
		if uploaded {
			id = "sim-" + kind + "-" + strconv.Itoa(m.api.MessageID)
			if m.api.MessageID != 0 {
				t.keepFile(id, f)
			}
		} else if f, ok = t.files[id]; !ok || f.kind != kind {
			return badRequest("wrong file identifier/HTTP URL specified")
		}
		mime := "audio/mpeg"
		if bytes.HasPrefix(f.data, []byte("OggS")) {
			mime = "audio/ogg"
		}
		put(m, apiFile{FileID: id, FileUniqueID: id, FileSize: len(f.data), MimeType: mime, Duration: f.duration})
		m.api.Caption, m.api.CaptionEntities = caption, entities
		m.view.Text, m.view.HTML, m.view.Silent = caption, req.text("caption"), req.flag("disable_notification")
		m.view.File, m.view.FileName = f.data, f.name
		return nil
	})
}

func (t *Telegram) keepFile(id string, f file) {
	if len(t.files) >= filesKept {
		clear(t.files)
	}
	t.files[id] = f
}

// ForgetFiles makes every file_id of a voice unknown, as Telegram does to a bot whose token was replaced.
func (t *Telegram) ForgetFiles() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.files)
}

// ForbidVoices sets whether the person's settings refuse voice messages.
func (p *Person) ForbidVoices(forbidden bool) {
	p.t.mu.Lock()
	defer p.t.mu.Unlock()
	p.chat.noVoices = forbidden
}
