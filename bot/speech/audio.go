package speech

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"time"
)

// Format is how a recording is encoded. Telegram plays these two as voice messages.
type Format string

// The formats.
const (
	Opus Format = "opus" // in Ogg
	MP3  Format = "mp3"
)

// file returns the name under which a recording is uploaded.
func (f Format) file() string {
	if f == MP3 {
		return "story.mp3"
	}
	return "story.ogg"
}

var errCut = errors.New("the recording is cut off")

// length returns how long a recording is. The error says what the server sent if that is not a recording of the format.
func length(data []byte, f Format) (time.Duration, error) {
	is := kindOf(data)
	if want := map[Format]string{Opus: "Ogg", MP3: "MP3"}[f]; is != want {
		return 0, fmt.Errorf("the server sent %s instead of %s", is, want)
	}
	if f == MP3 {
		return mp3Length(data)
	}
	return opusLength(data)
}

// kindOf names what data begins with.
func kindOf(data []byte) string {
	begins := func(with string) bool { return bytes.HasPrefix(data, []byte(with)) }
	switch {
	case len(data) == 0:
		return "nothing"
	case begins("OggS"):
		return "Ogg"
	case begins("ID3"), len(data) > 1 && data[0] == 0xFF && data[1]&0xE6 == 0xE2: // frame sync, layer III
		return "MP3"
	case begins("RIFF"):
		return "WAV"
	case begins("fLaC"):
		return "FLAC"
	case len(data) > 8 && string(data[4:8]) == "ftyp":
		return "MP4"
	case begins("{"), begins("["):
		return "JSON"
	case begins("<"):
		return "a web page"
	}
	return "something unknown"
}

// opusLength walks the pages of an Ogg stream, see RFC 3533 and RFC 7845.
func opusLength(data []byte) (time.Duration, error) {
	const (
		header = 27
		rate   = 48000 // of granule positions, whatever the input had
	)
	var last uint64
	skip := -1
	for len(data) > 0 {
		if len(data) < header || !bytes.HasPrefix(data, []byte("OggS")) {
			return 0, errCut
		}
		granule, lacing := binary.LittleEndian.Uint64(data[6:]), int(data[26])
		if len(data) < header+lacing {
			return 0, errCut
		}
		size := header + lacing
		for _, n := range data[header : header+lacing] {
			size += int(n)
		}
		if len(data) < size {
			return 0, errCut
		}
		if body := data[header+lacing : size]; skip < 0 {
			if len(body) < 19 || !bytes.HasPrefix(body, []byte("OpusHead")) {
				return 0, errors.New("the server sent Ogg without Opus in it")
			}
			skip = int(binary.LittleEndian.Uint16(body[10:]))
		}
		if granule != ^uint64(0) { // on this page a packet ends
			last = granule
		}
		data = data[size:]
	}
	const most = 24 * 3600 * rate
	if last <= uint64(max(skip, 0)) || last > most {
		return 0, errors.New("the recording is empty")
	}
	return time.Duration(last-uint64(skip)) * time.Second / rate, nil
}

// Bit rates of layer III in kbit/s, for MPEG 1 and for MPEG 2 and 2.5, and the sampling rates of MPEG 1.
var (
	rates1 = [16]int{0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0}
	rates2 = [16]int{0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0}
	hertz1 = [4]int{44100, 48000, 32000, 0}
)

// mp3Length adds up the frames of an MP3 file, see ISO/IEC 11172-3.
func mp3Length(data []byte) (time.Duration, error) {
	if len(data) >= 10 && bytes.HasPrefix(data, []byte("ID3")) {
		size := 10 + int(data[6]&0x7F)<<21 + int(data[7]&0x7F)<<14 + int(data[8]&0x7F)<<7 + int(data[9]&0x7F)
		if size > len(data) {
			return 0, errCut
		}
		data = data[size:]
	}
	var length time.Duration
	for len(data) >= 4 {
		size, takes, ok := mp3Frame(data)
		if !ok {
			if bytes.HasPrefix(data, []byte("TAG")) || bytes.HasPrefix(data, []byte("APETAGEX")) || len(bytes.Trim(data, "\x00")) == 0 {
				break
			}
			return 0, errors.New("the recording is damaged")
		}
		if size > len(data) {
			return 0, errCut
		}
		length += takes
		data = data[size:]
	}
	if length == 0 {
		return 0, errors.New("the recording is empty")
	}
	return length, nil
}

// mp3Frame returns the size of the frame that data begins with, and how long it takes to play.
func mp3Frame(data []byte) (size int, takes time.Duration, ok bool) {
	if data[0] != 0xFF || data[1]&0xE6 != 0xE2 {
		return 0, 0, false
	}
	version, rates, hertz := data[1]>>3&3, rates2, hertz1[data[2]>>2&3]
	samples, factor := 576, 72
	switch version {
	case 3: // MPEG 1
		rates, samples, factor = rates1, 1152, 144
	case 2:
		hertz /= 2
	case 0: // MPEG 2.5
		hertz /= 4
	default:
		return 0, 0, false
	}
	rate := rates[data[2]>>4] * 1000
	if rate == 0 || hertz == 0 {
		return 0, 0, false
	}
	return factor*rate/hertz + int(data[2]>>1&1), time.Duration(samples) * time.Second / time.Duration(hertz), true
}
