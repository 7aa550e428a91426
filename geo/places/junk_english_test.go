package places

import "testing"

func TestJudgeEnglish(t *testing.T) {
	for description, want := range map[string]verdict{
		"": unknown,
		// events
		"Attacks on London public transport": junk, "2018 mass shooting in Riverside": junk, "Series of coordinated terrorist attacks in Riverside": junk,
		"1999 hijacking in Riverside": junk, "2004 hostage crisis in Riverside": junk, "Annual film award ceremony": junk, "1812 battle of the Napoleonic Wars": junk,
		"railway accident in 1957": junk, "annual music festival": junk, "string of murders in 1888": junk,
		// people, works, companies
		"Russian painter (1850–1911)": junk, "Russian painter": junk, "English merchant (c. 1400-1455)": junk, "novel by Victor Hugo": junk,
		"2011 film by Some Director": junk, "Russian technology company": junk, "association football club in Riverside": junk, "German rock band": junk,
		"political party in Poland": junk, "actor (born 1970)": junk,
		// land, roads, species
		"capital and largest city of Russia": junk, "municipality in Portugal": junk, "census-designated place in Ohio": junk, "ward of Tokyo": junk,
		"river in western Russia": junk, "railway line in Poland": junk, "national highway in India": junk, "species of bird": junk,
		"historic quarter in Paris, France": junk,
		// sights
		"Orthodox church in Moscow, Russia": sight, "city museum in Saint Petersburg": sight, "bridge across the river Seine in Paris": sight,
		"museum of the battle in Moscow": sight, "former company building": sight, "Moscow Metro station": sight, "pedestrian street in the city of Moscow": sight,
		"war memorial in a village": sight, "oak tree in Sherwood Forest": sight, "public university in Kraków": sight, "public library": sight,
		"opera house in Riverside": sight, "church that stood in Riverside (1850–1911)": sight, "theatre company building in Riverside": sight,
		"group of sculptures": unknown, "thing nobody has a word for": unknown,
	} {
		if got := judgeEnglish(description, 0); got != want {
			t.Errorf("judgeEnglish(%q) = %d, want %d", description, got, want)
		}
	}
	if judgeEnglish("historic quarter in Paris, France", 600) != sight || judgeEnglish("historic quarter in Paris", 5000) != junk {
		t.Error("a historic quarter under a kilometre is a sight, a larger one is not")
	}
}

// The English description of Wikidata serves every edition, and goes before what the edition says.
func TestWorthwhileByTheEnglishDescription(t *testing.T) {
	for _, tt := range []struct {
		place Place
		want  bool
	}{
		{Place{Language: "pl", Title: "Katedra", About: "cathedral in Poznań, Poland"}, true},
		{Place{Language: "ja", Title: "渋谷区", About: "ward of Tokyo, Japan"}, false},
		{Place{Language: "fr", Title: "Attentat", Description: "musée", About: "2015 terrorist attack in Riverside"}, false},
		{Place{Language: "en", Title: "Battle Abbey", About: "former abbey in England"}, true},
		{Place{Language: "en", Title: "Big thing", Description: "Attacks on London public transport"}, false},
		{Place{Language: "sv", Title: "Hus", Length: 900, About: "building in Stockholm"}, false},
		{Place{Language: "sv", Title: "Hus", Length: 1600, About: "building in Stockholm"}, true},
		{Place{Language: "en", Title: "Gone", Kind: kindMissing, About: "church in Paris"}, false},
		{Place{Language: "ru", Title: "Захват", Description: "захват заложников в Приречье в 2004 году"}, false},
		{Place{Language: "ru", Title: "Иванов", Description: "русский художник (1850—1911)"}, false},
	} {
		if got := worthwhile(tt.place); got != tt.want {
			t.Errorf("worthwhile(%s: %q, %q, %q) = %v", tt.place.Language, tt.place.Title, tt.place.Description, tt.place.About, got)
		}
	}
}

func TestAPlaceNameInBracketsIsNoJunk(t *testing.T) {
	for _, tt := range []struct {
		language, title string
		want            bool // junk
	}{
		{"en", "St. Patrick's Cathedral (New York City)", false}, {"en", "Christ Church (City of London)", false}, {"en", "Clear (river)", true},
		{"ru", "Троицкая церковь (село Коньково)", false}, {"ru", "Неглинная (река)", true}, {"de", "Saale (Fluss)", true},
		{"de", "Rathaus (Stadt Köln)", false}, {"pt", "Igreja Matriz (Vila do Conde)", false},
	} {
		if got := junkTitle(tt.language, tt.title); got != tt.want {
			t.Errorf("junkTitle(%s, %q) = %v, want %v", tt.language, tt.title, got, tt.want)
		}
	}
}
