package speech

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestForEar(t *testing.T) {
	for _, tt := range []struct{ language, title, text, want string }{
		{"en", "St. Patrick's Cathedral (New York City)", "It seats 2,400 people.", "Saint Patrick's Cathedral.\nIt seats 2,400 people."},
		{"en", "Old Mill", "Built 1790–1795 (rebuilt [twice]) by Dr. Hale & Mr. Finch, it is 21 m high and 1 km from Mt. Holly.",
			"Old Mill.\nBuilt 1790 to 1795 by Doctor Hale and Mister Finch, it is 21 metres high and 1 kilometre from Mount Holly."},
		{"en", "Why?", "c. 1640, e.g. 5 ft or 12 km².", "Why?\nabout 1640, for example 5 feet or 12 square kilometres."},
		{"en", "Lane", "It stands in St. Giles, 30 % of it at 40 mph.", "Lane.\nIt stands in Saint Giles, 30 percent of it at 40 miles per hour."},
		{"en", "A", "Prices rose by 1.5 m in 10 min.", "A.\nPrices rose by 1.5 metres in 10 min."},
		{"fr", "Église St-Roch", "Bâtie au XVIIe siècle sous Louis Ier, env. 21 m, soit 1,5 km de l'av. ; 3 000 places.",
			"Église Saint-Roch.\nBâtie au dix-septième siècle sous Louis premier, environ 21 mètres, soit 1,5 kilomètres de l'av.; 3000 places."},
		{"pt", "Igreja de S. Roque", "Do séc. XVI, n.º 12, a 250 m e 1 km da praça; 300 a. C.",
			"Igreja de São Roque.\nDo século XVI, número 12, a 250 metros e 1 quilómetro da praça; 300 antes de Cristo"},
		{"ru", "Дом Ивлева", "Построен в 1875 г. архитектором. В XIX в. здесь, на ул. Мира, д. 5, был театр высотой 21 м и площадью 1,5 км² (по плану).",
			"Дом Ивлева.\nПостроен в 1875 году архитектором. В девятнадцатом веке здесь, на улица Мира, дом 5, был театр высотой 21 метр и площадью 1,5 квадратного километра."},
		{"ru", "Мост", "Мост 12 мая 1901 г. Его длина 142 м, 5 т и 11 %. Памятник XVIII—XIX вв., III века до н. э. и т. д.",
			"Мост.\nМост 12 мая 1901 года. Его длина 142 метра, 5 тонн и 11 процентов. Памятник восемнадцатого—девятнадцатого веков, третьего века до нашей эры и так далее"},
		{"ru", "Башня", "Ок. 1 200 человек в 1941–1945 гг., VI век и XXI век.", "Башня.\nОк. 1200 человек в 1941–1945 годах, шестой век и двадцать первый век."},
		{"uk", "Ратуша", "Зведена у 1782 р. у м. Броди, 3 м. У XIX ст. тут жили бл. 300 осіб, 2,5 км та ін.",
			"Ратуша.\nЗведена у 1782 році у місто Броди, 3 метри. У дев'ятнадцятому столітті тут жили близько 300 осіб, 2,5 кілометра та інші"},
		{"de", "Dom", "Z. B. ca. 1 t im 19. Jh., 4 km bis St. Georg, 1901–1905.", "Dom.\nZ. B. circa 1 Tonne im 19. Jahrhundert, 4 Kilometer bis Sankt Georg, 1901 bis 1905."},
		{"ja", "東京駅（とうきょうえき）", "1914年に開業（辰野金吾設計）。", "東京駅.\n1914年に開業。"},
		{"xx", "Title", "Text (not closed and on. 5 m", "Title.\nText not closed and on. 5 m"},
		{"en", "", "Only text.", "Only text."},
		{"en-GB", "Tower", "5 m ) high", "Tower.\n5 metres high"},
	} {
		if got := ForEar(tt.language, tt.title, tt.text); got != tt.want {
			t.Errorf("ForEar(%s, %q)\n got %q\nwant %q", tt.language, tt.title, got, tt.want)
		}
	}
}

func TestForEarShortensAtASentence(t *testing.T) {
	got := ForEar("en", "Long", strings.Repeat("A sentence of thirty letters. ", 400))
	if n := utf8.RuneCountInString(got); n > maxText || n < maxText/2 || !strings.HasSuffix(got, "letters.") {
		t.Errorf("got %d characters that end with %q", n, got[len(got)-20:])
	}
}

func FuzzForEar(f *testing.F) {
	f.Add("ru", "Дом (1875 г.)", "В XIX в. 5 м (и)) ] [ 1 000 000 км²")
	f.Add("fr", "St-Roch", "XVIIe siècle, 3 m")
	f.Add("ja", "（", "）（）")
	f.Fuzz(func(t *testing.T, language, title, text string) {
		got := ForEar(language, title, text)
		if utf8.ValidString(title) && utf8.ValidString(text) && !utf8.ValidString(got) {
			t.Errorf("not UTF-8: %q", got)
		}
		if utf8.RuneCountInString(got) > maxText {
			t.Errorf("%d characters", utf8.RuneCountInString(got))
		}
	})
}
