// Package text holds every word that people read: one catalogue per language, and their rendering. Keys and
// placeholders are the same in every language; a test proves it.
package text
