package speech

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// espeak is a speech server around espeak-ng and ffmpeg: POST /v1/audio/speech. It serves this test only.
type espeak struct{ t *testing.T }

func (e espeak) RoundTrip(r *http.Request) (*http.Response, error) {
	var ask struct {
		Input, Voice string
		Format       string `json:"response_format"`
	}
	if err := json.NewDecoder(r.Body).Decode(&ask); err != nil {
		return nil, err
	}
	dir := e.t.TempDir()
	wav, out := filepath.Join(dir, "voice.wav"), filepath.Join(dir, "voice."+map[string]string{"opus": "ogg", "mp3": "mp3"}[ask.Format])
	say := exec.CommandContext(r.Context(), "espeak-ng", "-v", ask.Voice, "-w", wav)
	say.Stdin = strings.NewReader(ask.Input)
	codec := map[string]string{"opus": "libopus", "mp3": "libmp3lame"}[ask.Format]
	encode := exec.CommandContext(r.Context(), "ffmpeg", "-v", "error", "-i", wav, "-ac", "1", "-c:a", codec, "-b:a", "32k", out)
	for _, c := range []*exec.Cmd{say, encode} {
		if text, err := c.CombinedOutput(); err != nil {
			return nil, fmt.Errorf("%w: %s", err, text)
		}
	}
	audio, err := os.Open(out)
	if err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"audio/ogg"}}, Body: audio}, nil
}

// A real synthesiser, heard by a real decoder: the format, and the length that this package computes.
func TestEspeak(t *testing.T) {
	for _, tool := range []string{"espeak-ng", "ffmpeg", "ffprobe"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed: apt-get install espeak-ng ffmpeg", tool)
		}
	}
	texts := map[string]Text{
		"en": {Title: "Old Mill (ruin)", Text: "Built 1790–1795 by Dr. Hale, it is 21 m high. A stone hand above the door points at the house across the street."},
		"ru": {Title: "Дом Ивлева", Text: "Построен в 1875 г. архитектором. В XIX в. здесь был театр высотой 21 м, а во дворе жил ручной медведь."},
	}
	for _, format := range []Format{Opus, MP3} {
		w := newWorldWith(t, espeak{t}, func(c *Config) { c.Format, c.Voices = format, map[string]string{"en": "en", "ru": "ru"} })
		for language, text := range texts {
			text.Key.Place, text.Key.Language, text.Key.Length = "Q1", language, "short"
			var p phone
			began := time.Now()
			if err := w.Say(t.Context(), text, Waiting, p.send); err != nil {
				t.Fatal(err)
			}
			took := time.Since(began)
			codec, seconds := probe(t, p.uploaded)
			if codec != string(format) {
				t.Errorf("ffprobe hears %s, want %s", codec, format)
			}
			if diff := seconds - p.got.Duration.Seconds(); diff > 0.1 || diff < -0.1 || seconds < 3 || seconds > 20 {
				t.Errorf("ffprobe hears %.2f s, this package %v", seconds, p.got.Duration)
			}
			t.Logf("%s %s: %d bytes, %.2f s of %s, made in %v", language, format, len(p.uploaded), seconds, codec, took.Round(time.Millisecond))
		}
	}
}

// probe returns what ffprobe hears.
func probe(t *testing.T, audio []byte) (codec string, seconds float64) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heard")
	if err := os.WriteFile(file, audio, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(context.Background(), "ffprobe", "-v", "error", "-of", "csv=p=0", "-show_entries", "stream=codec_name:format=duration", file).Output()
	if err != nil {
		t.Fatal(err)
	}
	codec, length, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if seconds, err = strconv.ParseFloat(strings.TrimSpace(length), 64); err != nil {
		t.Fatalf("%s: %v", out, err)
	}
	return strings.Trim(codec, ", "), seconds
}
