package sim

import (
	"bytes"
	"encoding/binary"
	"strings"
	"time"
)

// silentOpus returns an Ogg/Opus file (RFC 3533, 6716, 7845) of silence, as large as speech of 24 kbit/s. The text is in a comment.
func silentOpus(length time.Duration, text string) []byte {
	const (
		rate    = 48000
		samples = 960 // of a packet: 20 ms
		perPage = 50
		eos     = 4
	)
	head := append([]byte("OpusHead\x01\x01"), 0, 0, 0x80, 0xBB, 0, 0, 0, 0, 0)
	var file bytes.Buffer
	file.Write(oggPage(2, 0, 0, [][]byte{head}))
	file.Write(oggPage(0, 1, 0, [][]byte{opusTags(text)}))
	// A CELT frame of silence in a packet with padding: the second byte announces one padded frame, the third the number of zeros.
	packet := append([]byte{0xFB, 0x41, 55, 0xFF, 0xFE}, make([]byte, 55)...)
	packets := max(1, int(length*rate/time.Second/samples))
	for done, seq := 0, uint32(2); done < packets; seq++ {
		var page [][]byte
		for len(page) < perPage && done < packets {
			page = append(page, packet)
			done++
		}
		flags := byte(0)
		if done == packets {
			flags = eos
		}
		file.Write(oggPage(flags, seq, uint64(done*samples), page))
	}
	return file.Bytes()
}

func opusTags(text string) []byte {
	const vendor, most = "excursobot sim", 20000 // a page has 255 segments of 255 bytes
	comment := "DESCRIPTION=" + text
	comment = strings.ToValidUTF8(comment[:min(len(comment), most)], "")
	tags := binary.LittleEndian.AppendUint32([]byte("OpusTags"), uint32(len(vendor)))
	tags = binary.LittleEndian.AppendUint32(append(tags, vendor...), 1)
	tags = binary.LittleEndian.AppendUint32(tags, uint32(len(comment)))
	return append(tags, comment...)
}

// SpokenText returns the text in the comment of a recording of Speech, "" if there is none.
func SpokenText(audio []byte) string {
	const name = "DESCRIPTION="
	i := bytes.Index(audio, []byte(name))
	if i < 4 || !bytes.HasPrefix(audio, []byte("OggS")) {
		return ""
	}
	n, rest := int(binary.LittleEndian.Uint32(audio[i-4:])), audio[i:]
	if n < len(name) || n > len(rest) {
		return ""
	}
	return string(rest[len(name):n])
}

// oggPage returns a page with whole packets.
func oggPage(flags byte, seq uint32, granule uint64, packets [][]byte) []byte {
	var lacing, body []byte
	for _, p := range packets {
		body = append(body, p...)
		for n := len(p); ; n -= 255 {
			lacing = append(lacing, byte(min(n, 255)))
			if n < 255 {
				break
			}
		}
	}
	page := append([]byte("OggS\x00"), flags)
	page = binary.LittleEndian.AppendUint64(page, granule)
	page = binary.LittleEndian.AppendUint32(page, 1) // the only stream
	page = binary.LittleEndian.AppendUint32(page, seq)
	page = append(page, 0, 0, 0, 0, byte(len(lacing)))
	page = append(append(page, lacing...), body...)
	binary.LittleEndian.PutUint32(page[22:], oggSum(page))
	return page
}

// oggSum is the checksum of Ogg: CRC-32 with the polynomial 0x04c11db7, neither reflected nor inverted.
func oggSum(page []byte) uint32 {
	var sum uint32
	for _, b := range page {
		sum ^= uint32(b) << 24
		for range 8 {
			if sum&(1<<31) != 0 {
				sum = sum<<1 ^ 0x04c11db7
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}

// silentMP3 returns frames of MPEG 2 layer III, 24 kHz, 32 kbit/s, mono, without sound in them.
func silentMP3(length time.Duration) []byte {
	const size, takes = 96, 24 * time.Millisecond
	frame := append([]byte{0xFF, 0xF3, 0x44, 0xC0}, make([]byte, size-4)...)
	return bytes.Repeat(frame, max(1, int(length/takes)))
}
