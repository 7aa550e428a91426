package speech

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// ears returns the languages for which more is done than leaving out brackets. The expressions are made at the first use.
//
//nolint:misspell // words of other languages
var ears = sync.OnceValue(func() map[string]ear {
	table := map[string]ear{
		"en": {
			to: "to", forms: oneOrMany, point: ".",
			rules: rules("St.~^", "Saint", "Mt.~^", "Mount", "Dr.~^", "Doctor", "Mr.~^", "Mister", "Mrs.~^", "Missus", "c.~#", "about", "ca.~#", "about",
				"No.~#", "number", "e.g.", "for example", "i.e.", "that is", "etc.", "and so on", "approx.", "approximately", "&", "and"),
			units: map[string]string{
				"mm": "millimetre|millimetres", "cm": "centimetre|centimetres", "m": "metre|metres", "km": "kilometre|kilometres",
				"m²": "square metre|square metres", "km²": "square kilometre|square kilometres", "m³": "cubic metre|cubic metres", "ha": "hectare|hectares",
				"kg": "kilogram|kilograms", "t": "tonne|tonnes", "ft": "foot|feet", "mi": "mile|miles", "%": "percent", "°C": "degree Celsius|degrees Celsius",
				"°": "degree|degrees", "km/h": "kilometre per hour|kilometres per hour", "mph": "mile per hour|miles per hour", "sq ft": "square foot|square feet",
			},
		},
		"fr": {
			to: "à", forms: french, point: ",",
			rules: append(rules("M.~^", "Monsieur", "Mme", "Madame", "Mlle", "Mademoiselle", "Dr", "Docteur", "St-^", "Saint-", "Ste-^", "Sainte-",
				"av.~J.-C.", "avant Jésus-Christ", "apr.~J.-C.", "après Jésus-Christ", "ap.~J.-C.", "après Jésus-Christ", "env.~#", "environ", "v.~#", "vers",
				"c.-à-d.", "c'est-à-dire", "p.~ex.", "par exemple", "etc.", "et cetera", "n°~#", "numéro", "&", "et"),
				pattern(`(\p{L} )Ier([^\p{L}]|$)`, "${1}premier${2}"), pattern(`(\p{L} )Ire([^\p{L}]|$)`, "${1}première${2}")),
			units: map[string]string{
				"mm": "millimètre|millimètres", "cm": "centimètre|centimètres", "m": "mètre|mètres", "km": "kilomètre|kilomètres",
				"m²": "mètre carré|mètres carrés", "km²": "kilomètre carré|kilomètres carrés", "m³": "mètre cube|mètres cubes", "ha": "hectare|hectares",
				"kg": "kilogramme|kilogrammes", "t": "tonne|tonnes", "%": "pour cent", "°C": "degré Celsius|degrés Celsius", "°": "degré|degrés",
				"km/h": "kilomètre à l'heure|kilomètres à l'heure",
			},
			century: regexp.MustCompile(`(^|[^\p{L}])(?:([IVX]+)(?:er|e|ᵉ|ème)? ?([–—-]|(?: (?:et|au|aux|ou) )) ?)?([IVX]+)(?:er|e|ᵉ|ème) (siècles?)([^\p{L}]|$)`),
			ordinal: frenchCentury,
		},
		"pt": {
			to: "a", forms: oneOrMany, point: ",",
			rules: append(rules("Sr.~^", "Senhor", "Sra.~^", "Senhora", "Dr.~^", "Doutor", "Dra.~^", "Doutora", "D.~^", "Dom", "S.~^", "São", "Sto.~^", "Santo",
				"Sta.~^", "Santa", "a.~C.", "antes de Cristo", "d.~C.", "depois de Cristo", "séc.", "século", "sécs.", "séculos", "n.º~#", "número", "nº~#", "número",
				"Av.~^", "Avenida", "p.~ex.", "por exemplo", "etc.", "et cetera", "&", "e"),
				pattern(`(séculos?) ([IVX]+) (a|e|ao) ([IVX]+)([^\p{L}]|$)`, "${1} ${2} ${3} século ${4}${5}")),
			units: map[string]string{
				"mm": "milímetro|milímetros", "cm": "centímetro|centímetros", "m": "metro|metros", "km": "quilómetro|quilómetros",
				"m²": "metro quadrado|metros quadrados", "km²": "quilómetro quadrado|quilómetros quadrados", "m³": "metro cúbico|metros cúbicos",
				"ha": "hectare|hectares", "kg": "quilograma|quilogramas", "t": "tonelada|toneladas", "%": "por cento", "°C": "grau Celsius|graus Celsius",
				"°": "grau|graus", "km/h": "quilómetro por hora|quilómetros por hora",
			},
		},
		"ru": {
			forms: slavic, point: ",",
			rules: append([]earRule{
				pattern(`((?:^|[^\p{L}])[ВвКк] \d{3,4}) гг?\.( \p{Lu}|$)`, "$1 году.$2"), pattern(`((?:^|[^\p{L}])[ВвКк] \d{3,4}) г\.`, "$1 году"),
				pattern(`((?:^|[^\p{L}])[Вв] \d{3,4} ?[–—-] ?\d{2,4}) гг\.`, "$1 годах"), pattern(`(\d{3,4}) гг\.`, "$1 годов"),
				pattern(`(\d{3,4}) г\.( \p{Lu}|$)`, "$1 года.$2"), pattern(`(\d{3,4}) г\.`, "$1 года"),
				pattern(`((?:^|[^\p{L}])[Вв]о? [IVX]+) в\.( \p{Lu}|$)`, "$1 веке.$2"), pattern(`((?:^|[^\p{L}])[Вв]о? [IVX]+) в\.`, "$1 веке"),
				pattern(`((?:^|[^\p{L}])[Вв] [IVX]+ ?[–—-] ?[IVX]+) вв\.`, "$1 веках"), pattern(`([IVX]+) вв\.`, "$1 веков"),
				pattern(`([IVX]+) в\.( \p{Lu}|$)`, "$1 века.$2"), pattern(`([IVX]+) в\.`, "$1 века"),
			}, rules("до~н.~э.", "до нашей эры", "н.~э.", "нашей эры", "т.~е.", "то есть", "и~т.~д.", "и так далее", "и~т.~п.", "и тому подобное",
				"и~др.", "и другие", "напр.", "например", "ок.~#", "около", "тыс.", "тысяч", "млн", "миллионов", "млрд", "миллиардов", "руб.", "рублей",
				"г.~^", "город", "ул.~^", "улица", "пл.~^", "площадь", "пер.~^", "переулок", "им.~^", "имени", "св.~^", "святого", "д.~#", "дом", "№~#", "номер",
				"проф.", "профессор", "акад.", "академик", "архит.", "архитектор", "арх.", "архитектор", "&", "и")...),
			units: map[string]string{
				"мм": "миллиметр|миллиметра|миллиметров|миллиметра", "см": "сантиметр|сантиметра|сантиметров|сантиметра", "м": "метр|метра|метров|метра",
				"км": "километр|километра|километров|километра", "м²": "квадратный метр|квадратных метра|квадратных метров|квадратного метра",
				"км²": "квадратный километр|квадратных километра|квадратных километров|квадратного километра",
				"м³":  "кубический метр|кубических метра|кубических метров|кубического метра", "га": "гектар|гектара|гектаров|гектара",
				"кг": "килограмм|килограмма|килограммов|килограмма", "т": "тонна|тонны|тонн|тонны", "%": "процент|процента|процентов|процента",
				"°C": "градус Цельсия|градуса Цельсия|градусов Цельсия|градуса Цельсия", "°": "градус|градуса|градусов|градуса",
				"км/ч": "километр в час|километра в час|километров в час|километра в час",
			},
			century: regexp.MustCompile(`(^|[^\p{L}])(?:([IVX]+)( ?[–—-] ?| и | или | по | до ))?([IVX]+) (век|века|веке|веку|веком|веков|веках|столетие|столетия|столетии)([^\p{L}]|$)`),
			ordinal: russianCentury,
		},
		"uk": {
			forms: slavic, point: ",",
			rules: append([]earRule{
				pattern(`((?:^|[^\p{L}])[УуВв] \d{3,4}) р\.( \p{Lu}|$)`, "$1 році.$2"), pattern(`((?:^|[^\p{L}])[УуВв] \d{3,4}) р\.`, "$1 році"),
				pattern(`((?:^|[^\p{L}])[УуВв] \d{3,4} ?[–—-] ?\d{2,4}) рр\.`, "$1 роках"), pattern(`(\d{3,4}) рр\.`, "$1 років"),
				pattern(`(\d{3,4}) р\.( \p{Lu}|$)`, "$1 року.$2"), pattern(`(\d{3,4}) р\.`, "$1 року"),
				pattern(`((?:^|[^\p{L}])[УуВв] [IVX]+) ст\.( \p{Lu}|$)`, "$1 столітті.$2"), pattern(`((?:^|[^\p{L}])[УуВв] [IVX]+) ст\.`, "$1 столітті"),
				pattern(`([IVX]+) ст\.( \p{Lu}|$)`, "$1 століття.$2"), pattern(`([IVX]+) ст\.`, "$1 століття"),
			}, rules("до~н.~е.", "до нашої ери", "н.~е.", "нашої ери", "тобто", "тобто", "і~т.~д.", "і так далі", "та~ін.", "та інші", "і~т.~п.", "і тому подібне",
				"напр.", "наприклад", "бл.~#", "близько", "тис.", "тисяч", "млн", "мільйонів", "млрд", "мільярдів", "грн", "гривень", "м.~^", "місто",
				"вул.~^", "вулиця", "пл.~^", "площа", "ім.~^", "імені", "св.~^", "святого", "буд.~#", "будинок", "№~#", "номер", "проф.", "професор",
				"акад.", "академік", "арх.", "архітектор", "&", "і")...),
			units: map[string]string{
				"мм": "міліметр|міліметри|міліметрів|міліметра", "см": "сантиметр|сантиметри|сантиметрів|сантиметра", "м": "метр|метри|метрів|метра",
				"км": "кілометр|кілометри|кілометрів|кілометра", "м²": "квадратний метр|квадратні метри|квадратних метрів|квадратного метра",
				"км²": "квадратний кілометр|квадратні кілометри|квадратних кілометрів|квадратного кілометра",
				"м³":  "кубічний метр|кубічні метри|кубічних метрів|кубічного метра", "га": "гектар|гектари|гектарів|гектара",
				"кг": "кілограм|кілограми|кілограмів|кілограма", "т": "тонна|тонни|тонн|тонни", "%": "відсоток|відсотки|відсотків|відсотка",
				"°C": "градус Цельсія|градуси Цельсія|градусів Цельсія|градуса Цельсія", "°": "градус|градуси|градусів|градуса",
				"км/год": "кілометр на годину|кілометри на годину|кілометрів на годину|кілометра на годину",
			},
			century: regexp.MustCompile(`(^|[^\p{L}])(?:([IVX]+)( ?[–—-] ?| і | й | та | або | по | до ))?([IVX]+) (століття|столітті|століттю|століттям|століть|століттях)([^\p{L}]|$)`),
			ordinal: ukrainianCentury,
		},
		"de": {
			to: "bis", forms: oneOrMany, point: ",",
			rules: rules("z.~B.", "zum Beispiel", "u.~a.", "unter anderem", "d.~h.", "das heißt", "ca.", "circa", "usw.", "und so weiter", "bzw.", "beziehungsweise",
				"St.~^", "Sankt", "Dr.~^", "Doktor", "v.~Chr.", "vor Christus", "n.~Chr.", "nach Christus", "Nr.~#", "Nummer", "Jh.", "Jahrhundert", "&", "und"),
			units: map[string]string{
				"mm": "Millimeter", "cm": "Zentimeter", "m": "Meter", "km": "Kilometer", "m²": "Quadratmeter", "km²": "Quadratkilometer", "m³": "Kubikmeter",
				"ha": "Hektar", "kg": "Kilogramm", "t": "Tonne|Tonnen", "%": "Prozent", "°C": "Grad Celsius", "°": "Grad", "km/h": "Kilometer pro Stunde",
			},
		},
		"es": {
			to: "a", forms: oneOrMany, point: ",",
			rules: rules("Sr.~^", "Señor", "Sra.~^", "Señora", "Dr.~^", "Doctor", "Dra.~^", "Doctora", "a.~C.", "antes de Cristo", "d.~C.", "después de Cristo",
				"p.~ej.", "por ejemplo", "etc.", "etcétera", "n.º~#", "número", "nº~#", "número", "s.~^", "siglo", "&", "y"),
			units: map[string]string{
				"mm": "milímetro|milímetros", "cm": "centímetro|centímetros", "m": "metro|metros", "km": "kilómetro|kilómetros",
				"m²": "metro cuadrado|metros cuadrados", "km²": "kilómetro cuadrado|kilómetros cuadrados", "m³": "metro cúbico|metros cúbicos",
				"ha": "hectárea|hectáreas", "kg": "kilogramo|kilogramos", "t": "tonelada|toneladas", "%": "por ciento", "°C": "grado Celsius|grados Celsius",
				"°": "grado|grados", "km/h": "kilómetro por hora|kilómetros por hora",
			},
		},
		"it": {
			forms: oneOrMany, point: ",",
			rules: rules("a.~C.", "avanti Cristo", "d.~C.", "dopo Cristo", "ca.~#", "circa", "sec.", "secolo", "S.~^", "San", "ecc.", "eccetera",
				"n.~#", "numero", "&", "e"),
			units: map[string]string{
				"mm": "millimetro|millimetri", "cm": "centimetro|centimetri", "m": "metro|metri", "km": "chilometro|chilometri",
				"m²": "metro quadrato|metri quadrati", "km²": "chilometro quadrato|chilometri quadrati", "m³": "metro cubo|metri cubi", "ha": "ettaro|ettari",
				"kg": "chilogrammo|chilogrammi", "t": "tonnellata|tonnellate", "%": "per cento", "°C": "grado Celsius|gradi Celsius", "°": "grado|gradi",
				"km/h": "chilometro orario|chilometri orari",
			},
		},
		"pl": {
			forms: slavic, point: ",",
			rules: append([]earRule{
				pattern(`(\d{3,4}) r\.( \p{Lu}|$)`, "$1 roku.$2"), pattern(`(\d{3,4}) r\.`, "$1 roku"),
				pattern(`([IVX]+) w\.( \p{Lu}|$)`, "$1 wieku.$2"), pattern(`([IVX]+) w\.`, "$1 wieku"),
			}, rules("m.in.", "między innymi", "np.", "na przykład", "itd.", "i tak dalej", "tzn.", "to znaczy", "ok.~#", "około", "ul.~^", "ulica",
				"pl.~^", "plac", "św.~^", "świętego", "im.~^", "imienia", "p.n.e.", "przed naszą erą", "n.e.", "naszej ery", "tys.", "tysięcy", "mln", "milionów", "&", "i")...),
			units: map[string]string{
				"mm": "milimetr|milimetry|milimetrów|milimetra", "cm": "centymetr|centymetry|centymetrów|centymetra", "m": "metr|metry|metrów|metra",
				"km": "kilometr|kilometry|kilometrów|kilometra", "m²": "metr kwadratowy|metry kwadratowe|metrów kwadratowych|metra kwadratowego",
				"km²": "kilometr kwadratowy|kilometry kwadratowe|kilometrów kwadratowych|kilometra kwadratowego", "ha": "hektar|hektary|hektarów|hektara",
				"kg": "kilogram|kilogramy|kilogramów|kilograma", "t": "tona|tony|ton|tony", "%": "procent", "°C": "stopień Celsjusza|stopnie Celsjusza|stopni Celsjusza|stopnia Celsjusza",
			},
		},
	}
	for language, t := range table {
		symbols := slices.SortedFunc(maps.Keys(t.units), func(a, b string) int { return len(b) - len(a) }) // the longest first
		for i := range symbols {
			symbols[i] = regexp.QuoteMeta(symbols[i])
		}
		t.unit = regexp.MustCompile(`(\d[\d.,]*) ?(` + strings.Join(symbols, "|") + `)([^\p{L}\p{N}²³/]|$)`)
		table[language] = t
	}
	return table
})

func oneOrMany(n int) int {
	if n == 1 {
		return 0
	}
	return 1
}

// french has one word for 0 and 1.
func french(n int) int { return oneOrMany(max(n, 1)) }

// slavic is the rule of Russian, Ukrainian and, nearly, Polish.
func slavic(n int) int {
	switch ten, hundred := n%10, n%100; {
	case ten == 1 && hundred != 11:
		return 0
	case ten >= 2 && ten <= 4 && (hundred < 12 || hundred > 14):
		return 1
	}
	return 2
}

func frenchCentury(n int, _ string) string {
	stems := []string{"", "premier", "deuxième", "troisième", "quatrième", "cinquième", "sixième", "septième", "huitième", "neuvième", "dixième", "onzième",
		"douzième", "treizième", "quatorzième", "quinzième", "seizième", "dix-septième", "dix-huitième", "dix-neuvième", "vingtième", "vingt et unième"}
	if n < 1 || n >= len(stems) {
		return ""
	}
	return stems[n]
}

func russianCentury(n int, century string) string {
	stems := []string{"", "перв", "втор", "треть", "четвёрт", "пят", "шест", "седьм", "восьм", "девят", "десят", "одиннадцат", "двенадцат", "тринадцат",
		"четырнадцат", "пятнадцат", "шестнадцат", "семнадцат", "восемнадцат", "девятнадцат", "двадцат", "двадцать перв"}
	if n < 1 || n >= len(stems) {
		return ""
	}
	hard := map[string]string{
		"век": "ый", "веке": "ом", "веках": "ом", "веку": "ому", "веком": "ым", "века": "ого", "веков": "ого",
		"столетие": "ое", "столетии": "ом", "столетия": "ого",
	}[century]
	soft := map[string]string{"ый": "ий", "ом": "ем", "ому": "ему", "ым": "им", "ого": "его", "ое": "е"}
	switch {
	case n == 3 && hard == "ый":
		return "третий"
	case n == 3:
		return stems[n] + soft[hard]
	case hard == "ый" && (n == 2 || n >= 6 && n <= 8):
		hard = "ой"
	}
	return stems[n] + hard
}

func ukrainianCentury(n int, century string) string {
	stems := []string{"", "перш", "друг", "трет", "четверт", "п'ят", "шост", "сьом", "восьм", "дев'ят", "десят", "одинадцят", "дванадцят", "тринадцят",
		"чотирнадцят", "п'ятнадцят", "шістнадцят", "сімнадцят", "вісімнадцят", "дев'ятнадцят", "двадцят", "двадцять перш"}
	if n < 1 || n >= len(stems) {
		return ""
	}
	ending := map[string]string{"столітті": "ому", "століттях": "ому", "століттю": "ому", "століттям": "им", "століття": "ого", "століть": "ого"}[century]
	if n == 3 && ending != "им" {
		ending = "ь" + ending
	}
	return stems[n] + ending
}
