package wikitext

import (
	"net/netip"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

var (
	scheme  = regexp.MustCompile(`(?i)\b(?:https?|ftps?|tg|ton|bitcoin|ethereum|mailto|tel|sms|javascript|data|magnet|intent|whatsapp|viber|skype):\s?/{0,2}[^\s]{2,}`)
	www     = regexp.MustCompile(`(?i)\bwww\s?\.\s?[\p{L}\p{N}-]+`)
	mail    = regexp.MustCompile(`[\p{L}\p{N}._%+-]{1,64}\s?(?:@|\(at\)|\[at\])\s?[\p{L}\p{N}-]{1,64}\s?(?:\.|\(dot\)|\[dot\])\s?\p{L}{2,}`)
	account = regexp.MustCompile(`(?:^|[^\p{L}\p{N}])@[A-Za-z][A-Za-z0-9_]{3,31}\b`)
	phone   = regexp.MustCompile(`(?:\+|\b00)\d[\d\s().–-]{6,18}\d\b|(?i:(?:^|[^\p{L}])(?:tel|phone|call|whatsapp|тел|телефон|позвон\p{L}*|звон\p{L}*)[\s.:]*)(?:\+?\d[\d\s().–-]{5,18}\d)\b`)
	local   = regexp.MustCompile(`(?:^|\s)(?:8|0\d{0,3})[\s-]?\(\d{2,5}\)[\s-]?\d[\d\s-]{4,10}\d\b|\b8[\s-]\d{3}[\s-]\d{3}[\s-]\d{2}[\s-]?\d{2}\b|\b\d{3}[-.]\d{3}[-.]\d{4}\b`)
	coin    = regexp.MustCompile(`\b(?:bc1[ac-hj-np-z02-9]{20,}|0x[0-9a-fA-F]{40}|T[1-9A-HJ-NP-Za-km-z]{33}|(?:EQ|UQ)[A-Za-z0-9_-]{46}|[13][1-9A-HJ-NP-Za-km-z]{25,34})\b`)
	host    = regexp.MustCompile(`[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*(?:\s?\.\s?[\p{L}\p{N}][\p{L}\p{N}\p{M}-]*)+(?:[/:?#][^\s]*)?`)
	ipv4    = regexp.MustCompile(`\b\d{1,3}(?:\.\d{1,3}){3}\b`)
	ipv6    = regexp.MustCompile(`(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{1,4}`)
	spoken  = regexp.MustCompile(`(?i)[\p{L}\p{N}-]{2,63}\s?(?:[\[({]\s?(?:\.|dot|точка|punkt|point|punto|ponto)\s?[\])}]\s?\p{L}{2,}|\s(?:dot|точка)\s(?:com|net|org|info|io|me|ru|рф|su|eu|uk|de|fr)(?:\P{L}|$))`)
	nick    = regexp.MustCompile(`^\s?@?[A-Za-z][A-Za-z0-9._]{3,}`)
	card    = regexp.MustCompile(`\b\d{4}(?:[ -]\d{4}){3}\b`)
	command = regexp.MustCompile(`(?:^|\s)/[a-z_]{2,32}(?:@\w+)?\b`)
)

// alike are characters that browsers and people read as signs of an address.
var alike = strings.NewReplacer("．", ".", "｡", ".", "․", ".", "·", ".", "‧", ".", "＠", "@", "：", ":", "／", "/", "⁄", "/", "∕", "/")

// plainSigns returns text with one form for each sign of an address and without invisible characters. The full stop of Chinese and
// Japanese text is read as a dot only between letters of other scripts.
func plainSigns(text string) string {
	if !strings.ContainsFunc(text, unusual) {
		return text
	}
	text = norm.NFKC.String(alike.Replace(strings.Map(dropInvisible, text)))
	if !strings.ContainsRune(text, '。') {
		return text
	}
	var out strings.Builder
	previous := ' '
	for i, r := range text {
		next, _ := utf8.DecodeRuneInString(text[i+utf8.RuneLen(r):])
		if r == '。' && isLatinDigit(previous) && isLatinDigit(next) {
			r = '.'
		}
		out.WriteRune(r)
		previous = r
	}
	return out.String()
}

// unusual reports whether plainSigns may change r: it is none of ASCII, the letters of Latin, Greek and Cyrillic text in composed form, and the usual
// quotation marks and dashes.
func unusual(r rune) bool {
	switch {
	case r < utf8.RuneSelf,
		r >= 'À' && r <= 'ÿ',
		r >= 'Ā' && r <= 'ſ' && r != 'Ĳ' && r != 'ĳ' && r != 'Ŀ' && r != 'ŀ' && r != 'ŉ' && r != 'ſ',
		r >= 'Έ' && r <= 'ώ' && r != '·',
		r >= 'Ѐ' && r <= 'ԯ' && (r < '\u0483' || r > '\u0489'),
		r >= '‐' && r <= '”' && r != '\u2011' && r != '‗',
		r == '«', r == '»', r == '„':
		return false
	}
	return true
}

func isLatinDigit(r rune) bool { return unicode.In(r, unicode.Latin, unicode.Cyrillic, unicode.Nd) }

// HasContact reports whether a sentence holds a way to reach somebody or something outside the text: an address of the network, with any
// top-level domain or none but a path, an e-mail address, a telephone number, an account, a payment address or a bot's command. Street
// addresses and names with a dot (Booking.com) are none.
func HasContact(sentence string) bool { return hasContact(plainSigns(sentence)) }

func hasContact(plain string) bool {
	// The patterns are slow; the signs without which they cannot match are counted first.
	s := count(plain)
	return s.colons > 0 && scheme.MatchString(plain) ||
		s.dots > 0 && s.w && www.MatchString(plain) ||
		(s.ats > 0 || s.bracketedAt) && (mail.MatchString(plain) || account.MatchString(plain)) ||
		s.digits >= 7 && s.span >= 5 && hasPhone(plain) ||
		s.longest >= 26 && coin.MatchString(plain) ||
		s.slashes > 0 && command.MatchString(plain) ||
		s.span >= 16 && card.MatchString(plain) ||
		s.colons > 0 && hasHandle(plain) ||
		speaksHost(plain) && spoken.MatchString(plain) ||
		(s.dots >= 3 && s.digits >= 4 || s.colons >= 2) && hasAddress(plain) ||
		s.inner > 0 && hasHost(plain)
}

// messengers are what people write before the name of an account.
var messengers = []string{"telegram", "телеграм", "whatsapp", "ватсап", "вотсап", "instagram", "инстаграм", "viber", "вайбер", "wechat", "微信", "discord"}

// hasHandle reports whether a text names an account behind a messenger's name and a colon.
func hasHandle(plain string) bool {
	for at := strings.IndexByte(plain, ':'); at >= 0; {
		before := strings.TrimRight(plain[:at], " ")
		before = strings.ToLower(before[strings.LastIndexByte(before, ' ')+1:])
		for _, m := range messengers {
			if rest, ok := strings.CutPrefix(before, m); ok && len(rest) <= 6 && nick.MatchString(plain[at+1:]) {
				return true
			}
		}
		next := strings.IndexByte(plain[at+1:], ':')
		if next < 0 {
			break
		}
		at += 1 + next
	}
	return false
}

// speaksHost reports whether a text may hold a host name whose dot is written in words or in brackets.
func speaksHost(plain string) bool {
	for _, sign := range [...]string{"[.", "(.", "{.", "[dot", "(dot", " dot ", "точка "} {
		if strings.Contains(plain, sign) {
			return true
		}
	}
	return false
}

// phoneSigns may stand between the digits of a telephone number.
const phoneSigns = " \t\n().-–"

// signs counts what the patterns need.
type signs struct {
	colons, ats, dots, digits, slashes int
	inner                              int // dots that a letter or digit follows at once, or that a space stands before
	longest                            int // of the runs of ASCII letters and digits
	span                               int // most digits among which stand only spaces and the signs of telephone numbers
	w, bracketedAt                     bool
}

func count(text string) signs {
	var s signs
	run, span := 0, 0
	for i := range len(text) {
		c := text[i]
		switch {
		case c >= '0' && c <= '9':
			span++
			s.span = max(s.span, span)
		case strings.IndexByte(phoneSigns, c) < 0: // a byte of the dash is enough
			span = 0
		}
		switch {
		case c >= '0' && c <= '9':
			s.digits++
			run++
		case c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '-':
			run++
			s.w = s.w || c|0x20 == 'w' && i+2 < len(text) && text[i+1]|0x20 == 'w' && text[i+2]|0x20 == 'w'
		default:
			run = 0
		}
		s.longest = max(s.longest, run)
		switch c {
		case ':':
			s.colons++
		case '@':
			s.ats++
		case '/':
			s.slashes++
		case '.':
			s.dots++
			if i > 0 && text[i-1] == ' ' || i+1 < len(text) && text[i+1] != ' ' && !strings.ContainsRune(closers, rune(text[i+1])) {
				s.inner++
			}
		case '(', '[':
			s.bracketedAt = s.bracketedAt || strings.HasPrefix(text[i+1:], "at")
		}
	}
	return s
}

func dropInvisible(r rune) rune {
	if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r) || unicode.Is(unicode.Me, r) {
		return -1
	}
	if r >= utf8.RuneSelf && unicode.Is(unicode.Nd, r) { // the digits of each script stand in one run of ten
		zero := r
		for r-zero < 9 && unicode.Is(unicode.Nd, zero-1) {
			zero--
		}
		return '0' + (r-zero)%10
	}
	return r
}

func hasPhone(text string) bool {
	for _, m := range phone.FindAllString(text, 8) {
		digits := 0
		for _, r := range m {
			if unicode.IsDigit(r) {
				digits++
			}
		}
		if digits >= 7 && digits <= 16 {
			return true
		}
	}
	return local.MatchString(text)
}

// hasAddress reports whether text holds an IP address. A date or a version with four parts above 255 is none, and neither is a time of day.
func hasAddress(text string) bool {
	for _, m := range ipv6.FindAllString(text, 8) {
		if _, err := netip.ParseAddr(m); err == nil {
			return true
		}
	}
	for _, m := range ipv4.FindAllString(text, 8) {
		if _, err := netip.ParseAddr(m); err == nil {
			return true
		}
	}
	return false
}

// hasHost reports whether text holds a host name. One in lower case is an address; one that starts in upper case and has no path is a name.
// Names that end a sentence and start another without a space are not seen as hosts: cleaning has put the space there.
func hasHost(text string) bool {
	for _, m := range host.FindAllString(text, 64) {
		name, path := m, ""
		if i := strings.IndexAny(m, "/:?#"); i >= 0 {
			name, path = m[:i], strings.TrimRight(m[i:], ".,;:!?)»”\"'")
		}
		if strings.ContainsRune(name, ' ') {
			// "t . me": a dot between spaces is a trick; a dot and a space end a sentence.
			if !strings.Contains(name, " .") {
				name, _, _ = strings.Cut(name, ". ")
				path = ""
			}
			name = strings.ReplaceAll(name, " ", "")
		}
		labels := strings.Split(name, ".")
		if len(labels) < 2 {
			continue
		}
		top := labels[len(labels)-1]
		if !isTop(top) {
			continue
		}
		if len(path) > 1 && path[0] != '?' {
			return true
		}
		first, _ := utf8.DecodeRuneInString(name)
		if unicode.IsUpper(first) && len(labels) == 2 {
			continue // a name: Booking.com
		}
		if short(labels) {
			continue // "e.g", "z.B", "т.е"
		}
		if strings.ToLower(top) == top && !endsWithDigits(labels) {
			return true
		}
	}
	return false
}

// isTop reports whether a label can be a top-level domain: letters only, at least two, or the ASCII form of one.
func isTop(label string) bool {
	if strings.HasPrefix(strings.ToLower(label), "xn--") {
		return true
	}
	return utf8.RuneCountInString(label) >= 2 && !strings.ContainsFunc(label, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) })
}

// short reports whether labels are those of an abbreviation: each has at most two letters, and it is not the short name of a messenger.
func short(labels []string) bool {
	if strings.EqualFold(strings.Join(labels, "."), "t.me") {
		return false
	}
	for _, l := range labels {
		if utf8.RuneCountInString(l) > 2 {
			return false
		}
	}
	return true
}

// endsWithDigits reports whether the label before the last one is a number: "12.5km" is a measure.
func endsWithDigits(labels []string) bool { return isNumber(labels[len(labels)-2]) }
