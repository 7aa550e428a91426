// The server renders the page. This script replaces its sections when newer ones arrive. Without scripts the page reloads every 10 s.
"use strict";

const parser = new DOMParser();
let events = null;

function show(html) {
  const fresh = parser.parseFromString(html, "text/html");
  for (const part of fresh.body.querySelectorAll(":scope > section")) {
    const old = document.getElementById(part.id);
    for (const details of part.querySelectorAll("details[id]")) details.open = document.getElementById(details.id)?.open ?? false;
    if (old && old.outerHTML !== part.outerHTML) old.replaceWith(document.adoptNode(part));
  }
  const words = { serving: "serving", strained: "strained", starting: "starting", down: "DOWN" };
  const state = ["serving", "strained", "starting", "down"].find((s) => document.getElementById("state").classList.contains(s));
  document.title = (words[state] || state) + " · Excursobot";
}

function connection(words) {
  const place = document.getElementById("link");
  if (place) place.textContent = words;
}

function listen() {
  if (events) return;
  events = new EventSource(document.body.dataset.events);
  events.addEventListener("page", (e) => {
    show(e.data);
    connection("· live");
  });
  events.addEventListener("error", () => {
    // CLOSED means that the server refused: the login has expired, or there are too many viewers.
    connection(events.readyState === EventSource.CLOSED ? "· updates ended: reload the page" : "· connection lost, reconnecting");
  });
}

function stop() {
  if (events) events.close();
  events = null;
}

// Pause while the page is hidden.
document.addEventListener("visibilitychange", () => (document.hidden ? stop() : listen()));
if (!document.hidden) listen();
