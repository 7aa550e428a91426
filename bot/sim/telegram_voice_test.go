package sim

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"testing"
)

func TestVoicesByFileID(t *testing.T) {
	tg, b, ada := newWorld(t, TelegramConfig{})
	upload := func(method, kind string) (sent apiMessage) {
		t.Helper()
		var form bytes.Buffer
		parts := multipart.NewWriter(&form)
		_ = parts.WriteField("chat_id", "7")
		_ = parts.WriteField("duration", "3")
		file, _ := parts.CreateFormFile(kind, "story.ogg")
		_, _ = io.WriteString(file, "OggS...")
		_ = parts.Close()
		r := b.do(method, parts.FormDataContentType(), &form)
		if !r.OK || json.Unmarshal(r.Result, &sent) != nil {
			t.Fatalf("%s: %+v", method, r)
		}
		return sent
	}
	voice, music := upload("sendVoice", "voice").Voice.FileID, upload("sendAudio", "audio").Audio.FileID
	var again apiMessage
	b.must(&again, "sendVoice", "chat_id", 7, "voice", voice)
	if again.Voice.FileID != voice || again.Voice.Duration != 3 {
		t.Errorf("got %+v", again.Voice)
	}
	refused := func(want, method string, args ...any) {
		t.Helper()
		if r := b.call(method, args...); r.Code != 400 || r.Description != "Bad Request: "+want {
			t.Errorf("got %d %q, want %q", r.Code, r.Description, want)
		}
	}
	const unknown = "wrong file identifier/HTTP URL specified"
	refused(unknown, "sendVoice", "chat_id", 7, "voice", music)
	refused(unknown, "sendAudio", "chat_id", 7, "audio", voice)
	ada.ForbidVoices(true)
	refused("VOICE_MESSAGES_FORBIDDEN", "sendVoice", "chat_id", 7, "voice", voice)
	b.must(nil, "sendAudio", "chat_id", 7, "audio", music)
	ada.ForbidVoices(false)
	tg.ForgetFiles()
	refused(unknown, "sendVoice", "chat_id", 7, "voice", voice)
	if list := ada.Messages(); len(list) != 4 || string(list[2].File) != "OggS..." || list[2].Method != "sendVoice" {
		t.Errorf("got %d messages", len(list))
	}
}
