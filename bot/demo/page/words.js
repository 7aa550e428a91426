// The page's own texts, from words.json. The bot's texts come from the bot.

let dictionary = {};
let spoken = "en";

/** load fetches the texts. Call it before say. */
export async function load() {
  dictionary = await (await fetch("words.json")).json();
}

/** language returns the code of the language that the page speaks. */
export const language = () => spoken;

/** speaks reports whether the page has texts in a language. */
export const speaks = (code) => Object.hasOwn(dictionary, code);

/** say returns the text of a key, with {names} filled in. */
export function say(key, values = {}) {
  return dictionary[spoken][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** speak changes the language. Code that shows texts without a data attribute must listen to the document's "language" event. */
export function speak(code) {
  spoken = code;
  document.documentElement.lang = code;
  for (const n of document.querySelectorAll("[data-text]")) n.textContent = say(n.dataset.text);
  for (const n of document.querySelectorAll("[data-label]")) {
    n.setAttribute("aria-label", say(n.dataset.label));
    if (n.localName === "button") n.title = say(n.dataset.label); // for buttons without a visible text
  }
  for (const n of document.querySelectorAll("[data-placeholder]")) {
    n.placeholder = say(n.dataset.placeholder);
    n.setAttribute("aria-label", n.placeholder);
  }
  document.title = say("title");
  document.dispatchEvent(new Event("language"));
}

/** clock formats a time in the page's language. */
export const clock = (ms) => new Date(ms).toLocaleTimeString(spoken, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** metres formats a distance: to 10 m below a kilometre, to 100 m above. */
export function metres(m) {
  if (m < 1000) return say("metres", { n: Math.round(m / 10) * 10 });
  return say("kilometres", { n: (m / 1000).toLocaleString(spoken, { maximumFractionDigits: 1 }) });
}
