package browser

import (
	"slices"
	"testing"

	"github.com/chromedp/chromedp"
)

func (d demoTab) donate(t *testing.T) {
	d.write(t, "/donate")
	d.press(t, "50 ⭐")
	d.press(t, "Pay 50 ⭐")
	d.do(t, chromedp.WaitVisible("#bill-pay"))
	d.contrast(t)
	d.do(t, chromedp.Click("#bill-pay"), chromedp.WaitNotVisible("#bill-pay"))
	d.says(t, "You paid 50 ⭐")
	d.tells(t, "en", "donate.thanks", "n", 50)
	d.until(t, `document.querySelector("#messages .paid")?.textContent === "Paid"`)
	if paid := payments(chatOf(t, d.base, d.person(t))); !slices.Equal(paid, []int{50}) {
		t.Errorf("payments %+v, want one of 50", paid)
	}
}

func (d demoTab) cancel(t *testing.T) {
	d.write(t, "/donate 250")
	d.press(t, "Pay 250 ⭐")
	d.do(t, chromedp.WaitVisible("#bill-cancel"), chromedp.Click("#bill-cancel"), chromedp.WaitNotVisible("#bill-cancel"))
	d.until(t, `document.getElementById("toast").textContent === "Cancelled: nothing was paid."`)
	if paid := payments(chatOf(t, d.base, d.person(t))); len(paid) != 1 {
		t.Errorf("payments %+v, want none but the first", paid)
	}
}

// previewed shows a message with a preview. The browser must not load the picture: newTab reports requests to other hosts.
func (d demoTab) previewed(t *testing.T) {
	d.run(t, `const { contents } = await import("/message.js");
		const item = document.createElement("li");
		item.append(...contents({ fromBot: true, html: "with a picture", preview: "https://upload.example.org/a/A_rock.jpg" }, {}));
		document.getElementById("messages").append(item);`)
	d.says(t, "upload.example.orgA_rock.jpg")
	d.run(t, `document.querySelector("#messages > li:not([id])").remove()`) // the history does not have it
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
