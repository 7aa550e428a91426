package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func speak(t *testing.T, s *Speech, text, format string) (int, []byte) {
	t.Helper()
	w := httptest.NewRecorder()
	body := fmt.Sprintf(`{"model":"m","input":%q,"voice":"anna","response_format":%q}`, text, format)
	s.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v1/audio/speech", strings.NewReader(body)))
	audio, err := io.ReadAll(w.Result().Body)
	if err != nil {
		t.Fatal(err)
	}
	return w.Code, audio
}

func TestSpeechTellsItsText(t *testing.T) {
	s := NewSpeech(SpeechConfig{})
	status, audio := speak(t, s, "Hello, Ада.", "opus")
	if got := SpokenText(audio); status != 200 || got != "Hello, Ада." {
		t.Errorf("got status %d, text %q", status, got)
	}
	if got := s.Stats(); got != (SpeechStats{Requests: 1, Peak: 1, Characters: 11}) {
		t.Errorf("got %+v", got)
	}
}

// A real decoder must take the recordings.
func TestSpeechIsRealAudio(t *testing.T) {
	probe, err := exec.LookPath("ffprobe")
	if err != nil {
		t.Skip("no ffprobe")
	}
	for format, codec := range map[string]string{"opus": "opus", "mp3": "mp3"} {
		_, audio := speak(t, NewSpeech(SpeechConfig{}), strings.Repeat("Five letters. ", 30), format) // 420 characters: 28 s
		file := filepath.Join(t.TempDir(), "voice."+format)
		if err := os.WriteFile(file, audio, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), probe, "-v", "error", "-of", "json", "-show_entries", "stream=codec_name:format=duration", file).CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		var heard struct {
			Streams []struct{ Codec_name string }
			Format  struct{ Duration string }
		}
		if err := json.Unmarshal(out, &heard); err != nil || len(heard.Streams) != 1 {
			t.Fatalf("%v: %s", err, out)
		}
		seconds, err := strconv.ParseFloat(heard.Format.Duration, 64)
		if err != nil || seconds < 27.9 || seconds > 28.1 || heard.Streams[0].Codec_name != codec {
			t.Errorf("%s: ffprobe hears %s", format, out)
		}
	}
}
