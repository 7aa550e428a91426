package monitor

// Label values that the page shows and that exist from the start. Other values are counted too.
var (
	kinds   = []string{"static", "live"}
	sources = []string{"library", "pack", "generated", "extract", "none", "busy"}
	classes = []string{"interactive", "live", "next", "judge", "read_ahead", "warm_up", "pack"} // of the gate, best first
	parts   = []string{"bot", "checkout", "guide", "live", "panic", "parked", "payment", "store", "telegram"}
)

// Names of the values on the page.
var sourceNames = map[string]string{
	"library": "library", "pack": "built-in pack", "generated": "written by the model", "extract": "extract of the article",
	"none": "no story", "busy": "refused, overloaded",
}

var classNames = map[string]string{
	"interactive": "people", "live": "live walks", "next": "next stories of walks", "judge": "judge", "read_ahead": "read-ahead", "warm_up": "warm-up", "pack": "pack",
}
