package sim

import (
	"encoding/json"
	"strings"
	"unicode"
	"unicode/utf8"
)

// replied is an answer to a question.
type replied struct {
	Quotes []string `json:"quotes"`
	Answer string   `json:"answer"`
	Found  bool     `json:"found"`
}

// answerQuestion writes the whole answer to a question: {"question", "language", "places": [{"id", "title", "language", "extract"}]}.
func answerQuestion(req chatRequest, fault string) modelAnswer {
	var question struct {
		Question string `json:"question"`
	}
	req.data(&question)
	t := req.task()
	out := replied{Quotes: []string{}}
	if len(t.Places) > 0 && t.Places[0].Language == tongueOf(t.Language).Code {
		if answer, quote := AnswerTo(question.Question, t.Places[0].Title, t.Places[0].Extract); answer != "" {
			out = replied{Quotes: []string{quote}, Answer: answer, Found: true}
			switch fault {
			case "badyear":
				out.Answer = strings.TrimRight(out.Answer, ".") + ", " + inventedYear(t.Places[0]) + "."
			case "markup":
				out.Answer = "**" + out.Answer + "**"
			case "badquote":
				out.Quotes = []string{"words that no article of the town has ever had"}
			}
		}
	}
	return answerOf(out, fault, "What a lovely question. Let me think about it.")
}

// answerOf returns v as JSON, or the prose if the fault is that the answer is no JSON.
func answerOf(v any, fault, prose string) modelAnswer {
	if fault == "notjson" {
		return modelAnswer{content: prose, fault: fault}
	}
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // strings can always be marshalled
	}
	return modelAnswer{content: string(text), fault: fault}
}

// AnswerTo returns the words of an extract that answer a question about a place, and a passage of them to quote; "" = it does not say. The
// extract and the question are in one language.
func AnswerTo(question, title, extract string) (answer, quote string) {
	i, all := answering(question, candidate{Title: title, Extract: extract})
	if i < 0 {
		return "", ""
	}
	runes := []rune(all[i])
	return strings.Join(all[i:min(i+2, len(all))], " "), string(runes[:min(len(runes), 120)])
}

// answering returns the sentences of the extract, and which of them answers the question: -1 = none.
func answering(question string, c candidate) (best int, all []string) {
	all = sentences(c.Extract)
	title := wordsIn(c.Title)
	var asked []string
	for _, w := range wordsIn(question) {
		if !among(title, w) && utf8.RuneCountInString(w) > 3 {
			asked = append(asked, w)
		}
	}
	best, most := -1, 0
	for i, s := range all {
		n, known := 0, wordsIn(s)
		for _, w := range asked {
			if among(known, w) {
				n++
			}
		}
		if n > most && 2*n >= len(asked) {
			best, most = i, n
		}
	}
	return best, all
}

func wordsIn(s string) []string {
	return strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// among reports whether a form of the word is among the others: one that begins with the same two thirds.
func among(others []string, word string) bool {
	runes := []rune(word)
	stem := string(runes[:max(min(4, len(runes)), len(runes)*2/3)])
	for _, o := range others {
		if strings.HasPrefix(o, stem) {
			return true
		}
	}
	return false
}
