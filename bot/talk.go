package bot

import (
	"strings"
	"unicode"
)

// talkMost is the most words of small talk: a longer text may ask something.
const talkMost = 4

// smallWords are the words of which small talk consists, in the languages of stories: thanks, greetings, agreement, farewell.
var smallWords = wordSet(`
	thanks thank you thx ty very much so great nice cool wow super ok okay good perfect awesome hi hello hey bye goodbye yes no lol cheers
	спасибо спс благодарю большое огромное вам тебе круто класс классно супер отлично здорово ок окей хорошо привет здравствуй здравствуйте пока да нет ага понятно интересно
	дякую спасибі велике дуже тобі чудово гарно добре привіт вітаю бувай так ні зрозуміло цікаво
	merci beaucoup bien super génial parfait bonjour salut bonsoir oui non d accord au revoir
	obrigado obrigada muito valeu legal ótimo bom boa olá oi tchau sim não beleza
	danke schön vielen dank toll gut prima hallo tschüss ja nein
	gracias muchas genial bueno bien hola adiós sí vale
	grazie mille bello ottimo bene ciao sì va
	dziękuję dzięki super świetnie cześć tak nie
	teşekkürler teşekkür ederim sağ ol çok iyi güzel merhaba selam evet hayır tamam
	谢谢 多谢 感谢 你好 好的 好 ありがとう ありがとうございます こんにちは はい 감사합니다 고마워요 고마워 안녕하세요 안녕 네
	شكرا شكراً جزيلا مرحبا نعم لا धन्यवाद शुक्रिया नमस्ते हाँ नहीं
`)

func wordSet(words string) map[string]bool {
	set := make(map[string]bool)
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// isSmallTalk reports whether a text is only thanks, a greeting or the like, or nothing but signs such as 👍.
func isSmallTalk(s string) bool {
	const longest = 100 // bytes
	if len(s) > longest || strings.ContainsAny(s, "?？؟") {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsDigit(r) })
	for _, w := range words {
		if !smallWords[w] {
			return false
		}
	}
	return len(words) > 0 && len(words) <= talkMost
}
