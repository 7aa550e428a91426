package sim

import "encoding/json"

// Objects of the Bot API that this server sends.

type apiUser struct {
	ID           int64  `json:"id"`
	IsBot        bool   `json:"is_bot"`
	FirstName    string `json:"first_name"`
	Username     string `json:"username,omitempty"`
	LanguageCode string `json:"language_code,omitempty"`
}

type apiChat struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name,omitempty"`
	Title     string `json:"title,omitempty"`
	Username  string `json:"username,omitempty"`
	Type      string `json:"type"`
	IsForum   bool   `json:"is_forum,omitempty"`
}

type apiMessage struct {
	MessageID       int             `json:"message_id"`
	ThreadID        int             `json:"message_thread_id,omitempty"`
	IsTopicMessage  bool            `json:"is_topic_message,omitempty"`
	From            *apiUser        `json:"from,omitempty"`
	Chat            apiChat         `json:"chat"`
	Date            int64           `json:"date"`
	EditDate        int64           `json:"edit_date,omitempty"`
	ReplyTo         *apiMessage     `json:"reply_to_message,omitempty"`
	Album           string          `json:"media_group_id,omitempty"`
	Text            string          `json:"text,omitempty"`
	Entities        []apiEntity     `json:"entities,omitempty"`
	LinkPreview     json.RawMessage `json:"link_preview_options,omitempty"`
	Photo           []apiFile       `json:"photo,omitempty"`
	Document        *apiFile        `json:"document,omitempty"`
	Voice           *apiFile        `json:"voice,omitempty"`
	Audio           *apiFile        `json:"audio,omitempty"`
	Caption         string          `json:"caption,omitempty"`
	CaptionEntities []apiEntity     `json:"caption_entities,omitempty"`
	Location        *apiLocation    `json:"location,omitempty"`
	Venue           *apiVenue       `json:"venue,omitempty"`
	Invoice         *apiInvoice     `json:"invoice,omitempty"`
	Payment         *apiPayment     `json:"successful_payment,omitempty"`
	Refund          *apiPayment     `json:"refunded_payment,omitempty"`
	MovedTo         int64           `json:"migrate_to_chat_id,omitempty"`
	MovedFrom       int64           `json:"migrate_from_chat_id,omitempty"`
	GuestQuery      string          `json:"guest_query_id,omitempty"`
	ReplyMarkup     *apiInline      `json:"reply_markup,omitempty"`
}

type apiEntity struct {
	Type          string   `json:"type"`
	Offset        int      `json:"offset"` // UTF-16 units
	Length        int      `json:"length"`
	URL           string   `json:"url,omitempty"`
	User          *apiUser `json:"user,omitempty"`
	Language      string   `json:"language,omitempty"`
	CustomEmojiID string   `json:"custom_emoji_id,omitempty"`
}

type apiFile struct {
	FileID       string `json:"file_id"`
	FileUniqueID string `json:"file_unique_id"`
	FileSize     int    `json:"file_size,omitempty"`
	FileName     string `json:"file_name,omitempty"`
	MimeType     string `json:"mime_type,omitempty"`
	Width        int    `json:"width,omitempty"`
	Height       int    `json:"height,omitempty"`
	Duration     int    `json:"duration,omitempty"`
}

type apiLocation struct {
	Latitude           float64 `json:"latitude"`
	Longitude          float64 `json:"longitude"`
	LivePeriod         int     `json:"live_period,omitempty"` // seconds
	Heading            int     `json:"heading,omitempty"`     // degrees, 1-360
	HorizontalAccuracy float64 `json:"horizontal_accuracy,omitempty"`
}

type apiVenue struct {
	Location apiLocation `json:"location"`
	Title    string      `json:"title"`
	Address  string      `json:"address"`
}

type apiInvoice struct {
	Title          string `json:"title"`
	Description    string `json:"description"`
	StartParameter string `json:"start_parameter"`
	Currency       string `json:"currency"`
	TotalAmount    int    `json:"total_amount"`
}

type apiPayment struct {
	Currency         string `json:"currency"`
	TotalAmount      int    `json:"total_amount"`
	InvoicePayload   string `json:"invoice_payload"`
	TelegramChargeID string `json:"telegram_payment_charge_id"`
	ProviderChargeID string `json:"provider_payment_charge_id,omitempty"`
}

type apiCallback struct {
	ID           string     `json:"id"`
	From         apiUser    `json:"from"`
	Message      apiMessage `json:"message"`
	ChatInstance string     `json:"chat_instance"`
	Data         string     `json:"data"`
}

type apiCheckout struct {
	ID             string  `json:"id"`
	From           apiUser `json:"from"`
	Currency       string  `json:"currency"`
	TotalAmount    int     `json:"total_amount"`
	InvoicePayload string  `json:"invoice_payload"`
}

// apiMember is a my_chat_member update: the person blocked or unblocked the bot.
type apiMember struct {
	Chat apiChat        `json:"chat"`
	From apiUser        `json:"from"`
	Date int64          `json:"date"`
	Old  apiMemberState `json:"old_chat_member"`
	New  apiMemberState `json:"new_chat_member"`
}

type apiMemberState struct {
	User      apiUser `json:"user"`
	Status    string  `json:"status"`
	UntilDate *int64  `json:"until_date,omitempty"`
}
