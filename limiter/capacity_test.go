package limiter

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/time/rate"
)

// The assumptions of docs/scale.md, which names them.
const (
	capacityRate    = 25.0 // messages a second, limits.messages
	capacityBurst   = 25
	capacityAsked   = 3    // requests a day of a person who sends single locations
	capacityWalkers = 0.2  // share of people who walk an hour instead, with a story every five minutes
	capacityWalk    = 12   // stories of a walk
	capacityPer     = 2    // messages of a story: its text and the place on the map
	capacityPeak    = 0.15 // share of a day's messages in its busiest hour

	townSights  = 300  // places of a town that people ask about
	townHeard   = 8    // places that a visitor hears about
	townZipf    = 1.0  // popularity of the n-th place is 1/n
	storyTokens = 6000 // that a story costs in prompts: the passage once for the writer and once for the judge, with their rules
	storyAnswer = 300  // and in answers
	priceIn     = 0.10 // dollars for a million tokens of gpt-6-luna
	priceOut    = 0.50
)

// townLanguages are the shares of a town's visitors by language.
var townLanguages = []float64{0.5, 0.2, 0.1, 0.1, 0.05, 0.05}

// TestCapacity simulates how many people one bot token can serve, and what a story costs as a town grows. docs/scale.md has both tables: if the
// simulation changes, the test prints the new ones.
func TestCapacity(t *testing.T) {
	tables := tokenTable() + "\n" + townTable()
	page, err := os.ReadFile(filepath.Join("..", "docs", "scale.md"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(page), tables) {
		t.Errorf("docs/scale.md has other tables than these:\n%s", tables)
	}
}

// tokenTable has a line for each number of people.
func tokenTable() string {
	var b strings.Builder
	b.WriteString("| active people a day | messages/s in the busiest hour | wait for the pace p50, s | p95, s |\n| ---: | ---: | ---: | ---: |\n")
	for _, people := range []int{10_000, 25_000, 40_000, 50_000, 55_000, 60_000} {
		perSecond, waits := busiestHour(people)
		fmt.Fprintf(&b, "| %d | %.1f | %.2f | %.2f |\n", people, perSecond, waits[len(waits)/2].Seconds(), waits[len(waits)*95/100].Seconds())
	}
	return b.String()
}

// busiestHour sends the messages of the busiest hour at random moments through the pace of the bot, and returns how long each waited, the shortest
// first. The pace is the one that the bot uses, in simulated time.
func busiestHour(people int) (perSecond float64, waits []time.Duration) {
	r := rand.New(rand.NewPCG(uint64(people), 5)) //nolint:gosec // the same hour in each run
	each := (1-capacityWalkers)*capacityAsked + capacityWalkers*capacityWalk
	stories := int(float64(people) * each * capacityPeak)
	at := make([]time.Duration, stories)
	for i := range at {
		at[i] = time.Duration(r.Int64N(int64(time.Hour)))
	}
	slices.Sort(at)
	pace := rate.NewLimiter(capacityRate, capacityBurst)
	began := time.Unix(0, 0)
	for _, arrival := range at {
		now := began.Add(arrival)
		for range capacityPer {
			waits = append(waits, pace.ReserveN(now, 1).DelayFrom(now))
		}
	}
	slices.Sort(waits)
	return float64(len(waits)) / time.Hour.Seconds(), waits
}

// townTable has a line for each number of visitors within the life of a story.
func townTable() string {
	var b strings.Builder
	b.WriteString("| visitors of a town in half a year | stories told | written | from the library, % | a visitor costs, cents |\n| ---: | ---: | ---: | ---: | ---: |\n")
	const story = (storyTokens*priceIn + storyAnswer*priceOut) / 1e6 * 100 // cents
	for _, visitors := range []int{10, 100, 1000, 10_000} {
		written := storiesWritten(visitors)
		told := visitors * townHeard
		fmt.Fprintf(&b, "| %d | %d | %d | %.0f | %.4f |\n", visitors, told, written, 100*(1-float64(written)/float64(told)), float64(written)*story/float64(visitors))
	}
	return b.String()
}

// storiesWritten returns how many stories the model must write if each visitor hears about some places, the popular ones first, in their language.
func storiesWritten(visitors int) int {
	r := rand.New(rand.NewPCG(uint64(visitors), 6)) //nolint:gosec // the same visitors in each run
	written := map[[2]int]bool{}
	type sight struct {
		place int
		key   float64
	}
	sights := make([]sight, townSights)
	for range visitors {
		language, share := 0, r.Float64()
		for language < len(townLanguages)-1 && share >= townLanguages[language] {
			share -= townLanguages[language]
			language++
		}
		for i := range sights { // the smallest of exponential numbers: a draw without replacement, weighted by popularity
			sights[i] = sight{i, r.ExpFloat64() * math.Pow(float64(i+1), townZipf)}
		}
		slices.SortFunc(sights, func(a, b sight) int { return int(math.Copysign(1, a.key-b.key)) })
		for _, s := range sights[:townHeard] {
			written[[2]int{s.place, language}] = true
		}
	}
	return len(written)
}
