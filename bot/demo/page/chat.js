// The chat: the messages, and the form to write new ones.

import { $, node, press } from "./dom.js";
import { contents, placeIn, rows, service, stamp, stopIn } from "./message.js";
import { call } from "./server.js";
import { language, say } from "./words.js";

const typingLasts = 5000; // milliseconds, as Telegram shows it
const toastLasts = 5000;

/**
 * createChat fills the chat. It calls on.act(body) to send an action of the person, on.locate() to send their location, on.map(point) to show a point,
 * on.told(place) for each story, on.next(point) when a tour leads to its next stop, on.said(event) for each message that the bot sends or edits after the history was shown, and on.ready(last) when the
 * history was shown; last is the live location that is still shared, if there is one. on.pay(invoice) and on.enlarge(address, alt) open the dialogs.
 */
export function createChat(on) {
  const list = $("messages"), log = $("log");
  let items = new Map(); // by message: its event and its element
  let person = 0, known = null; // known: the ids of the messages, while the history is being sent again
  let paid = new Set(), shared = new Set();
  let typing = 0, toasting = 0;

  const parts = {
    person: () => person,
    paid: (id) => paid.has(id),
    shared: (id) => shared.has(id),
    language,
    spots: on.spots, map: on.map, pay: on.pay, enlarge: on.enlarge,
    start: (parameter) => on.act({ text: "/start " + parameter }),
    async press(message, data, button) {
      button.setAttribute("aria-busy", "true"); // until the bot answers
      const answered = await on.act({ message, data });
      if (answered === undefined) button.removeAttribute("aria-busy");
      else on.pressed(data);
    },
  };

  // show adds a message, or updates it in its place. The focus stays on the button that had it.
  function show(event, fresh) {
    let item = items.get(event.id)?.item;
    const there = Boolean(item), line = service(event);
    if (!there) item = node("li", { id: "message-" + event.id, tabindex: -1 });
    items.set(event.id, { event, item });
    if (event.live) shared.add(event.id);
    if (event.stars && event.replyTo) pay(event.replyTo);
    const had = there ? [...item.querySelectorAll("a, button")].indexOf(document.activeElement) : -1;
    const low = atBottom();
    item.className = line ? "service" : event.fromBot ? "bot" : "mine";
    if (event.live || !event.fromBot && there) item.setAttribute("aria-live", "off"); // it changes every two seconds
    const who = node("span", { class: "unseen" }, say(event.fromBot ? "bot_says" : "you_say") + " ");
    item.replaceChildren(...(line ? [line] : [node("div", { class: "bubble" }, who, ...contents(event, parts), stamp(event)), ...rows(event, parts)]));
    if (!there) list.append(item);
    if (had >= 0) (item.querySelectorAll("a, button")[had] ?? item).focus({ preventScroll: true });
    item.classList.toggle("fresh", fresh && there && event.fromBot);
    if (!there || event.fromBot) bottom(low || !event.fromBot);
    const place = event.fromBot && placeIn(event);
    if (place) on.told(place);
  }

  function pay(invoice) {
    paid.add(invoice);
    const of = items.get(invoice);
    if (of) show(of.event, false);
  }

  const atBottom = () => log.scrollHeight - log.scrollTop - log.clientHeight < 80;
  function bottom(wanted) {
    if (wanted) log.scrollTop = log.scrollHeight;
  }

  // The reply keyboard is the keyboard of the last message that has one.
  function keyboard() {
    const last = [...items.values()].map((i) => i.event).filter((e) => e.keyboard).at(-1);
    $("keyboard").replaceChildren(...(last?.keyboard ?? []).map((row) => node("div", { class: "row" },
      ...row.map((text) => press(text, () => (text === last.asks ? on.locate() : on.act({ text })))))));
    $("empty").hidden = items.size > 0;
  }

  function types(action) {
    clearTimeout(typing);
    $("dots").hidden = !action;
    const key = { upload_photo: "sends_picture", upload_document: "sends_file", record_voice: "records" }[action] ?? "typing";
    $("status").textContent = action ? say(key) : say("simulated");
    if (action) typing = setTimeout(types, typingLasts);
  }

  function toast(text) {
    clearTimeout(toasting);
    $("toast").textContent = text;
    $("toast").hidden = !text;
    if (text) toasting = setTimeout(toast, toastLasts, "");
  }

  // settle ends the history. A message that is on the page but not in the history was deleted.
  function settle() {
    for (const [id, { item }] of items) if (!known.has(id)) items.delete(id), item.remove();
    known = null;
    log.setAttribute("aria-live", "polite");
    keyboard();
    bottom(true);
    on.ready([...items.values()].map((i) => i.event).filter((e) => e.live).at(-1));
  }

  function happened(event) {
    switch (event.kind) {
      case "begin":
        known = new Set();
        log.setAttribute("aria-live", "off"); // screen readers do not read the history out again
        break;
      case "ready":
        settle();
        break;
      case "message":
      case "edit":
        known?.add(event.id);
        if (event.fromBot && !known) types("");
        show(event, !known);
        if (known) break;
        keyboard();
        if (event.fromBot) on.said(event);
        if (event.fromBot && stopIn(event)) on.next(stopIn(event));
        break;
      case "delete":
        items.get(event.id)?.item.remove();
        items.delete(event.id);
        break;
      case "typing":
        types(event.text);
        break;
      case "callback_answer":
        for (const b of list.querySelectorAll("[aria-busy]")) b.removeAttribute("aria-busy");
        if (event.text) toast(event.text);
        break;
    }
  }

  async function menu() {
    const open = $("menu").getAttribute("aria-expanded") === "true";
    $("menu").setAttribute("aria-expanded", String(!open));
    $("commands").hidden = open;
    if (open) return;
    const commands = await call("demo/menu?language=" + language());
    $("commands").replaceChildren(...commands.map((c) => node("li", {}, press("", () => {
      menu();
      $("text").focus();
      on.act({ text: "/" + c.name });
    }))));
    commands.forEach((c, i) => $("commands").children[i].firstChild.append(node("b", {}, "/" + c.name), " ", c.description));
  }

  $("menu").addEventListener("click", menu);
  $("commands").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu();
    $("menu").focus();
  });
  $("start").addEventListener("click", () => on.act({ text: "/start" }));
  $("say").addEventListener("submit", (event) => {
    event.preventDefault();
    const text = $("text").value.trim();
    $("text").value = "";
    if (text) on.act({ text });
  });
  document.addEventListener("language", () => {
    for (const { event } of items.values()) show(event, false);
    types("");
  });

  return {
    happened, toast,
    /** end scrolls to the last message. */
    end: () => bottom(true),
    /** belong empties the chat for another person. */
    belong(to) {
      person = to;
      list.replaceChildren();
      [items, paid, shared, known] = [new Map(), new Set(), new Set(), null];
      toast("");
      keyboard();
    },
  };
}
