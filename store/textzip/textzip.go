// Package textzip compresses texts of some kilobytes, such as articles. It decides the format, raw DEFLATE; how much is stored is decided elsewhere.
package textzip

import (
	"bytes"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"strings"
)

// most is the longest text that Unpack returns, in bytes.
const most = 1 << 20

// Pack returns the text compressed. The same text gives the same bytes. An empty text is nil.
func Pack(text string) []byte {
	if text == "" {
		return nil
	}
	var out bytes.Buffer
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err == nil {
		_, err = io.Copy(w, strings.NewReader(text))
		err = errors.Join(err, w.Close())
	}
	if err != nil {
		panic(fmt.Sprintf("textzip: %v", err)) // the level is valid, and a buffer takes everything
	}
	return out.Bytes()
}

// Unpack returns the text that Pack was given. One of more than 1 MiB, or damaged, is an error.
func Unpack(packed []byte) (string, error) {
	if len(packed) == 0 {
		return "", nil
	}
	r := flate.NewReader(bytes.NewReader(packed))
	var text strings.Builder
	n, err := io.Copy(&text, io.LimitReader(r, most+1))
	if err == nil && n > most {
		err = fmt.Errorf("more than %d bytes", most)
	}
	if err != nil {
		return "", fmt.Errorf("unpack text: %w", err)
	}
	return text.String(), nil
}
