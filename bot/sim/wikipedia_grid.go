package sim

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Grid returns articles about side x side places on a grid around a point, with the spacing in metres. All of them are sights, in each of the
// languages, with the same Q-ids.
func Grid(seed uint64, lat, lon float64, side int, spacing float64, languages ...string) []Article {
	const metresPerDegree = 111_195
	rng := rand.New(rand.NewPCG(seed, 0x6a09e667f3bcc908))
	var articles []Article
	for i := range side * side {
		site := newSite(rng, i)
		site.junk, site.stub, site.qid = false, false, fmt.Sprintf("Q%d", 3_000_000_000+i)
		north, east := (float64(i/side)-float64(side-1)/2)*spacing, (float64(i%side)-float64(side-1)/2)*spacing
		for k, language := range languages {
			a := site.article(language)
			a.PageID = int64(1_000_000 + i*len(languages) + k)
			a.Lat, a.Lon = lat+north/metresPerDegree, lon+east/metresPerDegree/math.Cos(lat*math.Pi/180)
			articles = append(articles, a)
		}
	}
	return articles
}
