package sim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// How long a query waits for its answer. Telegram documents only the time of a checkout; callbacks lasted 15 s to a minute in practice.
const (
	checkoutLife = 10 * time.Second
	callbackLife = 30 * time.Second
	// maxQueries is the most stored queries; expired ones are removed when it is reached.
	maxQueries = 10_000
)

// query is what the bot must answer.
type query struct {
	kind    string // "callback", "checkout", "inline" or "guest"
	chat    int64
	asked   time.Time
	invoice int    // message of a checkout
	payload string // its own
	amount  int
}

func (q query) late(now time.Time) bool {
	life := map[string]time.Duration{"checkout": checkoutLife, "callback": callbackLife, "inline": inlineLife, "guest": guestLife}
	return now.Sub(q.asked) > life[q.kind]
}

// Payment is a payment in stars.
type Payment struct {
	Charge   string // telegram_payment_charge_id
	Person   int64
	Stars    int
	Payload  string
	Refunded bool
	At       time.Time
}

// Payments returns all payments, oldest first.
func (t *Telegram) Payments() []Payment {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]Payment(nil), t.payments...)
}

// askLocked stores a query and returns its id.
func (t *Telegram) askLocked(q query) string {
	now := time.Now()
	if len(t.queries) >= maxQueries {
		for id, other := range t.queries {
			if other.late(now) {
				delete(t.queries, id)
			}
		}
	}
	t.lastID++ // makes the id unique
	id := strconv.FormatInt(q.chat<<20+int64(t.lastID), 10)
	q.asked = now
	t.queries[id] = q
	return id
}

// answerLocked removes and returns the query that a call answers.
func (t messageMethods) answerLocked(kind, id string) (query, error) {
	q, ok := t.queries[id]
	if !ok || q.kind != kind || q.late(time.Now()) {
		return query{}, badRequest("query is too old and response timeout expired or query ID is invalid")
	}
	delete(t.queries, id)
	return q, nil
}

func (t messageMethods) answerCallbackQuery(req *request) (any, error) {
	if utf16Len(req.text("text")) > 200 {
		return nil, badRequest("MESSAGE_TOO_LONG")
	}
	q, err := t.answerLocked("callback", req.text("callback_query_id"))
	if err != nil {
		return nil, err
	}
	t.emitLocked(Event{Kind: "callback_answer", Chat: q.chat, Text: req.text("text")})
	return true, nil
}

func (t messageMethods) sendInvoice(req *request) (any, error) {
	var prices []struct {
		Label  string `json:"label"`
		Amount int    `json:"amount"`
	}
	if json.Unmarshal([]byte(req.text("prices")), &prices) != nil {
		return nil, badRequest("expected an Array of LabeledPrice as prices")
	}
	title, description, payload := req.text("title"), req.text("description"), req.text("payload")
	switch {
	case utf16Len(title) < 1 || utf16Len(title) > 32:
		return nil, badRequest("INVOICE_TITLE_INVALID")
	case utf16Len(description) < 1 || utf16Len(description) > 255:
		return nil, badRequest("INVOICE_DESCRIPTION_INVALID")
	case len(payload) < 1 || len(payload) > 128:
		return nil, badRequest("INVOICE_PAYLOAD_INVALID")
	case req.text("currency") != "XTR":
		return nil, badRequest("CURRENCY_INVALID") // only stars are supported
	case req.text("provider_token") != "":
		return nil, badRequest("PAYMENT_PROVIDER_INVALID")
	case len(prices) != 1:
		return nil, badRequest("STARS_INVOICE_INVALID")
	case prices[0].Amount < 1 || prices[0].Amount > 100_000:
		return nil, badRequest("CURRENCY_TOTAL_AMOUNT_INVALID")
	}
	return t.sendLocked(req, "sendInvoice", func(m *message) error {
		m.api.Invoice = &apiInvoice{Title: title, Description: description, StartParameter: req.text("start_parameter"), Currency: "XTR", TotalAmount: prices[0].Amount}
		m.payload = payload
		m.view.Text, m.view.Detail, m.view.Stars = title, description, prices[0].Amount
		return nil
	})
}

// Pay presses the pay button of an invoice. The bot gets a pre_checkout_query and, if it accepts that within 10 s, a successful_payment. The result is
// the id of the pre_checkout_query's update.
func (p *Person) Pay(message int) int64 {
	return p.act(func(t *Telegram, c *chat) int64 {
		m := c.find(message)
		if m == nil || m.api.Invoice == nil {
			return 0
		}
		amount := m.api.Invoice.TotalAmount
		id := t.askLocked(query{kind: "checkout", chat: c.api.ID, invoice: message, payload: m.payload, amount: amount})
		return t.pushLocked(c, "pre_checkout_query", apiCheckout{ID: id, From: p.home.user, Currency: "XTR", TotalAmount: amount, InvoicePayload: m.payload})
	})
}

func (t messageMethods) answerPreCheckoutQuery(req *request) (any, error) {
	accepted := req.flag("ok")
	if !accepted && req.text("error_message") == "" {
		return nil, badRequest("error message must be specified") // the person must see a reason
	}
	q, err := t.answerLocked("checkout", req.text("pre_checkout_query_id"))
	if err != nil {
		return nil, err
	}
	if !accepted {
		t.emitLocked(Event{Kind: "precheckout_answer", Chat: q.chat, Text: req.text("error_message")})
		return true, nil
	}
	t.emitLocked(Event{Kind: "precheckout_answer", Chat: q.chat})
	charge := "sim_charge_" + strconv.Itoa(len(t.payments)+1)
	t.payLocked(Payment{Charge: charge, Person: q.chat, Stars: q.amount, Payload: q.payload, At: time.Now()})
	c := t.chats[q.chat]
	m := t.fromPerson(c.user, c)
	if bill := c.find(q.invoice); bill != nil {
		m.in(bill.view.Topic)
	}
	m.api.Payment = &apiPayment{Currency: "XTR", TotalAmount: q.amount, InvoicePayload: q.payload, TelegramChargeID: charge}
	m.view.Stars, m.view.ReplyTo = q.amount, q.invoice
	t.sayLocked(c, m)
	return true, nil
}

func (t messageMethods) refundStarPayment(req *request) (any, error) {
	user, charge := req.number("user_id", 0, 0, 1<<62), req.text("telegram_payment_charge_id")
	for i, paid := range t.payments {
		if paid.Charge != charge || paid.Person != user {
			continue
		}
		if paid.Refunded {
			return nil, &apiError{Code: http.StatusBadRequest, Description: "Bad Request: CHARGE_ALREADY_REFUNDED"}
		}
		t.payments[i].Refunded = true
		t.transactions = append(t.transactions, transaction{charge, int64(paid.Stars), time.Now().Unix(), partner{}, paying(user)})
		c := t.chats[user]
		m := t.fromPerson(c.user, c)
		m.api.Refund = &apiPayment{Currency: "XTR", TotalAmount: paid.Stars, InvoicePayload: paid.Payload, TelegramChargeID: charge}
		m.view.Stars = -paid.Stars
		t.sayLocked(c, m)
		return true, nil
	}
	return nil, badRequest("CHARGE_NOT_FOUND")
}
