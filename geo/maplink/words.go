package maplink

import "strings"

// side is where a coordinate lies: a part of the globe, and so an axis and a sign.
type side uint8

const (
	north side = iota
	south
	east
	west
)

// axis of a coordinate.
type axis uint8

const (
	anyAxis axis = iota
	latitude
	longitude
)

func (s side) axis() axis {
	if s <= south {
		return latitude
	}
	return longitude
}

// sideWords are the words for north, south, east and west by language, in lower case and without dots. N, S, E and W are read in every language.
var sideWords = map[languageSet][4]string{
	english: {"north northern", "south southern", "east eastern", "west western"},
	russian: {
		"с c сев север северная северной северный", "ю юж юг южная южной южный",
		"в b вост восток восточная восточной восточный", "з зап запад западная западной западный",
	},
	ukrainian: {
		"пн півн північ північна північної північний", "пд півд південь південна південної південний",
		"сх східна східної схід східний", "з зх зах захід західна західної західний",
	},
	french:     {"nord", "sud", "est", "o ouest"},
	portuguese: {"norte", "sul", "l leste este", "o oeste"},
	spanish:    {"norte", "sur", "este", "o oeste"},
	italian:    {"nord", "sud", "est", "o ovest"},
	german: {
		"nord norden nördl nördlich nördliche nördlicher", "süd süden südl südlich südliche südlicher",
		"o ö ost osten östl östlich östliche östlicher", "west westen westl westlich westliche westlicher",
	},
	polish: {
		"pn płn północ północna północnej", "pd płd południe południowa południowej",
		"wsch wschód wschodnia wschodniej", "zach zachód zachodnia zachodniej",
	},
	turkish: {"k kuzey", "g güney", "d doğu", "b batı"},
	arabic: {
		"شمال شمالا شمالاً الشمال شمالي شمالية", "جنوب جنوبا جنوباً الجنوب جنوبي جنوبية",
		"شرق شرقا شرقاً الشرق شرقي شرقية", "غرب غربا غرباً الغرب غربي غربية",
	},
	hindi:    {"उत्तर उ उत्तरी", "दक्षिण द दक्षिणी", "पूर्व पू पूर्वी", "पश्चिम प पश्चिमी"},
	chinese:  {"北 北纬 北緯", "南 南纬 南緯", "东 東 东经 東經", "西 西经 西經"},
	japanese: {"北 北緯", "南 南緯", "東 東経", "西 西経"},
	korean:   {"북 북위", "남 남위", "동 동경", "서 서경"},
	dutch:    {"noord noorderbreedte", "zuid zuiderbreedte", "o oost oosterlengte", "west westerlengte"},
	catalan:  {"nord", "sud", "est", "o oest"},
	galician: {"norte", "sur", "leste este", "o oeste"},
}

// lookalikes are letters of other alphabets that keyboards put in place of Latin ones.
var lookalikes = map[string]string{"е": "e", "о": "o", "ε": "e", "ο": "o", "ν": "n"}

// axisWords are labels. A label needs no language, because no two languages disagree.
//
//nolint:misspell // words of other languages
var axisWords = map[axis]string{
	latitude: `lat lati latitude latitud latitudine latitudes широта широты широти ш breite breitengrad br szerokość szerokości enlem
		العرض अक्षांश 纬度 緯度 위도`,
	longitude: `lon lng long longi longitude longitud longitudine longitudes долгота долготы довгота довготи длг д länge längengrad lg długość długości boylam
		الطول देशांतर देशान्तर 经度 經度 経度 경도`,
}

// sideAndAxisWords are written together: СШ, ВД.
var sideAndAxisWords = map[string]side{
	"сш": north, "юш": south, "вд": east, "зд": west, "пнш": north, "пдш": south, "схд": east, "зхд": west,
}

// unitWords stand for the signs °, ' and ". Fillers mean nothing here. Conjunctions are only read between coordinates with sides or labels.
var (
	unitWords = map[kind]string{
		degreeMark: "deg degs degree degrees dgr град градус градуса градусов градуси градусів degré degrés grau graus grado grados gradi grad stopień stopnie stopni derece درجة डिग्री अंश 度 도",
		minuteMark: "min mins minute minutes мин минута минуты минут хв хвилина хвилини хвилин minuto minutos minuti minuten minuta minuty minut dakika دقيقة मिनट 分 분",
		secondMark: "sec secs second seconds сек секунда секунды секунд секунди seconde secondes segundo segundos secondo secondi sekunde sekunden sekunda sekundy sekund saniye ثانية सेकंड 秒 초",
	}
	fillers = `coord coords coordinate coordinates gps position location loc pos pin point place address map dropped my координаты координата координати
		точка место местоположение геопозиция геолокация місце розташування карта coordonnées coordonnée lieu coordenadas coordenada posição localização local ubicación posición
		coordinata posizione koordinaten koordinate standort współrzędne lokalizacja koordinatlar konum إحداثيات الإحداثيات खط خط निर्देशांक
		坐标 座標 坐標 位置 좌표 위치 geographische geografische geographic geogr dd dms ddm`
	conjunctions = "and und et и і та y i de"
)

// meaning is what a word says in a line of coordinates.
type meaning struct {
	kind  kind // sideWord, axisWord, a mark, filler or conjunction
	sides []sideOf
	axis  axis // of an axisWord
}

// sideOf is a side and the languages in which the word means it.
type sideOf struct {
	side      side
	languages languageSet
}

// meanings holds every known word in lower case.
var meanings = buildMeanings()

func buildMeanings() map[string]meaning {
	m := map[string]meaning{}
	addSide := func(word string, s side, languages languageSet) {
		known := m[word]
		known.kind = sideWord
		for i := range known.sides {
			if known.sides[i].side == s {
				known.sides[i].languages |= languages
				m[word] = known
				return
			}
		}
		known.sides = append(known.sides, sideOf{s, languages})
		m[word] = known
	}
	for language := english; language < allLanguages; language <<= 1 {
		for s, words := range sideWords[language] {
			for word := range strings.FieldsSeq(words) {
				addSide(word, side(s), language)
			}
		}
	}
	for s, letter := range []string{"n", "s", "e", "w"} {
		addSide(letter, side(s), allLanguages)
	}
	for word, s := range sideAndAxisWords {
		addSide(word, s, russian|ukrainian)
	}
	for a, words := range axisWords {
		for word := range strings.FieldsSeq(words) {
			m[word] = meaning{kind: axisWord, axis: a}
		}
	}
	for mark, words := range unitWords {
		for word := range strings.FieldsSeq(words) {
			m[word] = meaning{kind: mark}
		}
	}
	for word := range strings.FieldsSeq(fillers) {
		m[word] = meaning{kind: filler}
	}
	for word := range strings.FieldsSeq(conjunctions) {
		m[word] = meaning{kind: conjunction}
	}
	return m
}
