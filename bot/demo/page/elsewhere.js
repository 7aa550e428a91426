// A chat with friends in which the bot is not: its name brings results while the person types (inline mode), and a message that mentions it gets an
// answer (guest mode).

import { $, node, press } from "./dom.js";
import { markup, rows } from "./message.js";
import { call } from "./server.js";
import { clock, say } from "./words.js";

const pause = 400; // milliseconds after the last key

/**
 * createElsewhere wires the dialog. bot is the bot's name, person() the person's number, at() their position, map(point) shows a point and start(parameter)
 * opens the chat with the bot.
 */
export function createElsewhere(bot, { person, at, map, start }) {
  const dialog = $("elsewhere"), text = $("elsewhere-text"), list = $("friends"), offers = $("offers");
  const name = "@" + bot;
  let typing = 0, asked = 0; // asked: the newest question; answers to older ones are dropped

  // The parts of a message that lead out of the dialog close it.
  const parts = {
    map(point) {
      dialog.close();
      map(point);
    },
    start(parameter) {
      dialog.close();
      start(parameter);
    },
  };

  function add(kind, via, ...content) {
    list.append(node("li", { class: kind }, node("div", { class: "bubble" },
      node("span", { class: via ? "via" : "unseen" }, via || say("you_say")), ...content, node("span", { class: "stamp" }, clock(Date.now())))));
    list.lastChild.scrollIntoView({ block: "nearest" });
    return list.lastChild;
  }

  function addResult(kind, result) {
    const words = node("div", { class: "words" });
    words.append(markup(result.html, parts));
    add(kind, say("via", { bot: name }), words).append(...rows({ buttons: result.buttons }, parts));
  }

  function offer(...lines) {
    offers.replaceChildren(...lines.map((l) => node("li", {}, l)));
    offers.hidden = lines.length === 0;
  }

  async function ask(body) {
    const mine = ++asked;
    try {
      const answer = await call("demo/elsewhere", { person: person(), ...body });
      return mine === asked ? answer : null;
    } catch (error) {
      if (mine === asked) offer(node("p", { class: "fine" }, error.message));
      return null;
    }
  }

  // query asks for results while the bot's name stands at the beginning, as in Telegram.
  async function query() {
    const typed = text.value;
    if (!typed.startsWith(name + " ")) return offer();
    const answer = await ask({ text: typed.slice(name.length + 1).trim(), ...at() });
    if (!answer || text.value !== typed) return;
    const open = answer.button ? [press(answer.button, () => parts.start(answer.start))] : [];
    offer(...open, ...answer.results.map((r) => {
      const button = press("", () => {
        offer();
        text.value = "";
        text.focus();
        addResult("mine", r);
      });
      button.append(node("b", {}, r.title), node("span", { class: "fine" }, r.description));
      return button;
    }));
  }

  async function send(event) {
    event.preventDefault();
    const said = text.value.trim();
    if (!said) return;
    clearTimeout(typing);
    asked++;
    offer();
    text.value = "";
    add("mine", "", node("div", { class: "words" }, said));
    if (!said.includes(name)) return; // the bot does not see it
    const answer = await ask({ text: said, mention: true });
    if (answer) addResult("bot", answer.results[0]);
  }

  text.addEventListener("input", () => {
    clearTimeout(typing);
    typing = setTimeout(query, pause);
  });
  $("elsewhere-say").addEventListener("submit", send);
  $("elsewhere-close").addEventListener("click", () => dialog.close());
  $("elsewhere-open").addEventListener("click", () => {
    text.value = name + " ";
    dialog.showModal();
    text.focus();
    query();
  });
  document.addEventListener("language", () => {
    $("elsewhere-note").textContent = say("elsewhere_note", { bot: name });
  });
  return {
    /** forget empties the chat for another person. */
    forget() {
      list.replaceChildren();
      offer();
    },
  };
}

