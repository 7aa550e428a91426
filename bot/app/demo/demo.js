"use strict";

const words = {
  en: {
    demo: "demo", language: "Language", restart: "Start over as somebody new", where: "Where are you?", city: "City",
    lat: "Latitude", lon: "Longitude", send_location: "Send location", walk: "Share live and walk", unshare: "Stop sharing", file: "Route as a file (GPX)", about: "What is real here", chat: "Chat",
    hint: "Choose a place under “Where are you?”: you will stand 70 m from it, and its story comes here.",
    typing: "The bot is typing…", write: "Write to the bot", send: "Send", location: "Location", edited: "edited",
    bad_point: "Latitude is -90 to 90, longitude -180 to 180.", gone: "The demo is not running any more.",
    real_bot: "The bot is real: its handlers, its store and its guide are those that people get.",
    sim_telegram: "Telegram is simulated in this program; nothing leaves your computer through it.",
    sim_wiki: "Wikipedia is simulated: it knows only the built-in places, and their texts are from the built-in pack, not from Wikipedia.",
    real_wiki: "Wikipedia is real, because WIKIPEDIA_CONTACT is set.",
    sim_model: "The language model is a stand-in: it waits 2 to 4 seconds and returns the pack's own text. Set OPENAI_API_KEY for a real one.",
    sim_model_real_wiki: "The language model is a stand-in that knows only the built-in places; elsewhere you get Wikipedia's own words. Set OPENAI_API_KEY for a real one.",
    real_model: "The language model is real, because OPENAI_API_KEY is set.",
    library: "A story that was told once is in the library: the next person there gets it at once.",
  },
  ru: {
    demo: "демо", language: "Язык", restart: "Начать заново другим человеком", where: "Где вы?", city: "Город",
    lat: "Широта", lon: "Долгота", send_location: "Отправить геопозицию", walk: "Включить трансляцию и пойти", unshare: "Остановить трансляцию", file: "Маршрут файлом (GPX)", about: "Что здесь настоящее", chat: "Чат",
    hint: "Выберите место в разделе «Где вы?»: вы окажетесь в 70 м от него, а история придёт сюда.",
    typing: "Бот печатает…", write: "Написать боту", send: "Отправить", location: "Геопозиция", edited: "изменено",
    bad_point: "Широта от -90 до 90, долгота от -180 до 180.", gone: "Демо больше не запущено.",
    real_bot: "Бот настоящий: те же обработчики, то же хранилище и тот же рассказчик, что и у людей.",
    sim_telegram: "Telegram имитируется внутри программы; через него ничего не покидает ваш компьютер.",
    sim_wiki: "Википедия имитируется: она знает только встроенные места, и тексты о них из встроенного набора, а не из Википедии.",
    real_wiki: "Википедия настоящая: задан WIKIPEDIA_CONTACT.",
    sim_model: "Вместо языковой модели дублёр: он ждёт от 2 до 4 секунд и возвращает текст из набора. Для настоящей задайте OPENAI_API_KEY.",
    sim_model_real_wiki: "Вместо языковой модели дублёр, который знает только встроенные места; в других местах будут слова самой Википедии. Для настоящей задайте OPENAI_API_KEY.",
    real_model: "Языковая модель настоящая: задан OPENAI_API_KEY.",
    library: "Однажды рассказанная история остаётся в библиотеке: следующий человек получит её сразу.",
  },
};

const $ = (id) => document.getElementById(id);
let language = sessionStorage.getItem("language") || (navigator.language.startsWith("ru") ? "ru" : "en");
let person = 0;
let stage = null;
let source = null;
let typingTimer = 0;
let walking = null; // the live location that is shared

function say(key) { return words[language][key]; }

function node(tag, className, text) {
  const n = document.createElement(tag);
  if (className) n.className = className;
  if (text !== undefined) n.textContent = text;
  return n;
}

function notice(text) {
  $("notice").textContent = text || "";
  $("notice").hidden = !text;
}

async function call(path, body) {
  let answer;
  try {
    answer = await fetch(path, body && {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
    });
  } catch {
    throw new Error(say("gone"));
  }
  if (!answer.ok) throw new Error((await answer.text()).trim());
  return answer.status === 204 ? null : answer.json();
}

async function act(body) {
  notice("");
  try {
    return await call("demo/act", { person, ...body });
  } catch (error) {
    notice(error.message);
  }
}

// Telegram's markup, rebuilt from a short list of elements; everything else becomes its text.
const allowed = new Set(["B", "STRONG", "I", "EM", "U", "S", "CODE", "PRE", "A", "BLOCKQUOTE"]);

function markup(html) {
  const out = document.createDocumentFragment();
  const copy = (from, to) => {
    for (const child of from.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) {
        to.append(child.textContent);
        continue;
      }
      if (!allowed.has(child.nodeName)) {
        copy(child, to);
        continue;
      }
      const made = node(child.nodeName.toLowerCase());
      const href = child.getAttribute("href") || "";
      if (child.nodeName === "A" && /^https?:\/\//.test(href)) outward(made, href);
      copy(child, made);
      to.append(made);
    }
  };
  copy(new DOMParser().parseFromString(html, "text/html").body, out);
  return out;
}

function outward(link, href) {
  link.href = href;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

function show(event) {
  const id = "message-" + event.id;
  let item = $(id);
  const known = Boolean(item);
  if (!item) {
    item = node("li", "message" + (event.fromBot ? "" : " mine"));
    item.id = id;
    $("messages").append(item);
  }
  item.replaceChildren();
  if (event.html) item.append(markup(event.html));
  else if (event.plain) item.append(event.plain);
  if (event.lat || event.lon) item.append(`📍 ${event.plain ? "" : say("location")} ${event.lat.toFixed(5)}, ${event.lon.toFixed(5)}`);
  const file = `demo/file?person=${person}&message=${event.id}`;
  if (event.method === "sendPhoto") {
    const picture = node("img", "picture");
    picture.src = file;
    picture.alt = "";
    item.append(picture);
  }
  if (event.method === "sendDocument") {
    const link = node("a", "", say("file"));
    link.href = file;
    item.append(link);
  }
  for (const row of event.buttons || []) {
    const line = node("div", "row");
    for (const b of row) line.append(button(event.id, b));
    item.append(line);
  }
  for (const labels of event.keyboard || []) {
    const line = node("div", "row");
    for (const text of labels) line.append(ask(text));
    item.append(line);
  }
  if (event.edits) item.append(node("div", "edited", say("edited")));
  if (known) {
    item.classList.remove("fresh");
    void item.offsetWidth; // restarts the animation
    item.classList.add("fresh");
  }
  if (!known || event.fromBot) item.scrollIntoView({ block: "nearest" }); // one's own walk moves every two seconds
}

function button(message, b) {
  if (b.URL) {
    const link = node("a", "button", b.Text);
    if (/^https?:\/\//.test(b.URL)) outward(link, b.URL);
    return link;
  }
  const made = node("button", "", b.Text);
  made.type = "button";
  made.addEventListener("click", () => act({ message, data: b.Data }));
  return made;
}

// A reply keyboard's button: the one that asks for the location sends the point in the form, others send their label.
function ask(text) {
  const made = node("button", "", text);
  made.type = "button";
  made.addEventListener("click", () => (text.startsWith("📍") ? locate() : act({ text })));
  return made;
}

function typing(on) {
  clearTimeout(typingTimer);
  $("typing").hidden = !on;
  if (on) typingTimer = setTimeout(() => typing(false), 5000);
}

function happened(event) {
  switch (event.kind) {
    case "message":
      if (event.fromBot) typing(false);
      show(event);
      break;
    case "edit":
      typing(false);
      show(event);
      break;
    case "delete":
      $("message-" + event.id)?.remove();
      break;
    case "typing":
      typing(true);
      break;
    case "callback_answer":
      if (event.text) notice(event.text);
      break;
  }
}

function follow() {
  source?.close();
  $("messages").replaceChildren();
  source = new EventSource("demo/events?person=" + person);
  source.onmessage = (m) => happened(JSON.parse(m.data));
  source.onopen = () => notice("");
  source.onerror = () => notice(say("gone"));
}

async function join() {
  halt();
  const made = await call("demo/join", { language });
  person = made.person;
  follow();
}

function label() {
  document.documentElement.lang = language;
  for (const n of document.querySelectorAll("[data-text]")) n.textContent = say(n.dataset.text);
  for (const n of document.querySelectorAll("[data-placeholder]")) {
    n.placeholder = say(n.dataset.placeholder);
    n.setAttribute("aria-label", n.placeholder);
  }
  const chosen = Math.max(0, $("city").selectedIndex);
  $("city").replaceChildren(...stage.cities.map((c, i) => {
    const option = node("option", "", c.names[language]);
    option.value = i;
    return option;
  }));
  $("city").selectedIndex = chosen;
  spots();
  $("walk").textContent = say(walking ? "unshare" : "walk");
  if (!$("lat").value) place(stage.cities[0].spots[0]);
  const model = stage.realModel ? "real_model" : stage.realWikipedia ? "sim_model_real_wiki" : "sim_model";
  const facts = ["real_bot", "sim_telegram", stage.realWikipedia ? "real_wiki" : "sim_wiki", model, "library"];
  $("simulated").replaceChildren(...facts.map((key) => node("li", "", say(key))));
}

// A person stands some steps (70 m) beside the place.
function place(spot) {
  $("lat").value = (spot.Lat + 0.0006).toFixed(5);
  $("lon").value = spot.Lon.toFixed(5);
}

function spots() {
  const city = stage.cities[Number($("city").value) || 0];
  $("spots").replaceChildren(...city.spots.map((s) => {
    const b = node("button", "", s.names[language]);
    b.type = "button";
    b.addEventListener("click", () => {
      place(s);
      locate();
    });
    return b;
  }));
}

function point() {
  const number = (id) => Number($(id).value.trim().replace(",", "."));
  const lat = number("lat"), lon = number("lon");
  if (Math.abs(lat) <= 90 && Math.abs(lon) <= 180) return { lat, lon };
  notice(say("bad_point"));
  return null;
}

function locate() {
  const at = point();
  if (at) act(at);
}

// A walk shares the location and goes from place to place, faster than people do (10 m/s).
async function walk() {
  if (walking) {
    act({ walk: walking.message });
    halt();
    return;
  }
  const at = point();
  if (!at) return;
  const made = await act({ ...at, share: true });
  if (!made) return;
  const route = stage.cities[Number($("city").value) || 0].spots.map((s) => ({ lat: s.Lat, lon: s.Lon }));
  walking = { message: made.walk, at, route, timer: setInterval(step, 2000) };
  $("walk").textContent = say("unshare");
}

function step() {
  const east = 111320 * Math.cos(walking.at.lat * Math.PI / 180), north = 111320, metres = 20;
  const away = (s) => Math.hypot((s.lat - walking.at.lat) * north, (s.lon - walking.at.lon) * east);
  walking.route.sort((a, b) => away(a) - away(b));
  if (away(walking.route[0]) < metres && walking.route.length > 1) walking.route.shift();
  const goal = walking.route[0], part = Math.min(1, metres / Math.max(1, away(goal)));
  walking.at = { lat: walking.at.lat + (goal.lat - walking.at.lat) * part, lon: walking.at.lon + (goal.lon - walking.at.lon) * part };
  call("demo/act", { person, ...walking.at, walk: walking.message }).catch((error) => {
    halt();
    notice(error.message);
  });
}

function halt() {
  clearInterval(walking?.timer);
  walking = null;
  $("walk").textContent = say("walk");
}

async function begin() {
  stage = await call("demo/stage");
  $("language").value = language;
  label();
  $("city").addEventListener("change", spots);
  $("point").addEventListener("submit", (e) => { e.preventDefault(); locate(); });
  $("walk").addEventListener("click", walk);
  $("say").addEventListener("submit", (e) => {
    e.preventDefault();
    const text = $("text").value.trim();
    $("text").value = "";
    if (text) act({ text });
  });
  for (const b of document.querySelectorAll("[data-say]")) b.addEventListener("click", () => act({ text: b.dataset.say }));
  $("restart").addEventListener("click", () => join().catch((error) => notice(error.message)));
  $("language").addEventListener("change", () => {
    language = $("language").value;
    sessionStorage.setItem("language", language);
    label();
    join().catch((error) => notice(error.message)); // somebody whose Telegram speaks that language
  });
  await join();
}

begin().catch((error) => notice(error.message));
