// The panel with the bot's numbers. The server sends them when they change, at most once a second.

import { $, node } from "./dom.js";
import { language, say } from "./words.js";

let shown = null;

const share = (part, whole) => (whole ? Math.round(100 * part / whole) + " %" : "–");

// The lines of the panel: a key of the words, the value, and a note about the value.
const lines = [
  ["calls", (n) => `${n.running} / ${n.slots}`, (n) => say("queue", { people: n.people, ahead: n.ahead })],
  ["last", (n) => (n.source ? say("source_" + n.source) : "–"), (n) => (n.source ? say("took", { n: seconds(n.seconds) }) : say("no_answer"))],
  ["cache", (n) => share(n.hits, n.looks), (n) => say("looks", { hits: n.hits, looks: n.looks })],
  ["written", (n) => n.written, () => say("written_note")],
  ["walks", (n) => n.walks, () => say("walks_note")],
  ["telegram", (n) => n.calls, () => say("telegram_note")],
];

const wide = ["calls", "last"]; // lines with long texts

const seconds = (s) => Math.max(s, 0.1).toLocaleString(language(), { maximumFractionDigits: 1 });

/** numbers shows the numbers. It touches only those that changed, so that the change is visible. */
export function numbers(n) {
  shown = n;
  for (const [key, value, note] of lines) {
    write($("n-" + key), String(value(n)));
    write($("n-" + key + "-note"), note(n));
  }
  $("n-slots").replaceChildren(...Array.from({ length: n.slots }, (_, i) => node("i", { class: i < n.running ? "busy" : undefined })));
}

function write(element, text) {
  if (element.textContent === text) return;
  element.textContent = text;
  element.classList.remove("changed");
  void element.offsetWidth; // restarts the animation
  element.classList.add("changed");
}

/** build creates the lines, and updates them when the page's language changes. */
export function build() {
  $("numbers").replaceChildren(...lines.map(([key]) => node("div", { class: wide.includes(key) ? "wide" : undefined },
    node("dt", { "data-text": "n_" + key }), node("dd", {}, node("b", { id: "n-" + key }, "–"),
      key === "calls" ? node("span", { id: "n-slots", class: "slots", "aria-hidden": true }) : null),
    node("dd", { id: "n-" + key + "-note", class: "fine" }))));
  document.addEventListener("language", () => shown && numbers(shown));
}

/** packs links to a pack of each city. */
export function packs(world) {
  $("packs").replaceChildren(...world.cities.flatMap((city, i) => [i ? " · " : "",
    node("a", { href: "/demo/pack?city=" + city.id, download: city.id + ".pack" }, city.names[language()] ?? city.names.en)]));
}

/** real shows which parts of this demo are real and which are simulated. */
export function real(world) {
  const model = world.realModel ? "real_model" : world.realWikipedia ? "sim_model_real_wiki" : "sim_model";
  const facts = [
    [true, "what_bot", "real_bot"],
    [false, "what_telegram", "sim_telegram"],
    [world.realWikipedia, "what_wikipedia", world.realWikipedia ? "real_wiki" : "sim_wiki"],
    [world.realModel, "what_model", model],
  ];
  $("real").replaceChildren(...facts.map(([is, what, words]) => node("li", { class: is ? "real" : undefined },
    node("b", {}, say(what)), node("span", { class: "kind" }, say(is ? "real" : "simulated_kind")), node("span", { class: "fine" }, say(words)))));
}
