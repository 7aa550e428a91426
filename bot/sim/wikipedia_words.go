package sim

// cityLines is the number of sentences that each language has for a site.
const cityLines = 10

// cityKind is a kind of article. Its title and sentences may contain {street}, {house}, {no}, {y0} to {y3} (years) and {end},
// the ending of a Russian participle after the title.
type cityKind struct {
	typ         string // "" = unknown
	dim         int
	title       string
	description string
	ending      string
}

// cityWords holds the texts of a language. Kinds and junk have the same order in every language.
type cityWords struct {
	streets   []string
	kinds     []cityKind
	junk      []cityKind
	sentences [cityLines]string
}

func wordsOf(language string) cityWords {
	switch language {
	case "en":
		return english
	case "fr":
		return french
	case "pt":
		return portuguese
	case "uk":
		return ukrainian
	case "ru", "be", "bg", "sr", "kk":
		return russian
	}
	return latin
}

var russian = cityWords{
	streets: []string{"Липовая", "Садовая", "Речная", "Кузнечная", "Соборная", "Монетная", "Полевая", "Мостовая", "Заводская", "Тихая", "Ямская", "Купеческая"},
	kinds: []cityKind{
		{"landmark", 60, "Особняк ({street} улица, {house})", "особняк, памятник архитектуры", ""},
		{"landmark", 0, "Церковь № {no} (улица {street})", "православный храм", "а"},
		{"", 0, "Доходный дом ({street} улица, {house})", "жилой дом, памятник архитектуры", ""},
		{"landmark", 10, "Памятник № {no} (улица {street})", "городская скульптура", ""},
		{"landmark", 150, "Театр № {no} ({street} улица)", "драматический театр", ""},
		{"landmark", 200, "Каменный мост № {no}", "пешеходный мост", ""},
		{"", 0, "Музей № {no} ({street} улица)", "краеведческий музей", ""},
		{"landmark", 30, "Водонапорная башня ({street} улица, {house})", "башня, памятник промышленной архитектуры", "а"},
		{"railwaystation", 0, "{street} № {no} (станция метро)", "станция метро", "а"},
		{"", 300, "Усадьба ({street} улица, {house})", "городская усадьба", "а"},
	},
	junk: []cityKind{
		{"city", 5000, "Район № {no}", "район города", ""},
		{"river", 12000, "Река № {no}", "река, приток", "а"},
		{"event", 0, "Битва № {no}", "сражение", "а"},
		{"", 0, "Список памятников, часть {no}", "статья-список в проекте", ""},
		{"", 0, "Торговое общество № {no}", "торговая компания", "о"},
	},
	sentences: [cityLines]string{
		"Построен{end} в {y0} году на месте деревянных лавок, сгоревших в один вечер.",
		"В {y1} году здесь произошёл пожар, после которого уцелели только стены и железная дверь.",
		"Перестроен{end} в {y2} году: тогда появились белый камень на углах и круглое окно над входом.",
		"По документам {y1} года за работу заплатили шестьдесят рублей серебром и двумя возами овса.",
		"Под фундаментом в {y3} году нашли кирпичный ход длиной сорок шагов; куда он вёл, неизвестно до сих пор.",
		"До {y2} года во дворе стоял колодец, вода из которого считалась лучшей в городе.",
		"В {y3} году при ремонте под семью слоями краски открылась роспись с птицами и виноградом.",
		"Горожане спорили о цвете стен так долго, что в {y2} году вопрос решили жребием.",
		"На кованой решётке сохранилась дата {y1}, хотя сама решётка привезена из другого города.",
		"С {y3} года находится под охраной, и фасад показывают таким, каким он был при открытии.",
	},
}

var english = cityWords{
	streets: []string{"Linden", "Garden", "River", "Smith's", "Cathedral", "Mint", "Field", "Bridge", "Mill", "Quiet", "Coach", "Merchant"},
	kinds: []cityKind{
		{"landmark", 60, "Mansion at {house} {street} Street", "historic mansion", ""},
		{"landmark", 0, "Church No. {no} in {street} Street", "Orthodox church", ""},
		{"", 0, "Tenement House, {house} {street} Street", "residential building, listed", ""},
		{"landmark", 10, "Monument No. {no} in {street} Street", "city sculpture", ""},
		{"landmark", 150, "Theatre No. {no} ({street} Street)", "drama theatre", ""},
		{"landmark", 200, "Stone Bridge No. {no}", "footbridge", ""},
		{"", 0, "Museum No. {no} ({street} Street)", "local history museum", ""},
		{"landmark", 30, "Water Tower, {house} {street} Street", "tower, industrial heritage", ""},
		{"railwaystation", 0, "{street} No. {no} (metro station)", "metro station", ""},
		{"", 300, "Manor at {house} {street} Street", "town manor", ""},
	},
	junk: []cityKind{
		{"city", 5000, "District No. {no}", "district of the city", ""},
		{"river", 12000, "River No. {no}", "river, tributary", ""},
		{"event", 0, "Battle No. {no}", "battle", ""},
		{"", 0, "List of monuments, part {no}", "Wikimedia list article", ""},
		{"", 0, "Trading Society No. {no}", "trading company", ""},
	},
	sentences: [cityLines]string{
		"It was built in {y0} where wooden stalls had burnt down in a single evening.",
		"A fire in {y1} left nothing but the walls and an iron door.",
		"It was rebuilt in {y2}, when the white corner stones and the round window above the entrance appeared.",
		"Papers of {y1} say that the work was paid for with sixty silver coins and two carts of oats.",
		"In {y3} a brick passage forty steps long was found under the foundations; nobody knows where it led.",
		"Until {y2} a well stood in the yard, and its water was held to be the best in town.",
		"During repairs in {y3} a painting of birds and vines came to light under seven coats of paint.",
		"The townspeople argued about the colour of the walls for so long that in {y2} the matter was settled by lot.",
		"The date {y1} can be read on the wrought gate, although the gate itself came from another town.",
		"It has been protected since {y3}, and the front is shown as it was on the day it opened.",
	},
}

var latin = cityWords{
	streets: []string{"Tiliarum", "Hortorum", "Fluminis", "Fabrorum", "Basilicae", "Monetae", "Campi", "Pontis", "Molendini", "Quieta", "Curruum", "Mercatorum"},
	kinds: []cityKind{
		{"landmark", 60, "Domus nobilis, via {street} {house}", "domus vetus", ""},
		{"landmark", 0, "Ecclesia {no}, via {street}", "ecclesia", ""},
		{"", 0, "Insula, via {street} {house}", "aedificium vetus", ""},
		{"landmark", 10, "Monumentum {no}, via {street}", "statua", ""},
		{"landmark", 150, "Theatrum {no}, via {street}", "theatrum", ""},
		{"landmark", 200, "Pons lapideus {no}", "pons", ""},
		{"", 0, "Museum {no}, via {street}", "museum", ""},
		{"landmark", 30, "Turris aquaria, via {street} {house}", "turris", ""},
		{"railwaystation", 0, "{street} {no} (statio)", "statio ferriviaria", ""},
		{"", 300, "Villa, via {street} {house}", "villa urbana", ""},
	},
	junk: []cityKind{
		{"city", 5000, "Regio {no}", "regio urbis", ""},
		{"river", 12000, "Flumen {no}", "flumen", ""},
		{"event", 0, "Proelium {no}", "proelium", ""},
		{"adm3rd", 4000, "Index monumentorum {no}", "index", ""},
		{"adm2nd", 9000, "Provincia {no}", "provincia", ""},
	},
	sentences: [cityLines]string{
		"Aedificium anno {y0} factum est, ubi tabernae ligneae una nocte arserant.",
		"Anno {y1} post incendium nihil nisi muri et porta ferrea manserunt.",
		"Anno {y2} refectum est, cum lapides albi et fenestra rotunda supra portam apparuerunt.",
		"Tabulae anni {y1} dicunt opus sexaginta nummis argenteis solutum esse.",
		"Anno {y3} via subterranea quadraginta passuum inventa est; quo duxerit nemo scit.",
		"Usque ad annum {y2} puteus in area stabat, cuius aqua optima habebatur.",
		"Anno {y3} sub septem coloribus pictura avium et vitium detecta est.",
		"Cives de colore murorum tam diu certaverunt ut anno {y2} sorte iudicaretur.",
		"In porta ferrea annus {y1} legitur, quamquam porta ex alia urbe venit.",
		"Ab anno {y3} lege servatur et frons talis ostenditur qualis primo die fuit.",
	},
}
