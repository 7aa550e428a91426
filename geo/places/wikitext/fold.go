package wikitext

import (
	"strings"

	"golang.org/x/text/unicode/norm"
)

// Fold returns text in a form in which equal words are equal: NFC, with single spaces, plain quotation marks and plain dashes.
func Fold(text string) string {
	return strings.Join(strings.Fields(foldedSigns.Replace(norm.NFC.String(text))), " ")
}

var foldedSigns = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "’", "'", "‘", "'", "‚", "'", "–", "-", "—", "-", "‑", "-")
