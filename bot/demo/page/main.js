// The demo's page: a map on which the person walks, the chat with the bot, and the bot's numbers.

import { build, numbers, packs, real } from "./inside.js";
import { createChat } from "./chat.js";
import { createElsewhere } from "./elsewhere.js";
import { createFront } from "./front.js";
import { createPhotos } from "./photos.js";
import { createStroll } from "./stroll.js";
import { $ } from "./dom.js";
import { call, follow } from "./server.js";
import { language, load, say, speak, speaks } from "./words.js";

const narrow = matchMedia("(max-width: 56rem)"); // one pane at a time, as in look.css

let person, unfollow = () => {};
let world, stroll, chat, front, elsewhere;
let missed = 0; // messages that arrived while the chat was hidden

// act sends an action of the person. It returns undefined if the server refused it; the page then shows the reason.
async function act(body) {
  notice("");
  try {
    return await call("demo/act", { person, ...body });
  } catch (error) {
    failed(error);
  }
}

function notice(text) {
  $("notice").textContent = text;
  $("notice").hidden = !text;
}

const failed = (error) => notice(error.message);

// said shows that a message of the bot arrived while a phone shows another pane.
function said(event) {
  if (!narrow.matches || document.body.dataset.pane === "chat" || event.method === "sendVenue") return; // Telegram delivers a pin without a sound
  if (event.kind === "message") missed++;
  $("missed").textContent = missed || "";
  $("peek-text").textContent = (event.plain ?? "").split("\n")[0] || say("message");
  $("peek").hidden = false;
}

function pane(name) {
  document.body.dataset.pane = name;
  for (const b of $("panes").children) b.setAttribute("aria-pressed", String(b.dataset.pane === name));
  if (name !== "chat") return;
  missed = 0;
  $("missed").textContent = "";
  $("peek").hidden = true;
  chat.end();
}

// join gives the page its person: the one from before, if again is true and the program still knows them, else a new one.
async function join(again) {
  unfollow();
  stroll.begin();
  const was = again ? Number(sessionStorage.getItem("person")) : 0;
  ({ person } = await call("demo/join", { language: language(), person: was }));
  sessionStorage.setItem("person", person);
  chat.belong(person);
  elsewhere.forget();
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

// phone changes the language of the page and of the phone. The bot keeps the language that the person had at first.
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

// pressed is called for each button of the bot. If the button chooses a language that the page speaks, the page changes to it, too.
function pressed(data) {
  const [, code] = /^lang:(\w+)$/.exec(data) ?? [];
  if (code && code !== language() && speaks(code)) turn(code);
}

function wire() {
  const toast = (text) => chat.toast(text);
  const look = () => pane("map");
  stroll = createStroll(world, { act, toast, look });
  front = createFront({ act, toast });
  chat = createChat({
    act, said, pressed, pay: front.pay, enlarge: front.enlarge,
    locate: stroll.locate, map: stroll.point, told: stroll.told, next: stroll.next, spots: stroll.spots,
    ready: (shared) => shared && stroll.resume(shared),
  });
  elsewhere = createElsewhere(world.bot, {
    person: () => person, at: stroll.at, map: stroll.point,
    start(parameter) {
      pane("chat");
      act({ text: "/start " + parameter });
    },
  });
  createPhotos(world.pictures, async (picture) => {
    if (await stroll.near({ lat: picture.lat, lon: picture.lon })) await act({ picture: picture.id, text: say("photo_ask") });
  });
  $("restart").addEventListener("click", () => join(false).catch(failed));
  $("peek").addEventListener("click", () => pane("chat"));
  for (const b of $("panes").children) b.addEventListener("click", () => pane(b.dataset.pane));
  for (const b of $("languages").children) b.addEventListener("click", () => phone(b.dataset.language).catch(failed));
  document.addEventListener("language", () => {
    for (const b of $("languages").children) b.setAttribute("aria-pressed", String(b.dataset.language === language()));
    real(world);
    packs(world);
  });
}

async function begin() {
  [world] = await Promise.all([call("demo/world"), load()]);
  build();
  wire();
  pane("map");
  const wanted = sessionStorage.getItem("language") ?? navigator.language.slice(0, 2);
  speak(speaks(wanted) ? wanted : "en");
  await join(true);
}

begin().catch(failed);
