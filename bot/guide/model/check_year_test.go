package model

import (
	"testing"

	"excursobot/geo/places"
)

func TestYears(t *testing.T) {
	tests := []struct {
		text, source string
		want         int
	}{
		{"built in 1894", "built 1894", 0},
		{"built in 1894", "built 1895", 1894},
		{"built in the 19th century", "", 0},
		{"in 988 and 3000 and 18940 and 0.1894567", "", 0},
		{"in the 1890s", "in 1894", 0},
		{"in the 1890s", "in 1904", 1890},
		{"in 1890", "in 1894", 1890},
		{"в 1890-х годах", "в 1894 году", 0},
		{"у 1890-ті роки", "у 1894 році", 0},
		{"dans les années 1890", "en 1894", 0},
		{"1890年代に", "1894年", 0},
		{"1890년대에", "1894년", 0},
		{"in den 1890er Jahren", "1894", 0},
		{"1890'larda", "1894", 0},
		{"1890'da", "1894", 1890},
		{"في عام ١٨٩٤", "in 1894", 0},
		{"في عام ١٨٩٤", "in 1895", 1894},
		{"१७९९ में", "1799 में", 0},
		{"१७९९ में", "1798 में", 1799},
		{"１９１４年", "1914年", 0},
		{"一九一四年", "1914年", 0},
		{"一九一四年", "1915年", 1914},
		{"二〇〇八年", "2008年", 0},
		{"三四五六", "", 0},
		{"a hall for 1500 people", "a hall for 1,500 people", 0},
		{"зал на 1500 мест", "зал на 1 500 мест", 0},
		{"finished in 1999", "built 1998–99", 0},
		{"the M1917 and №1917", "", 1917},
		{"the M1917", "", 0},
		{"1894-1899", "1894", 1899},
		{"1894 metres", "1894", 0},
		{"year 2099 and 2100", "2099", 0},
	}
	for _, tt := range tests {
		if got := inventedYear(places.Place{Extract: tt.source}, tt.text); got != tt.want {
			t.Errorf("%q of %q: got %d, want %d", tt.text, tt.source, got, tt.want)
		}
	}
	if got := inventedYear(places.Place{Title: "Expo 1889", Description: "fair of 1900", Year: 1937}, "1889, 1900, 1937, 1938"); got != 1938 {
		t.Errorf("title, description and year: got %d, want 1938", got)
	}
}
