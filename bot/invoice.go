package bot

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"excursobot/bot/telegram"
	"excursobot/bot/text"
)

// Bounds of a gift in stars.
const (
	leastGift = 1
	mostGift  = 10_000
)

var offeredGifts = []int{50, 100, 250, 500, 1000}

// startDonate is the argument of /start when the person comes from a forwarded invoice.
const startDonate = "donate"

// gift is the payload of an invoice: who pays how many stars.
type gift struct {
	person int64
	stars  int
}

func (g gift) payload() string {
	return "gift:" + strconv.FormatInt(g.person, 10) + ":" + strconv.Itoa(g.stars)
}

// parseGift reads a payload. ok is false if gift.payload did not write it.
func parseGift(payload string) (g gift, ok bool) {
	parts := strings.Split(payload, ":")
	if len(parts) != 3 {
		return g, false
	}
	var err1, err2 error
	g.person, err1 = strconv.ParseInt(parts[1], 10, 64)
	g.stars, err2 = strconv.Atoi(parts[2])
	ok = err1 == nil && err2 == nil && g.payload() == payload && fineGift(g.stars)
	return g, ok
}

func fineGift(stars int) bool { return stars >= leastGift && stars <= mostGift }

// parseStars reads a number of stars as people write it: "250", "1 000", "10,000", with or without a star behind it. ok reports whether it is a
// number; fineGift decides whether it may be given.
func parseStars(s string) (stars int, ok bool) {
	s = strings.TrimSpace(strings.TrimRight(strings.TrimSpace(s), "⭐\ufe0f"))
	if s == "" || len(s) > 20 {
		return 0, false
	}
	group := 0 // digits since the last separator
	grouped := false
	for i, r := range s {
		switch {
		case r >= '0' && r <= '9':
			stars = min(stars*10+int(r-'0'), mostGift+1)
			group++
		case strings.ContainsRune(" ,.'\u00a0\u202f", r) && i > 0 && i+utf8.RuneLen(r) < len(s) && group > 0 && (group == 3 || !grouped && group < 3):
			group, grouped = 0, true
		default:
			return 0, false
		}
	}
	return stars, !grouped || group == 3
}

// giftMenu offers amounts.
func giftMenu(words *text.Words) telegram.Message {
	m := telegram.Message{HTML: words.Say("donate.text")}
	var buttons []telegram.Button
	for _, stars := range offeredGifts {
		buttons = append(buttons, telegram.Button{Text: words.Plain("button.stars", "n", stars), Data: "give:" + strconv.Itoa(stars)})
	}
	m.Buttons = inRows(append(buttons, telegram.Button{Text: words.Plain("button.stars_other"), Data: "give:other"}), 3)
	return m
}

// invoice is the payload of sendInvoice. Stars have no provider, but the provider_token must be there, empty.
type invoice struct {
	Title         string  `json:"title"`
	Description   string  `json:"description"`
	Payload       string  `json:"payload"`
	ProviderToken string  `json:"provider_token"`
	Currency      string  `json:"currency"`
	Prices        []price `json:"prices"`
	// With a start parameter, a forwarded copy has a link to the bot instead of a button to pay.
	StartParameter string `json:"start_parameter"`
}

type price struct {
	Label  string `json:"label"`
	Amount int    `json:"amount"`
}

// mostPaid is the most stars that Telegram allows in one payment.
const mostPaid = 100_000

// stars is the currency's code.
const stars = "XTR"

func giftInvoice(words *text.Words, g gift) invoice {
	return invoice{
		Title:          words.Plain("donate.invoice_title"),
		Description:    words.Plain("donate.invoice_description"),
		Payload:        g.payload(),
		Currency:       stars,
		Prices:         []price{{Label: words.Plain("donate.invoice_label"), Amount: g.stars}},
		StartParameter: startDonate,
	}
}
