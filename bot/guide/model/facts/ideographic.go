package facts

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

var hanDigits = map[rune]float64{'〇': 0, '零': 0, '一': 1, '二': 2, '两': 2, '兩': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9, '元': 1}

var hanScales = map[rune]float64{'十': 10, '百': 100, '千': 1000, '万': 1e4, '萬': 1e4, '亿': 1e8, '億': 1e8}

var hangulDigits = map[rune]float64{'영': 0, '일': 1, '이': 2, '삼': 3, '사': 4, '오': 5, '육': 6, '칠': 7, '팔': 8, '구': 9}

var hangulScales = map[rune]float64{'십': 10, '백': 100, '천': 1000, '만': 1e4, '억': 1e8}

// counters are the signs behind a number that say what is counted, in Chinese, Japanese and Korean.
var counters = []string{"级", "級", "卷", "年", "月", "日", "世", "代", "人", "名", "座", "层", "層", "階", "间", "間", "件", "次", "位", "个", "個", "米", "公", "千米", "メ", "キ", "セ", "ト", "吨", "噸", "本", "枚",
	"つ", "台", "歳", "岁", "歲", "回", "棟", "尺", "里", "丈", "根", "尊", "口", "幅", "块", "塊", "条", "條", "段", "处", "處", "所", "円", "元", "％", "%", "度", "時", "小时", "分", "号", "號", "番", "倍", "部", "斤", "首", "步", "歩", "只", "隻", "头", "頭", "匹", "句", "篇", "套", "户", "戶", "院", "挺", "門", "门",
	"년", "월", "일", "명", "개", "층", "미터", "킬로", "세기", "점", "권", "톤", "마리", "살", "세", "회", "칸", "대", "장", "채", "기", "곳", "번", "시간", "달", "해", "그루", "척"}

// ideographic returns the numbers of a Chinese, Japanese or Korean text: digits of any kind and numerals of the language, with what follows.
func ideographic(l *lexicon, text string, tokens []token) []quantity {
	var out []quantity
	sentence := func(at int) int {
		low, high := 0, len(tokens)
		for low < high {
			mid := (low + high) / 2
			if tokens[mid].start <= at {
				low = mid + 1
			} else {
				high = mid
			}
		}
		if low == 0 {
			return 0
		}
		return tokens[low-1].sentence
	}
	hangul := l.code == "ko"
	for i := 0; i < len(text); {
		value, end, numerals, ok := 0.0, i, false, false
		if hangul {
			value, end, ok = nativeNumber(l, text, i)
			numerals = ok
		}
		if !ok {
			value, end, numerals, ok = eastNumber(text, i, hangul)
		}
		if ok && numerals && hangul && i > 0 { // an ending such as 이 is not a numeral
			if before, _ := utf8.DecodeLastRuneInString(text[:i]); unicode.IsLetter(before) {
				ok = false
			}
		}
		if !ok {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		q := quantity{values: []float64{value}, start: i, end: end, sentence: sentence(i)}
		q.approx = nearApprox(l, text, i, end)
		if day, month, rest, isDate := eastDate(text, value, end, hangul); isDate {
			q.kind, q.day, q.month, q.end = date, day, month, rest
			out, i = append(out, q), rest
			continue
		}
		if value == 1 {
			i = end
			continue
		}
		rest := text[end:]
		after := strings.TrimLeft(rest, " 多余餘りあま여")
		era, isEra := eraBefore(l, text, i)
		n := int(value)
		switch {
		case isEra && hasAny(rest, "年", "년"):
			q.kind, q.from, q.to = year, int(era)+n, int(era)+n
		case hasAny(after, "世纪", "世紀", "세기") && n >= 1 && n <= 21:
			q.kind, q.from, q.to = span, (n-1)*100, n*100
		case hasAny(after, "年代", "년대") && n%10 == 0:
			if n < 100 {
				q.kind = decadeOf
			} else {
				q.kind, q.from, q.to = span, n, decadeEnd(n)
			}
		case hasAny(after, "年间", "年間", "年前", "年后", "年後", "年来", "年以", "年の", "년 전", "년간", "년 동안", "년 뒤", "년 후") && n < 1000,
			hasAny(after, "年", "년") && n < 100 && !numerals, hasAny(after, "年", "년") && n <= 100:
			q.kind, q.years = cardinal, true
		case hasAny(after, "年", "년") && n <= 2100:
			q.kind, q.from, q.to = year, n, n
			q.values = nil
		case hasAny(after, "月") && n <= 12, hasAny(after, "월") && n <= 12:
			i = end
			continue
		case hasAny(after, "%", "％", "퍼센트", "パーセント"):
			q.kind = percent
		default:
			unit, longest := "", 0
			for word, u := range l.unit.whole {
				if strings.HasPrefix(after, word) && len(word) > 0 {
					if u != "" && len(word) > longest {
						unit, longest = u, len(word)
					}
				}
			}
			q.kind, q.unit = cardinal, unit
			if unit != "" {
				q.kind = measure
			}
			if numerals && unit == "" {
				counted := hasAny(after, counters...)
				single := utf8.RuneCountInString(text[i:end]) == 1
				switch {
				case !counted && (single || hangul):
					i = end
					continue // part of a word or a name
				case !counted || value <= 4:
					q.mild = true
				}
			}
		}
		out = append(out, q)
		i = end
	}
	return out
}

func hasAny(text string, beginnings ...string) bool {
	for _, b := range beginnings {
		if strings.HasPrefix(text, b) {
			return true
		}
	}
	return false
}

// eastNumber reads a number at byte i. Numerals tells that it is written in words.
func eastNumber(text string, i int, hangul bool) (value float64, end int, numerals, ok bool) {
	r, _ := utf8.DecodeRuneInString(text[i:])
	if r >= '0' && r <= '9' {
		end = numberEnd(text, i)
		list := readings(text[i:end])
		if len(list) == 0 {
			return 0, i, false, false
		}
		value = list[0]
		for { // "5万", "1億2千万" is rare
			r, size := utf8.DecodeRuneInString(text[end:])
			factor, isScale := hanScales[r]
			if hangul {
				factor, isScale = hangulScales[r]
			}
			if !isScale {
				break
			}
			value, end = value*factor, end+size
			// "2만 2천", "1億2千": the next part has a smaller scale
			next := end
			if hangul && strings.HasPrefix(text[next:], " ") {
				next++
			}
			if r, _ := utf8.DecodeRuneInString(text[next:]); r >= '0' && r <= '9' && factor >= 1e4 {
				if more, moreEnd, _, ok := eastNumber(text, next, hangul); ok && more < factor && moreEnd > next+1 {
					return value + more, moreEnd, false, true
				}
			}
		}
		return value, end, false, true
	}
	digits, scales := hanDigits, hanScales
	if hangul {
		digits, scales = hangulDigits, hangulScales
	}
	total, section, current := 0.0, 0.0, 0.0
	positional := strings.Builder{}
	hasScale, any := false, false
	end = i
	for end < len(text) {
		r, size := utf8.DecodeRuneInString(text[end:])
		if v, isDigit := digits[r]; isDigit && (r != '元' || end == i && strings.HasPrefix(text[end+size:], "年")) {
			positional.WriteString(strconv.Itoa(int(v)))
			current, any = v, true
		} else if factor, isScale := scales[r]; isScale {
			hasScale, any = true, true
			if factor >= 1e4 {
				total += max(1, section+current) * factor
				section = 0
			} else {
				section += max(1, current) * factor
			}
			current = 0
		} else {
			break
		}
		end += size
	}
	if !any {
		return 0, i, false, false
	}
	if !hasScale {
		v, err := strconv.ParseFloat(positional.String(), 64)
		return v, end, true, err == nil
	}
	return total + section + current, end, true, true
}

// nativeNumber reads a Korean numeral of the older series with its counter: "아홉 개", "열두 명", "스물다섯 살".
func nativeNumber(l *lexicon, text string, i int) (value float64, end int, ok bool) {
	if before, _ := utf8.DecodeLastRuneInString(text[:i]); unicode.IsLetter(before) || unicode.IsDigit(before) {
		return 0, i, false
	}
	end = i
	for range 2 { // tens and ones
		longest := ""
		for word, v := range l.card.whole {
			if len(word) > len(longest) && strings.HasPrefix(text[end:], word) && (value == 0 || value >= 10 && v < 10) {
				longest = word
			}
		}
		if longest == "" {
			break
		}
		value += l.card.whole[longest]
		end += len(longest)
	}
	if value == 0 || !hasAny(strings.TrimPrefix(text[end:], " "), counters...) {
		return 0, i, false
	}
	return value, end, true
}

// eastDate reads "5月3日" with the month's number just read.
func eastDate(text string, value float64, end int, hangul bool) (day, month, to int, ok bool) {
	rest, found := strings.CutPrefix(text[end:], "月")
	if hangul {
		rest, found = strings.CutPrefix(text[end:], "월")
	}
	if !found || value < 1 || value > 12 {
		return 0, 0, 0, false
	}
	at := len(text) - len(strings.TrimLeft(rest, " "))
	d, dayEnd, _, isNumber := eastNumber(text, at, hangul)
	if !isNumber || d < 1 || d > 31 || !hasAny(text[dayEnd:], "日", "일", "号") {
		return 0, 0, 0, false
	}
	_, size := utf8.DecodeRuneInString(text[dayEnd:])
	return int(d), int(value), dayEnd + size, true
}

// eraBefore returns the year before the first one of the era whose name ends at byte i.
func eraBefore(l *lexicon, text string, i int) (float64, bool) {
	for name, start := range l.eras.whole {
		if strings.HasSuffix(text[:i], name) {
			return start, true
		}
	}
	return 0, false
}

func nearApprox(l *lexicon, text string, start, end int) bool {
	before := text[max(0, start-12):start]
	after := text[end:min(len(text), end+12)]
	for word := range l.approx.whole {
		if strings.HasSuffix(strings.TrimRight(before, " "), word) || strings.HasPrefix(after, word) {
			return true
		}
	}
	return false
}
