package config

import (
	"io"
	"os"
)

// IsTerminal says whether w is a character device: a terminal, or something as harmless to colour.
func IsTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
