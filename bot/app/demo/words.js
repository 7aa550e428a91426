// The page's own words, from words.json. The bot's words come from the bot.

let dictionary = {};
let spoken = "en";

/** load fetches the words. Before it nothing can be said. */
export async function load() {
  dictionary = await (await fetch("words.json")).json();
}

/** language returns the code of the language that the page speaks. */
export const language = () => spoken;

/** speaks says whether the page has words in a language. */
export const speaks = (code) => Object.hasOwn(dictionary, code);

/** say returns the words of a key, with {names} filled in. */
export function say(key, values = {}) {
  return dictionary[spoken][key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** speak changes the language. Who shows words that are not marked in the page listens to the document's "language". */
export function speak(code) {
  spoken = code;
  document.documentElement.lang = code;
  for (const n of document.querySelectorAll("[data-text]")) n.textContent = say(n.dataset.text);
  for (const n of document.querySelectorAll("[data-label]")) {
    n.setAttribute("aria-label", say(n.dataset.label));
    if (n.localName === "button") n.title = say(n.dataset.label); // what has no words to look at
  }
  for (const n of document.querySelectorAll("[data-placeholder]")) {
    n.placeholder = say(n.dataset.placeholder);
    n.setAttribute("aria-label", n.placeholder);
  }
  document.title = say("title");
  document.dispatchEvent(new Event("language"));
}

/** clock writes a moment as people of the language do. */
export const clock = (ms) => new Date(ms).toLocaleTimeString(spoken, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

/** metres writes a distance, exact to what matters. */
export function metres(m) {
  if (m < 1000) return say("metres", { n: Math.round(m / 10) * 10 });
  return say("kilometres", { n: (m / 1000).toLocaleString(spoken, { maximumFractionDigits: 1 }) });
}
