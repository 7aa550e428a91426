package sim

import (
	"fmt"
	"net/http"
	"strings"
)

// keptFiles is how many messages back the server keeps the files of people.
const keptFiles = 1000

// Photo sends a photo with a caption in the usual sizes, all with the same bytes. album groups photos that are sent together; "" = it is alone. reply is
// the message that it replies to, 0 = none.
func (p *Person) Photo(data []byte, caption, album string, reply int) int64 {
	return p.act(func(t *Telegram, c *chat) int64 {
		m := p.newMessage()
		m.api.Caption, m.view.Text, m.api.Album = caption, caption, album
		for _, side := range []int{90, 1280, 2560} {
			id := fmt.Sprintf("sim-photo-%d-%d", m.api.MessageID, side)
			t.photos[id] = data
			m.api.Photo = append(m.api.Photo, apiFile{FileID: id, FileUniqueID: id, FileSize: len(data), Width: side, Height: side * 3 / 4})
		}
		t.forgetFilesLocked(m.api.MessageID)
		m.view.File = data
		if to := c.find(reply); to != nil {
			answered := to.api
			answered.ReplyTo = nil
			m.api.ReplyTo, m.view.ReplyTo = &answered, reply
		}
		return t.sayLocked(c, m)
	})
}

// forgetFilesLocked deletes the files of messages long before this one.
func (t *Telegram) forgetFilesLocked(message int) {
	for id := range t.photos {
		var of int
		if _, err := fmt.Sscanf(id, "sim-photo-%d-", &of); err == nil && of < message-keptFiles {
			delete(t.photos, id)
		}
	}
}

// getFile returns where a file can be read.
func (t messageMethods) getFile(req *request) (any, error) {
	id := req.text("file_id")
	data, ok := t.photos[id]
	if !ok {
		return nil, badRequest("invalid file_id")
	}
	return map[string]any{"file_id": id, "file_unique_id": id, "file_size": len(data), "file_path": "photos/" + id + ".jpg"}, nil
}

// serveFile answers GET /file/bot<token>/<path>, and reports whether the request was for a file.
func (t *Telegram) serveFile(w http.ResponseWriter, r *http.Request) bool {
	path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+t.cfg.Token+"/")
	if !ok {
		return false
	}
	t.mu.Lock()
	t.calls["file"]++
	data, known := t.photos[strings.TrimSuffix(strings.TrimPrefix(path, "photos/"), ".jpg")]
	t.mu.Unlock()
	if !known {
		writeError(w, &apiError{Code: http.StatusNotFound, Description: "Not Found"})
		return true
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	_, _ = w.Write(data) // it fails only if the client left
	return true
}
