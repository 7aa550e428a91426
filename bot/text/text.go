// Package text holds every word that people read: one catalogue per language, and their rendering. Keys and
// placeholders are the same in every language; a test proves it.
package text

// HTML is text that is markup already; every other string given to Say is escaped for Telegram's HTML.
type HTML string

// Catalog is all languages.
type Catalog struct{ _ int }

// Load reads the embedded catalogues; an error is a fault of the build.
func Load() (*Catalog, error) { panic("contract") }

// Languages are the interface languages, "ru" and "en" first.
func (c *Catalog) Languages() []string { panic("contract") }

// Match returns the interface language for a code as Telegram gives it ("pt-br", "uk", "zh-hans", ""), "en" if there is none.
func (c *Catalog) Match(code string) string { panic("contract") }

// Words returns the words of an interface language, English for an unknown one.
func (c *Catalog) Words(language string) *Words { panic("contract") }

// Words is one language.
type Words struct{ _ int }

// Language returns the code.
func (w *Words) Language() string { panic("contract") }

// Say renders the text of a key. args are name, value pairs for its {placeholders}. A key with plural forms (CLDR: one, few, many, other)
// is chosen by the argument named "n". An unknown key renders as the key itself, so that nothing is ever silent; a test finds such calls.
func (w *Words) Say(key string, args ...any) string { panic("contract") }

// Distance renders metres as people say it: "120 m", "1.3 km", in the language.
func (w *Words) Distance(metres float64) string { panic("contract") }
