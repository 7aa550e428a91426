// The two dialogs: the bill, and a picture at full size.

import { $ } from "./dom.js";
import { say } from "./words.js";

const patience = 10_500; // milliseconds: Telegram gives the bot ten seconds to accept a payment

/** createFront wires the two dialogs. act(body) sends an action of the person, toast(text) shows a short note. */
export function createFront({ act, toast }) {
  const bill = $("bill");
  let late = 0, asked = false, settled = false;

  function state(text) {
    $("bill-state").textContent = text;
    $("bill-pay").disabled = asked;
  }

  $("bill-pay").addEventListener("click", async () => {
    asked = true;
    state(say("pay_asking"));
    late = setTimeout(() => answered(say("pay_late")), patience);
    if (await act({ pay: Number(bill.dataset.message) }) === undefined) answered(say("pay_failed"));
  });
  $("bill-cancel").addEventListener("click", () => bill.close());
  bill.addEventListener("close", () => {
    clearTimeout(late);
    if (!settled && !asked) toast(say("cancelled"));
  });
  $("picture-close").addEventListener("click", () => $("picture").close());
  $("picture").addEventListener("click", (event) => { // a click beside the picture
    if (event.target === $("picture")) $("picture").close();
  });

  // answered takes the bot's answer to the bill: "" if the bot accepts it.
  function answered(refusal) {
    if (!bill.open || !asked) return;
    clearTimeout(late);
    asked = false;
    settled = !refusal;
    state(refusal);
    if (settled) bill.close();
  }

  return {
    answered,
    pay(invoice) {
      [asked, settled] = [false, false];
      bill.dataset.message = invoice.id;
      $("bill-title").textContent = invoice.plain;
      $("bill-detail").textContent = invoice.detail;
      $("bill-pay").textContent = say("pay", { n: invoice.stars });
      state("");
      bill.showModal();
    },
    enlarge(address, alt) {
      $("picture-image").src = address;
      $("picture-image").alt = alt;
      $("picture").showModal();
    },
  };
}
