package store

import (
	"context"
	"time"
)

// ReportKey names an extract: the words of a source about a place. With neither Language nor Revision it names the place as a whole.
type ReportKey struct {
	Place    string `json:"place,omitzero"`
	Language string `json:"language,omitzero"` // of the extract
	Revision int64  `json:"revision,omitzero"` // of the page
}

// Report names the people who call an extract wrong and tells whether it is shown.
type Report struct {
	ReportKey
	Title    string    `json:"title,omitzero"`    // of the place, for the operator
	WrongBy  []int64   `json:"wrong_by,omitzero"` // at most two experienced people
	Withheld bool      `json:"withheld,omitzero"` // it is not shown
	Restored bool      `json:"restored,omitzero"` // an operator shows it: further reports do not count
	At       time.Time `json:"at,omitzero"`       // of the last change
}

// Reports keeps what is wrong with extracts and which places are withheld.
type Reports interface {
	// ReportExtract notes that a person calls an extract wrong, and returns the report as it is then. Only experienced people are noted
	// (see Told.Experienced), at most two, and nobody in a report that is Withheld or Restored. The title is noted with them.
	ReportExtract(ctx context.Context, key ReportKey, person int64, title string, at time.Time) (Report, error)
	// Withhold withholds an extract, or a place as a whole: then all of its stories are retired, and stories put later are retired too.
	Withhold(ctx context.Context, key ReportKey, title string, at time.Time) error
	// Withheld reports for each of the extracts whether it is withheld, or the place as a whole is, in the order asked.
	Withheld(ctx context.Context, keys []ReportKey) ([]bool, error)
	// WithheldPlaces returns at most limit reports that are Withheld and come after the given key, ordered by Place, Language and Revision. The
	// zero key comes before all.
	WithheldPlaces(ctx context.Context, after ReportKey, limit int) ([]Report, error)
	// Restore shows again what is withheld. With a place as a whole, all of its stories are restored as by RestoreStory. It returns
	// ErrNotFound for what is not withheld.
	Restore(ctx context.Context, key ReportKey, at time.Time) error
}

// ReportLife is how long a report is kept after its last change, unless it is withheld.
const ReportLife = PlaceLife
