// The demo's page: a map on which one walks, the chat with the bot, and what the bot does meanwhile.

import { build, numbers, real } from "./inside.js";
import { createChat } from "./chat.js";
import { createFront } from "./front.js";
import { createMap } from "./map.js";
import { createWalker } from "./walker.js";
import { $, node, press } from "./dom.js";
import { distance, offset } from "./geo.js";
import { nameOf } from "./draw.js";
import { call, follow } from "./server.js";
import { language, load, metres, say, speak, speaks } from "./words.js";

const beside = 20; // metres from a place that one goes to
const same = 5; // metres between two points that are one place
const narrow = matchMedia("(max-width: 56rem)");

const stage = { cities: [] };
let city, person, unfollow = () => {};
let map, walker, chat, front;
let missed = 0; // messages that came while the chat was not seen

// act sends what the person does; undefined means that it was refused, and the page says why.
async function act(body) {
  notice("");
  try {
    return await call("demo/act", { person, ...body });
  } catch (error) {
    notice(error.message);
  }
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

// ---- the map and the walker

const locate = () => act({ lat: walker.at.lat, lon: walker.at.lon });

// go puts the person somewhere: who shares a location is followed, everybody else sends the new one.
function go(point) {
  walker.move(point);
  if (!walker.sharing) locate();
}

const visit = (spot) => go(offset(spot, 0, -beside));

function showWalker() {
  map.lead(walker.way, walker.trail);
  map.stand(walker.at, { follow: walker.going });
  $("walk").textContent = say(walker.going ? "pause" : walker.sharing ? "go_on" : "walk");
  $("walk").classList.toggle("main", !walker.going);
  $("locate").classList.toggle("main", false);
  $("unshare").hidden = !walker.sharing;
  $("hint").textContent = say(walker.sharing ? "hint_share" : "hint");
}

// nearest says in words where the walker is, for who can't see the map. The steps of a walk would be too many words.
function nearest() {
  $("where").hidden = walker.going;
  const [spot] = [...city.spots].sort((a, b) => distance(walker.at, a) - distance(walker.at, b));
  $("where").textContent = say("near", { place: nameOf(spot), distance: metres(distance(walker.at, spot)) });
}

async function walk() {
  if (walker.going) {
    walker.pause();
    nearest();
    return;
  }
  if (!walker.sharing && !await walker.share(stage.shared)) return;
  walker.go(city.spots.filter((s) => !s.found).map(({ lat, lon }) => ({ lat, lon })));
  map.fit();
  nearest();
}

function pace() {
  const times = document.querySelector("[name=speed]:checked").value;
  walker.speed = Number(times);
  $("pace").textContent = say("pace_" + times);
}

// told marks a place whose story came. One that the map does not know, because it is Wikipedia's, is put on it.
function told(place) {
  for (const c of stage.cities) {
    const spot = c.spots.find((s) => distance(s, place) < same);
    if (spot) {
      spot.told = true;
      map.draw();
      return;
    }
  }
  const found = { lat: place.lat, lon: place.lon, names: { en: place.title, ru: place.title }, told: true, found: true };
  if (distance(city.spots[0], place) < 30_000) map.add(found);
}

// point shows where something is.
function point(at) {
  const there = stage.cities.find((c) => c.spots.some((s) => distance(s, at) < 30_000));
  if (there && there !== city) enter(there);
  pane("map");
  map.highlight(at);
}

// enter turns to a city. The walker comes along, unless they share where they are.
function enter(to) {
  city = to;
  sessionStorage.setItem("city", city.id);
  for (const b of $("cities").children) b.setAttribute("aria-pressed", String(b.dataset.city === city.id));
  map.show(city.spots[0], city.spots);
  if (!walker.sharing && distance(walker.at, city.spots[0]) > 20_000) {
    walker.move(offset(city.spots[0], 0, -beside));
  }
  map.fit();
  nearest();
}

// ---- the chat

// said marks what the bot said while one looks at another pane of a phone.
function said(event) {
  if (document.body.dataset.pane === "chat" || !narrow.matches) return;
  if (event.method === "sendVenue") return; // a pin comes without a sound
  if (event.kind === "message") missed++;
  $("missed").textContent = missed || "";
  const words = (event.plain ?? "").split("\n")[0];
  $("peek-text").textContent = words || say("message");
  $("peek").hidden = false;
}

function pane(name) {
  document.body.dataset.pane = name;
  for (const b of $("panes").children) b.setAttribute("aria-pressed", String(b.dataset.pane === name));
  if (name !== "chat") return;
  missed = 0;
  $("missed").textContent = "";
  $("peek").hidden = true;
  $("messages").scrollTop = $("messages").scrollHeight;
}

// ---- who plays

// join makes the page somebody: who it was before, if again and if the program still knows them, else somebody new.
async function join(again) {
  unfollow();
  walker.forget();
  const was = again ? Number(sessionStorage.getItem("person")) : 0;
  ({ person } = await call("demo/join", { language: language(), person: was }));
  sessionStorage.setItem("person", person);
  for (const c of stage.cities) {
    c.spots = c.spots.filter((s) => !s.found);
    for (const s of c.spots) s.told = false;
  }
  map.show(city.spots[0], city.spots);
  chat.belong(person);
  unfollow = follow(person, {
    numbers,
    event(e) {
      if (e.kind === "precheckout_answer") front.answered(e.text ?? "");
      else chat.happened(e);
    },
    open: () => notice(""),
    lost(unknown) {
      notice(say("gone"));
      if (unknown) join(false).catch(failed);
    },
  });
}

// ready goes on with what was there before the page was loaded anew.
function ready(shared) {
  if (!shared || walker.sharing) return;
  walker.resume(shared.id, { lat: shared.lat, lon: shared.lon }, shared.at + stage.shared * 1000);
}

const failed = (error) => notice(error.message);

// phone changes the language of the page and of the phone. The bot keeps the one in which it met the person.
async function phone(code) {
  if (code === language()) return;
  turn(code);
  await call("demo/join", { language: code, person });
  if ($("messages").children.length > 0) chat.toast(say("bot_language"));
}

function turn(code) {
  sessionStorage.setItem("language", code);
  speak(code);
}

function relabel() {
  for (const b of $("languages").children) b.setAttribute("aria-pressed", String(b.dataset.language === language()));
  $("cities").replaceChildren(...stage.cities.map((c) => press(nameOf(c), () => enter(c), { "data-city": c.id, "aria-pressed": String(c === city) })));
  real(stage);
  pace();
  nearest();
  showWalker();
}

// ---- the beginning

function wire() {
  front = createFront({ act, toast: (text) => chat.toast(text) });
  chat = createChat({
    act, locate, map: point, told, said, ready, pay: front.pay, enlarge: front.enlarge,
    spots: () => stage.cities.flatMap((c) => c.spots),
    pressed(data) { // the bot's own button for a language: the page follows
      const [, code] = /^lang:(\w+)$/.exec(data) ?? [];
      if (code && code !== language() && speaks(code)) turn(code);
    },
  });
  map = createMap($("map"), {
    go, visit, send: locate,
    drag: (p) => walker.move(p),
    dropped: nearest,
    step(east, north) {
      walker.move(offset(walker.at, east, north));
      map.stand(walker.at);
      nearest();
    },
  });
  walker = createWalker(offset(city.spots[0], 0, -beside), {
    act, changed: showWalker,
    arrived() {
      chat.toast(say("arrived"));
      nearest();
    },
  });
  const click = (id, what) => $(id).addEventListener("click", () => Promise.resolve(what()).catch(failed));
  click("locate", locate);
  click("walk", walk);
  click("unshare", async () => {
    await walker.unshare();
    nearest();
  });
  click("restart", () => join(false));
  click("zoom-in", () => map.zoom(1.5));
  click("zoom-out", () => map.zoom(1 / 1.5));
  click("fit", () => map.fit());
  click("peek", () => pane("chat"));
  $("speed").addEventListener("change", pace);
  for (const b of $("panes").children) b.addEventListener("click", () => pane(b.dataset.pane));
  for (const b of $("languages").children) b.addEventListener("click", () => phone(b.dataset.language).catch(failed));
  document.addEventListener("language", relabel);
}

async function begin() {
  const [answer] = await Promise.all([call("demo/stage"), load()]);
  Object.assign(stage, answer);
  city = stage.cities.find((c) => c.id === sessionStorage.getItem("city")) ?? stage.cities[0];
  build();
  wire();
  const wanted = sessionStorage.getItem("language") ?? navigator.language.slice(0, 2);
  pane("map");
  speak(speaks(wanted) ? wanted : "en");
  enter(city);
  await join(true);
}

begin().catch(failed);
