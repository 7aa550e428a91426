//go:build chaos

package killpoint

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"os"
	"regexp"
)

// The tests know the program only from outside. These are its promises to operators.

// Exit codes.
const (
	exitClean   = 0
	exitRuntime = 1
	exitUsage   = 2
)

const backupDir = "backups" // inside DATA_DIR

var backupName = regexp.MustCompile(`^excursobot-\d{8}T\d{6}\.\d{3}Z\.db$`)

// backups returns the names of the finished backups in dir, oldest first.
func backups(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if backupName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// webhookSecret returns the secret that the program derives from the token if none is configured.
func webhookSecret(token string) string {
	mac := hmac.New(sha256.New, []byte(token))
	mac.Write([]byte("excursobot webhook secret"))
	return hex.EncodeToString(mac.Sum(nil))
}
