package demo

import (
	"mime"
	"net/http"
	"path"
	"strconv"
)

// serveFile returns a picture, a document or a voice of the chat.
func (d *pageServer) serveFile(w http.ResponseWriter, r *http.Request) {
	id, err1 := strconv.ParseInt(r.URL.Query().Get("person"), 10, 64)
	message, err2 := strconv.Atoi(r.URL.Query().Get("message"))
	person := d.person(id)
	if err1 != nil || err2 != nil || person == nil {
		http.NotFound(w, r)
		return
	}
	for _, m := range person.Messages() {
		if m.ID != message || len(m.File) == 0 {
			continue
		}
		w.Header().Set("Content-Type", "image/png")
		switch m.Method {
		case "sendVoice", "sendAudio":
			w.Header().Set("Content-Type", http.DetectContentType(m.File))
		case "sendDocument":
			w.Header().Set("Content-Type", "application/gpx+xml")
			if path.Ext(m.FileName) == ".html" { // a download: it is not shown on this page's address
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
			}
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": m.FileName}))
		}
		_, _ = w.Write(m.File)
		return
	}
	http.NotFound(w, r)
}
