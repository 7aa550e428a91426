package places

import "testing"

func TestDullByMetadata(t *testing.T) {
	tests := []struct {
		kind string
		dim  int
		want bool
	}{
		{"", 0, false}, {"landmark", 0, false}, {"landmark", 3000, false}, {"edu", 100, false}, {"railwaystation", 0, false},
		{"mountain", 0, false}, {"isle", 500, false}, {"forest", 0, false},
		{"landmark", 3001, true}, {"city", 0, true}, {"city(12000000)", 0, true}, {"City", 0, true},
		{"adm1st", 0, true}, {"adm2nd", 0, true}, {"adm3rd", 0, true}, {"country", 0, true}, {"river", 0, true}, {"waterbody", 0, true},
		{"event", 0, true}, {kindMissing, 0, true}, {kindDisambiguation, 0, true}, {kindElsewhere, 0, true},
	}
	for _, tt := range tests {
		if got := junkKind(tt.kind, tt.dim); got != tt.want {
			t.Errorf("junkKind(%q, %d) = %v, want %v", tt.kind, tt.dim, got, tt.want)
		}
	}
}

// Titles and descriptions as Wikipedia writes them.
//
//nolint:misspell // other languages are not misspelt English
func TestWorthwhileByWords(t *testing.T) {
	const keep, leave = true, false
	tests := []struct {
		language, title, description string
		want                         bool
	}{
		{"en", "Saint Basil's Cathedral", "Orthodox church in Moscow, Russia", keep},
		{"en", "City Museum", "city museum in Saint Petersburg", keep},
		{"en", "Taganskaya", "Moscow Metro station", keep},
		{"en", "221B Baker Street", "house in London", keep},
		{"en", "Pont Neuf", "bridge across the river Seine in Paris", keep},
		{"en", "Borodino Panorama", "museum of the battle in Moscow", keep},
		{"en", "Bank of X building", "former company building", keep},
		{"en", "Arbat Street", "pedestrian street in the city of Moscow", keep},
		{"en", "GUM", "department store in Moscow", keep},
		{"en", "A house", "", keep},
		{"en", "War Memorial", "war memorial in a village", keep},
		{"en", "Moscow", "capital and largest city of Russia", leave},
		{"en", "Kapotnya District", "district of Moscow", leave},
		{"en", "Moskva", "river in western Russia", leave},
		{"en", "Battle of Borodino", "1812 battle of the Napoleonic Wars", leave},
		{"en", "Battle of Somewhere", "", leave},
		{"en", "Yandex", "Russian technology company", leave},
		{"en", "List of museums in Paris", "Wikimedia list article", leave},
		{"en", "List of churches", "", leave},
		{"en", "Mercury", "Topics referred to by the same term", leave},
		{"en", "Le Marais", "historic quarter in Paris, France", leave},
		{"en", "Nice truck attack", "2016 terrorist attack in Nice, France", leave},
		{"en", "Clear (river)", "", leave},
		{"en", "Central (Moscow Metro)", "", keep},

		{"ru", "Храм Василия Блаженного", "православный храм на Красной площади в Москве", keep},
		{"ru", "Дом Пашкова", "здание в Москве, памятник архитектуры", keep},
		{"ru", "Таганская (станция метро, Кольцевая линия)", "станция Московского метрополитена", keep},
		{"ru", "Дом страхового общества «Россия»", "жилой дом компании в Москве", keep},
		{"ru", "Крымский мост", "висячий мост через реку Москву", keep},
		{"ru", "Бородинская панорама", "музей-панорама в городе Москве", keep},
		{"ru", "Государственный банк", "здание банка в Москве", keep},
		{"ru", "Улица Арбат", "улица в районе Арбат", keep},
		{"ru", "Памятник Бородинской битве", "", keep},
		{"ru", "Москва", "столица России, город федерального значения", leave},
		{"ru", "Капотня", "район Москвы", leave},
		{"ru", "Таганский район", "бывший административный район Москвы", leave},
		{"ru", "Яуза", "левый приток Москвы", leave},
		{"ru", "Неглинная (река)", "", leave},
		{"ru", "Бородинское сражение", "крупнейшее сражение Отечественной войны 1812 года", leave},
		{"ru", "Битва под Москвой", "", leave},
		{"ru", "Яндекс", "российская транснациональная компания", leave},
		{"ru", "Список музеев Москвы", "статья-список в проекте Викимедиа", leave},
		{"ru", "Кремль (значения)", "страница значений в проекте Викимедиа", leave},
		{"ru", "Посёлок Сокол", "посёлок художников в Москве", leave},
		{"ru", "Взрыв в метро", "террористический акт в Москве", leave},

		{"uk", "Софійський собор", "християнський собор у центрі Києва", keep},
		{"uk", "Хрещатик (станція метро)", "станція Київського метрополітену", keep},
		{"uk", "Будинок з химерами", "будинок на Печерську в Києві", keep},
		{"uk", "Міст Патона", "міст через річку Дніпро", keep},
		{"uk", "Київ", "столиця України", leave},
		{"uk", "Печерськ", "історична місцевість Києва", leave},
		{"uk", "Либідь", "річка в Києві, права притока Дніпра", leave},
		{"uk", "Битва за Київ", "", leave},
		{"uk", "Укрзалізниця", "українська компанія", leave},
		{"uk", "Список музеїв", "сторінка-список у Вікімедіа", leave},

		{"fr", "Hôtel de Ville de Paris", "hôtel de ville de Paris, France", keep},
		{"fr", "Châtelet (métro de Paris)", "station du métro de Paris", keep},
		{"fr", "Maison de Victor Hugo", "maison d'écrivain à Paris", keep},
		{"fr", "Pont Neuf", "pont de Paris sur la Seine", keep},
		{"fr", "Immeuble Félix Potin", "immeuble de l'entreprise à Paris", keep},
		{"fr", "Siège du Parti communiste français", "bâtiment de Paris", keep},
		{"fr", "Groupe scolaire", "groupe scolaire à Paris", keep},
		{"fr", "Paris", "ville et capitale de la France", leave},
		{"fr", "Le Marais", "quartier de Paris", leave},
		{"fr", "4e arrondissement de Paris", "arrondissement de Paris", leave},
		{"fr", "Bièvre (rivière)", "", leave},
		{"fr", "Seine", "fleuve français", leave},
		{"fr", "Bataille de Paris", "bataille en 1814", leave},
		{"fr", "Michelin", "entreprise française de pneumatiques", leave},
		{"fr", "Liste des musées de Paris", "liste d'un projet Wikimedia", leave},
		{"fr", "Saint-Paul", "page d'homonymie de Wikimédia", leave},

		{"pt", "Torre de Belém", "torre fortificada em Lisboa", keep},
		{"pt", "Estação Baixa-Chiado", "estação do Metro de Lisboa", keep},
		{"pt", "Casa dos Bicos", "casa histórica em Lisboa", keep},
		{"pt", "Ponte Vasco da Gama", "ponte sobre o rio Tejo", keep},
		{"pt-br", "Lisboa", "cidade capital de Portugal", leave},
		{"pt", "Alfama", "bairro de Lisboa", leave},
		{"pt", "Tejo", "rio da Península Ibérica", leave},
		{"pt", "Batalha de Alvalade", "", leave},
		{"pt", "Galp", "empresa portuguesa de energia", leave},
		{"pt", "Lista de museus de Lisboa", "", leave},
		{"pt", "Belém", "página de desambiguação da Wikimedia", leave},

		{"es", "Casa Batlló", "edificio de Barcelona", keep},
		{"es", "Barcelona", "ciudad española", leave},
		{"de", "Brandenburger Tor", "frühklassizistisches Triumphtor in Berlin", keep},
		{"de", "Berlin", "Hauptstadt und Land der Bundesrepublik Deutschland", leave},
		{"xx", "Anything", "city", keep}, // no vocabulary: metadata decides
	}
	for _, tt := range tests {
		p := Place{Language: tt.language, Title: tt.title, Description: tt.description}
		if got := worthwhile(p); got != tt.want {
			t.Errorf("%s: %q, %q: worthwhile = %v, want %v", tt.language, tt.title, tt.description, got, tt.want)
		}
	}
}

func TestWeight(t *testing.T) {
	stub := Place{Source: "wikipedia", Length: 900, Title: "Дом 12", Description: "жилой дом", Language: "ru"}
	rich := Place{Source: "wikipedia", Length: 40_000, Title: "Парк", Description: "городской парк", Language: "ru"}
	if got := Weight(stub, 100, nil) - Weight(rich, 100, nil); got != stubPenalty {
		t.Errorf("a stub loses %g m, want %g", got, stubPenalty)
	}
	if Weight(stub, 0, nil) < Weight(rich, 149, nil) || Weight(stub, 0, nil) > Weight(rich, 151, nil) {
		t.Error("a stub at 0 m must lose to a rich article at 149 m and win over one at 151 m")
	}
	interests := []struct {
		language, title, description, kind, interest string
		want                                         bool
	}{
		{"ru", "Дом 12", "жилой дом", "", "architecture", true},
		{"ru", "Дом 12", "жилой дом", "", "nature", false},
		{"ru", "Сквер", "городской парк", "", "nature", true},
		{"uk", "Пам’ятник", "пам'ятник поету", "", "people", true},
		{"en", "Kremlin", "fortress in Moscow", "", "history", true},
		{"en", "Sparrow Hills", "", "mountain", "nature", true},
		{"fr", "Tour Eiffel", "tour de fer", "", "architecture", true},
		{"pt", "Torre", "torre", "", "architecture", true},
		{"en", "Metro", "station", "", "cooking", false},
	}
	for _, tt := range interests {
		p := Place{Language: tt.language, Title: tt.title, Description: tt.description, Kind: tt.kind, Length: 5000}
		if got := Weight(p, 100, []string{tt.interest}) < Weight(p, 100, nil); got != tt.want {
			t.Errorf("%q for %s: %v, want %v", tt.title, tt.interest, got, tt.want)
		}
	}
	bare, long := Place{}, Place{Length: 1 << 40}
	if got := Weight(bare, 10, nil); got != 160 {
		t.Errorf("an empty place weighs %g", got)
	}
	if got := Weight(long, 10, nil); got != 10 {
		t.Errorf("a long article weighs %g", got)
	}
}

func BenchmarkWorthwhile(b *testing.B) {
	p := Place{Language: "ru", Title: "Дом Пашкова", Description: "здание в Москве, памятник архитектуры"}
	b.ReportAllocs()
	for b.Loop() {
		worthwhile(p)
	}
}

func BenchmarkWeight(b *testing.B) {
	p := Place{Language: "ru", Title: "Дом Пашкова", Description: "здание в Москве, памятник архитектуры", Length: 5000}
	b.ReportAllocs()
	for b.Loop() {
		Weight(p, 100, []string{"nature", "people"})
	}
}
