// The person's position: the cities, the map with its walker, and the buttons that move them.

import { createMap } from "./map.js";
import { createWalker } from "./walker.js";
import { $, press } from "./dom.js";
import { distance, offset } from "./geo.js";
import { nameOf } from "./draw.js";
import { metres, say } from "./words.js";

const beside = 20; // metres between a place and the person who visits it
const same = 5; // metres: two points that are closer are one place
const fresh = 10 * 60_000; // milliseconds for which the bot knows where a person is; it takes a photo to be from there for 15 minutes
const around = 30_000; // metres: the radius of a city

/**
 * createStroll wires the map and its buttons. world is the answer to demo/world, act(body) sends an action of the person, toast(text) shows a
 * short note, and look() brings the map to the front.
 */
export function createStroll(world, { act, toast, look }) {
  let located = null; // the last location that was sent by itself, and when
  let stop = null; // the next one of a tour, until the walker is there
  let city = world.cities.find((c) => c.id === sessionStorage.getItem("city")) ?? world.cities[0];

  const map = createMap($("map"), {
    go, send: locate,
    visit: (spot) => go(offset(spot, 0, -beside)),
    drag: (p) => walker.move(p),
    dropped: nearest,
    step(east, north) {
      walker.move(offset(walker.at, east, north));
      map.stand(walker.at);
      nearest();
    },
  });
  const walker = createWalker(offset(city.spots[0], 0, -beside), {
    act, changed: show,
    arrived() {
      if (!stop) toast(say("arrived"));
      stop = null; // the bot tells its story, and leads on
      nearest();
    },
  });

  function locate() {
    located = { ...walker.at, at: Date.now() };
    return act({ lat: walker.at.lat, lon: walker.at.lon });
  }

  // go moves the person. A live location is sent by the walker; without one, go sends the new position.
  function go(point) {
    walker.move(point);
    nearest();
    if (!walker.sharing) locate();
  }

  function show() {
    map.lead(walker.way, walker.trail);
    map.stand(walker.at, { follow: walker.going });
    $("walk").textContent = say(walker.going ? "pause" : walker.sharing ? "go_on" : "walk");
    $("walk").classList.toggle("main", !walker.going);
    $("unshare").hidden = !walker.sharing;
    $("hint").textContent = say(walker.sharing ? "hint_share" : "hint");
  }

  // nearest describes the walker's position in words, for people who cannot see the map. It is hidden during a walk, because it would change too often.
  function nearest() {
    const [spot] = [...city.spots].sort((a, b) => distance(walker.at, a) - distance(walker.at, b));
    $("where").hidden = walker.going;
    $("where").textContent = say("near", { place: nameOf(spot), distance: metres(distance(walker.at, spot)) });
  }

  async function walk() {
    if (walker.going) {
      walker.pause();
    } else {
      if (!walker.sharing && !await walker.share(world.shared)) return;
      if (stop) walker.lead(stop);
      else walker.go(city.spots.filter((s) => !s.found).map(({ lat, lon }) => ({ lat, lon })));
      map.fit();
    }
    nearest();
  }

  async function unshare() {
    toast("");
    await walker.unshare();
    nearest();
  }

  function pace() {
    const times = document.querySelector("[name=speed]:checked").value;
    walker.speed = Number(times);
    $("pace").textContent = say("pace_" + times);
  }

  // enter shows a city. The walker moves there, too, unless they share their location.
  function enter(to) {
    city = to;
    sessionStorage.setItem("city", city.id);
    for (const b of $("cities").children) b.setAttribute("aria-pressed", String(b.dataset.city === city.id));
    map.show(city.spots[0], city.spots);
    if (!walker.sharing && distance(walker.at, city.spots[0]) > around) walker.move(offset(city.spots[0], 0, -beside));
    map.fit();
    nearest();
  }

  $("walk").addEventListener("click", walk);
  $("locate").addEventListener("click", locate);
  $("unshare").addEventListener("click", unshare);
  $("speed").addEventListener("change", pace);
  $("zoom-in").addEventListener("click", () => map.zoom(1.5));
  $("zoom-out").addEventListener("click", () => map.zoom(1 / 1.5));
  $("fit").addEventListener("click", () => map.fit());
  document.addEventListener("language", () => {
    $("cities").replaceChildren(...world.cities.map((c) => press(nameOf(c), () => enter(c), { "data-city": c.id, "aria-pressed": String(c === city) })));
    pace();
    nearest();
    show();
  });

  return {
    locate,
    /** at returns where the person is. */
    at: () => ({ lat: walker.at.lat, lon: walker.at.lon }),
    spots: () => world.cities.flatMap((c) => c.spots),

    /**
     * near brings the person to the point, in its city, and tells the bot. If they are there already, and the bot was told a short time ago, it does nothing.
     * It returns false if the server refused.
     */
    async near(point) {
      if (located && distance(located, point) < same && distance(walker.at, point) < same && Date.now() - located.at < fresh) return true;
      const there = world.cities.find((c) => distance(c.spots[0], point) < around);
      if (there && there !== city) enter(there);
      walker.move(point);
      map.stand(walker.at);
      nearest();
      const sent = await (walker.sharing ? act({ lat: point.lat, lon: point.lon, walk: walker.sharing }) : locate());
      return sent !== undefined;
    },
    /** told marks a place whose story arrived. A place from the real Wikipedia is added to the map. */
    told(place) {
      const spot = world.cities.flatMap((c) => c.spots).find((s) => distance(s, place) < same);
      if (spot) spot.told = true;
      else if (distance(city.spots[0], place) < around) map.add({ ...place, names: { en: place.title, ru: place.title }, told: true, found: true });
      map.draw();
    },
    /** next leads a walker who shares their location to the next stop of a tour. Others go there with the walk button. */
    next(point) {
      stop = point;
      if (!walker.sharing) return;
      walker.lead(stop);
      nearest();
    },
    /** point shows a point, in its city if the map has that city. */
    point(at) {
      const there = world.cities.find((c) => distance(c.spots[0], at) < around);
      if (there && there !== city) enter(there);
      look();
      map.highlight(at);
    },
    /** begin resets the map for a new person. */
    begin() {
      walker.forget();
      [stop, located] = [null, null];
      for (const c of world.cities) {
        c.spots = c.spots.filter((s) => !s.found);
        for (const s of c.spots) s.told = false;
      }
      enter(city);
    },
    /** resume continues a live location that was shared before the page was reloaded. */
    resume(shared) {
      if (walker.sharing) return;
      const there = world.cities.find((c) => distance(c.spots[0], shared) < around);
      walker.resume(shared.id, { lat: shared.lat, lon: shared.lon }, shared.at + world.shared * 1000);
      enter(there ?? city);
    },
  };
}
