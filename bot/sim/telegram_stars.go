package sim

import "time"

// transaction is a StarTransaction; a refund has the id of its payment.
type transaction struct {
	ID       string  `json:"id"`
	Amount   int64   `json:"amount"`
	Date     int64   `json:"date"`
	Source   partner `json:"source,omitzero"`
	Receiver partner `json:"receiver,omitzero"`
}

// partner is a TransactionPartner.
type partner struct {
	Type string   `json:"type"`
	Kind string   `json:"transaction_type,omitempty"`
	User *apiUser `json:"user,omitempty"`
}

// paying is somebody who paid an invoice, or got the payment back.
func paying(person int64) partner {
	return partner{Type: "user", Kind: "invoice_payment", User: &apiUser{ID: person, FirstName: "Somebody"}}
}

// payLocked notes a payment in both lists.
func (t *Telegram) payLocked(p Payment) {
	t.payments = append(t.payments, p)
	t.transactions = append(t.transactions, transaction{p.Charge, int64(p.Stars), p.At.Unix(), paying(p.Person), partner{}})
}

// PayUnseen makes a payment of which the bot gets no update, as if it had been away for longer than Telegram keeps them.
func (t *Telegram) PayUnseen(p Payment) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.payLocked(p)
}

// RefundUnseen gives a payment back without an update.
func (t *Telegram) RefundUnseen(charge string, at time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, p := range t.payments {
		if p.Charge == charge && !p.Refunded {
			t.payments[i].Refunded = true
			t.transactions = append(t.transactions, transaction{charge, int64(p.Stars), at.Unix(), partner{}, paying(p.Person)})
		}
	}
}

// Withdraw takes stars out of the bot's balance, as its owner can.
func (t *Telegram) Withdraw(stars int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.transactions = append(t.transactions, transaction{"withdrawal", int64(stars), time.Now().Unix(), partner{}, partner{Type: "fragment"}})
}

func (t messageMethods) getStarTransactions(req *request) (any, error) {
	const most = 100
	limit := int(req.number("limit", most, 1, most))
	offset := min(int(req.number("offset", 0, 0, 1<<31)), len(t.transactions))
	return map[string]any{"transactions": append([]transaction{}, t.transactions[offset:min(offset+limit, len(t.transactions))]...)}, nil
}
