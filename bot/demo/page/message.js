// The elements of a message. The bot writes Telegram's HTML. The page rebuilds it from a short list of allowed elements.

import { node, press, shape } from "./dom.js";
import { plane } from "./geo.js";
import { fileOf } from "./server.js";
import { clock, say } from "./words.js";

const allowed = new Set(["B", "STRONG", "I", "EM", "U", "S", "CODE", "PRE", "A", "BLOCKQUOTE"]);

/** mapPoint returns the point of a link to a map, or null for other links. */
export function mapPoint(href) {
  const found = /[?&]query=(-?[\d.]+)(?:,|%2C)(-?[\d.]+)/.exec(href);
  return found && { lat: Number(found[1]), lon: Number(found[2]) };
}

/** startIn returns the parameter of a link that opens the chat with the bot, or "" for other links. */
export const startIn = (href) => /^https:\/\/t\.me\/\w+\?start=([\w-]+)$/.exec(href)?.[1] ?? "";

/** stopIn returns the next stop of a tour, or its start after the last one, to which a message leads, or null for other messages. */
export function stopIn(event) {
  const buttons = (event.buttons ?? []).flat();
  return buttons.some((b) => b.Data?.startsWith("tour:end:")) ? buttons.map((b) => b.URL && mapPoint(b.URL)).find(Boolean) ?? null : null;
}

/** placeIn returns the place of a story, or null for other messages. A button opens its map; in a walk's story, which has a button for the next one, a link does. */
export function placeIn(event) {
  if (stopIn(event)) return null;
  const buttons = (event.buttons ?? []).flat();
  const page = new DOMParser().parseFromString(event.html ?? "", "text/html");
  const links = buttons.map((b) => b.URL ?? "");
  if (buttons.some((b) => b.Data?.startsWith("next:"))) links.push(page.querySelector("a")?.getAttribute("href") ?? "");
  const point = links.map(mapPoint).find(Boolean);
  const title = page.querySelector("b")?.textContent.replace(/^\d+\. /, "");
  return point && title ? { ...point, title } : null;
}

/** contents returns the elements inside the bubble of a message. on holds the callbacks of its parts. */
export function contents(event, on) {
  if (event.photo) return [picture(event, on, 480, 360, "photo_alt", "photo_enlarge"), node("div", { class: "words" }, event.plain ?? "")];
  if (event.method === "sendPhoto") return [picture(event, on, 1080, 1080, "picture_alt", "enlarge"), ...captions(event, on)];
  if (event.method === "sendDocument") return [download(event, on), ...captions(event, on)];
  if (event.method === "sendVoice" || event.method === "sendAudio") return [voice(event, on), ...captions(event, on)];
  if (event.method === "sendInvoice") return invoice(event, on);
  if (event.lat || event.lon) return location(event, on);
  const words = node("div", { class: "words" });
  if (event.html) words.append(markup(event.html, on));
  else words.append(event.plain ?? "");
  return event.preview ? [preview(event.preview), words] : [words];
}

/** service returns the text of a service message of Telegram, or "" for messages of people or the bot. */
export function service(event) {
  if (event.fromBot || !event.stars) return "";
  return event.stars > 0 ? say("you_paid", { n: event.stars }) : say("you_got", { n: -event.stars });
}

/** stamp returns the small line with the time, which also shows that a message was edited. */
export function stamp(event) {
  const edited = event.fromBot && event.edits > 0;
  return node("span", { class: "stamp" }, (edited ? say("edited") + " " : "") + clock(edited ? event.editedAt : event.at));
}

/** rows returns the rows of buttons below a message. */
export function rows(event, on) {
  return (event.buttons ?? []).map((row) => node("div", { class: "row" }, ...row.map((b) => {
    if (!b.URL) return press(b.Text, (click) => on.press(event.id, b.Data, click.currentTarget));
    const point = mapPoint(b.URL);
    if (point) return press(b.Text, () => on.map(point));
    if (startIn(b.URL)) return press(b.Text, () => on.start(startIn(b.URL)));
    return outward(node("a", { class: "button" }, b.Text), b.URL);
  })));
}

/** markup returns the elements of Telegram's HTML. */
export function markup(html, on) {
  const out = document.createDocumentFragment();
  const copy = (from, to) => {
    for (const child of from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        to.append(child.textContent);
      } else if (!allowed.has(child.nodeName)) {
        copy(child, to);
      } else {
        const made = child.nodeName === "A" ? link(child.getAttribute("href") ?? "", on) : node(child.nodeName.toLowerCase());
        copy(child, made);
        to.append(made);
      }
    }
  };
  copy(new DOMParser().parseFromString(html, "text/html").body, out);
  return out;
}

// link turns a link to a map into a button that shows the point on the page's own map.
function link(href, on) {
  const point = mapPoint(href);
  if (point) return press("", () => on.map(point), { class: "link", title: say("show_on_map") });
  return outward(node("a"), href);
}

function outward(a, href) {
  if (/^https?:\/\//.test(href)) Object.assign(a, { href, target: "_blank", rel: "noopener noreferrer" });
  return a;
}

// picture returns an image that a click enlarges. The keys are those of its words; the size in pixels reserves the space before the image is loaded.
function picture(event, on, width, height, alt, enlarge) {
  const image = node("img", { src: fileOf(on.person(), event.id), alt: say(alt), width, height });
  const button = press("", () => on.enlarge(image.src, image.alt), { class: "picture", "aria-label": say(enlarge) });
  button.append(image);
  return button;
}

function download(event, on) {
  return node("a", { class: "file", href: fileOf(on.person(), event.id), download: event.fileName },
    node("span", { class: "badge", "aria-hidden": true }, event.fileName.split(".").pop().toUpperCase()), node("span", {}, say("download", { file: event.fileName })));
}

// captions returns the caption of a file, if it has one.
function captions(event, on) {
  if (!event.html && !event.plain) return [];
  const words = node("div", { class: "words" });
  words.append(event.html ? markup(event.html, on) : event.plain);
  return [words];
}

// voice returns the player of a voice message. A simulated one is silent: the browser reads its text aloud, and the line below tells that.
function voice(event, on) {
  if (!event.spoken) return node("audio", { class: "voice", src: fileOf(on.person(), event.id), controls: true, preload: "none" });
  const text = event.spoken, able = "speechSynthesis" in window;
  const button = press("", () => {
    const playing = button.getAttribute("aria-pressed") === "true";
    speechSynthesis.cancel();
    if (playing) return;
    const said = new SpeechSynthesisUtterance(text);
    said.lang = on.language();
    said.onstart = () => button.setAttribute("aria-pressed", "true");
    said.onend = said.onerror = () => button.setAttribute("aria-pressed", "false");
    speechSynthesis.speak(said);
  }, { class: "voice", "aria-pressed": "false", "aria-label": say("play_voice"), disabled: !able });
  button.append(node("span", { class: "badge", "aria-hidden": true }, "▶"), node("span", { class: "fine" }, say(able ? "browser_voice" : "no_browser_voice")));
  return button;
}

function invoice(event, on) {
  const paid = on.paid(event.id);
  const words = node("div", { class: "words" }, node("b", {}, event.plain), "\n", event.detail);
  return [words, node("div", { class: "row inside" }, paid
    ? node("span", { class: "paid" }, say("paid"))
    : press(say("pay", { n: event.stars }), () => on.pay(event), { class: "main pay" }))];
}

function location(event, on) {
  const point = { lat: event.lat, lon: event.lon };
  const title = event.method === "sendVenue" ? event.plain : say(event.live ? "live" : on.shared(event.id) ? "live_over" : "location");
  const button = press("", () => on.map(point), { class: "place", title: say("show_on_map") });
  button.append(sketch(point, on.spots(), event.live), node("span", {}, node("b", {}, title),
    node("span", { class: "fine" }, event.detail ?? `${event.lat.toFixed(5)}, ${event.lon.toFixed(5)}`)));
  return [button];
}

// sketch returns a small map of the places within 400 m of a point.
function sketch(point, spots, live) {
  const flat = plane(point), w = 64, h = 48, scale = 0.06;
  const near = spots.map(flat.to).map(({ x, y }) => ({ x: w / 2 + x * scale, y: h / 2 + y * scale }))
    .filter(({ x, y }) => x > 3 && x < w - 3 && y > 3 && y < h - 3);
  return shape("svg", { class: "sketch", viewBox: `0 0 ${w} ${h}`, width: w, height: h, "aria-hidden": true },
    shape("path", { class: "grid", d: `M0 12H${w}M0 36H${w}M16 0V${h}M48 0V${h}` }),
    ...near.map(({ x, y }) => shape("circle", { class: "dot", cx: x, cy: y, r: 2.5 })),
    live ? shape("circle", { class: "body", cx: w / 2, cy: h / 2, r: 5 })
      : shape("path", { class: "pin", d: `M${w / 2} ${h / 2}c-7-9-8-11-8-14a8 8 0 0 1 16 0c0 3-1 5-8 14Z` }));
}

// preview names the picture that Telegram would load from outside. The demo does not load it.
function preview(address) {
  const { hostname, pathname } = URL.parse?.(address) ?? { hostname: address, pathname: "" };
  return node("div", { class: "preview" }, node("b", {}, hostname), node("span", {}, pathname.split("/").at(-1)), node("span", { class: "fine" }, say("preview")));
}
