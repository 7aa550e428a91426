// Package textzip compresses texts of some kilobytes, such as articles. It decides the format; how much is stored is decided elsewhere.
package textzip

import (
	"fmt"

	"github.com/klauspost/compress/zstd"
)

// window is how far back a text refers to itself: texts are not much longer.
const window = 128 << 10

// encoder and decoder hold some hundred kilobytes. They are made at the start, because their channels must belong to no test's bubble.
var (
	encoder = started(made(zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(window), zstd.WithLowerEncoderMem(true))))
	decoder = made(zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window),
		zstd.WithDecoderMaxMemory(1<<20)))
)

// started returns the encoder after its first use, which makes its channels.
func started(e *zstd.Encoder) *zstd.Encoder {
	e.EncodeAll([]byte("text"), nil)
	return e
}

func made[T any](v T, err error) T {
	if err != nil {
		panic(fmt.Sprintf("textzip: options that the library refuses: %v", err))
	}
	return v
}

// Pack returns the text compressed. The same text gives the same bytes. An empty text is nil.
func Pack(text string) []byte {
	if text == "" {
		return nil
	}
	return encoder.EncodeAll([]byte(text), make([]byte, 0, len(text)/3))
}

// Unpack returns the text that Pack was given. One of more than 1 MiB, or damaged, is an error.
func Unpack(packed []byte) (string, error) {
	if len(packed) == 0 {
		return "", nil
	}
	text, err := decoder.DecodeAll(packed, nil)
	if err != nil {
		return "", fmt.Errorf("unpack text: %w", err)
	}
	return string(text), nil
}
