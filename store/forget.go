package store

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// ForgetSecret is the setting with the secret of ForgottenID. The first ForgetUser with a walk sets it to a NewForgetSecret.
const ForgetSecret = "forget_secret"

// ForgottenPrefix begins the ids of walks whose persons were forgotten.
const ForgottenPrefix = "forgotten:"

// NewForgetSecret returns a random secret.
func NewForgetSecret() string { return rand.Text() }

// ForgottenID returns the id under which a walk is known after its person was forgotten: the share's own id holds the number of their chat, and
// late edits of the share must still find that it ended.
func ForgottenID(secret, id string) string {
	sum := sha256.Sum256([]byte(secret + ":" + id))
	return ForgottenPrefix + hex.EncodeToString(sum[:])
}

// NamesPerson returns the regular expression, for Go and for Postgres, of the raw updates that name a person: who wrote, pressed a button, was
// answered or was mentioned. Quotes inside texts have a backslash before them, so no text matches.
func NamesPerson(person int64) string {
	return fmt.Sprintf(`"id"[[:space:]]*:[[:space:]]*%d[^0-9]`, person)
}
