//go:build browser

package app

import (
	"testing"

	"github.com/chromedp/chromedp"
)

func (d demoTab) give(t *testing.T) {
	d.write(t, "/donate")
	d.press(t, "50 ⭐")
	d.press(t, "Pay 50 ⭐")
	d.do(t, chromedp.WaitVisible("#bill-pay"))
	d.contrast(t)
	d.do(t, chromedp.Click("#bill-pay"), chromedp.WaitNotVisible("#bill-pay"))
	d.says(t, "You paid 50 ⭐")
	d.tells(t, "en", "donate.thanks", "n", 50)
	d.until(t, `document.querySelector("#messages .paid")?.textContent === "Paid"`)
	if paid := d.page.stage.telegram.Payments(); len(paid) != 1 || paid[0].Stars != 50 {
		t.Errorf("payments %+v, want one of 50", paid)
	}
}

func (d demoTab) cancel(t *testing.T) {
	d.write(t, "/donate 250")
	d.press(t, "Pay 250 ⭐")
	d.do(t, chromedp.WaitVisible("#bill-cancel"), chromedp.Click("#bill-cancel"), chromedp.WaitNotVisible("#bill-cancel"))
	d.until(t, `document.getElementById("toast").textContent === "Cancelled: nothing was paid."`)
	if paid := d.page.stage.telegram.Payments(); len(paid) != 1 {
		t.Errorf("payments %+v, want none but the first", paid)
	}
}

func (d demoTab) previewed(t *testing.T) {
	callAsBot(t, d.page, "sendMessage", `{"chat_id":100001,"text":"with a picture",
		"link_preview_options":{"url":"https://upload.example.org/a/A_rock.jpg","prefer_large_media":true}}`)
	d.says(t, "upload.example.orgA_rock.jpg")
}

func (d demoTab) changeLanguage(t *testing.T) {
	d.write(t, "/language")
	d.press(t, "Русский")
	d.tells(t, "ru", "language.set")
	for id, want := range map[string]string{"locate": "Отправить, где я", "inside-title": "Что делает бот"} {
		d.until(t, `document.getElementById(`+quoted(id)+`).textContent === `+quoted(want))
	}
	d.until(t, `document.documentElement.lang === "ru" && document.querySelector('.spot[aria-label^="Лувр"]')`)
	d.do(t, chromedp.Click(`#languages [data-language=en]`))
	d.until(t, `document.getElementById("toast").textContent.includes("/language")`)
}
