// The drawing of the map: layers of SVG that are drawn again whenever the view changes. A city has a dozen places, so this is cheap.

import { shape, set } from "./dom.js";
import { around, arrange, widest } from "./labels.js";
import { language, say } from "./words.js";

const firstRing = 300; // metres: the guide searches this circle first

/** createDrawing fills an svg element with layers, the lowest first. */
export function createDrawing(root) {
  const grid = shape("path", { class: "grid" });
  const ring = shape("circle", { class: "ring" });
  const ringText = shape("text", { class: "ring-text", "text-anchor": "middle" });
  const trail = shape("path", { class: "trail" });
  const way = shape("path", { class: "way" });
  const mark = shape("circle", { class: "mark", r: 20 });
  const spots = shape("g");
  const walker = shape("g", { class: "walker" },
    shape("circle", { class: "touch", r: 22 }), shape("path", { class: "heading", d: "M0-25 6-16-6-16Z" }),
    shape("circle", { class: "halo", r: 12 }), shape("circle", { class: "body", r: 7 }));
  const tip = shape("g", { class: "tip" }, shape("rect", { rx: 6, height: 24 }), shape("text", { y: 16.5, x: 8 }));
  const bar = shape("path", { class: "bar" });
  const barText = shape("text", { class: "bar-text" });
  const north = shape("g", { class: "north" }, shape("path", { d: "M0-12 5 2 0-1-5 2Z" }), shape("text", { y: 15, "text-anchor": "middle" }));
  root.append(grid, ring, ringText, trail, way, mark, spots, walker, bar, barText, north, tip);

  // point shows the name of a place whose label found no room.
  const point = (spot) => {
    set(tip, { class: spot && spot.g.classList.contains("crowded") ? "tip shown" : "tip" });
    if (!spot) return;
    const [box, text] = tip.children;
    text.textContent = nameOf(spot);
    const w = text.getComputedTextLength() + 16;
    set(box, { width: w });
    const x = Math.max(4, Math.min(spot.x - w / 2, root.clientWidth - w - 4));
    set(tip, { transform: `translate(${x} ${spot.y > 50 ? spot.y - 38 : spot.y + 16})` });
  };

  function build(spot) {
    spot.label = shape("text", {});
    spot.g = shape("g", { class: "spot", role: "button", tabindex: 0 },
      shape("circle", { class: "touch", r: 13 }), shape("circle", { class: "dot", r: 6 }),
      shape("g", { class: "tick" }, shape("circle", { r: 9 }), shape("path", { d: "M-4 0-1 3 4-3" })), spot.label);
    for (const type of ["pointerenter", "focus"]) spot.g.addEventListener(type, () => point(spot));
    for (const type of ["pointerleave", "blur"]) spot.g.addEventListener(type, () => point(null));
  }

  return {
    /** keep makes the map show these places. Elements that are there already stay, so that none loses the focus. */
    keep(list) {
      for (const spot of list) if (!spot.g) build(spot);
      for (const old of [...spots.children]) if (!list.some((s) => s.g === old)) old.remove();
      for (const spot of list) if (spot.g.parentNode !== spots) spots.append(spot.g);
      point(null);
    },

    draw(now) {
      set(root, { viewBox: `0 0 ${now.w} ${now.h}` });
      set(grid, { d: gridOf(now) });
      drawWalker(now);
      set(trail, { d: lineOf(now, now.trail) });
      set(way, { d: lineOf(now, now.way) });
      set(mark, { visibility: now.mark ? "visible" : "hidden", ...(now.mark && at(now.seen(now.mark))) });
      for (const spot of now.spots) {
        Object.assign(spot, now.seen(spot));
        set(spot.g, { transform: `translate(${spot.x} ${spot.y})`, class: spot.told ? "spot told" : "spot", "aria-label": told(spot) });
        if (spot.label.textContent !== nameOf(spot)) {
          spot.label.textContent = nameOf(spot);
          spot.width = 0;
        }
      }
      arrange(now.spots, walkerBoxes(now), now.w, now.h);
      drawScale(now);
    },
  };

  function drawWalker(now) {
    const there = Boolean(now.walker);
    for (const part of [walker, ring, ringText]) set(part, { visibility: there ? "visible" : "hidden" });
    if (!there) return;
    const { x, y } = now.seen(now.walker), r = firstRing * now.view.scale;
    set(walker, { transform: `translate(${x} ${y})`, class: now.walker.live ? "walker live" : "walker" });
    const heading = walker.querySelector(".heading");
    set(heading, { visibility: now.walker.heading === undefined ? "hidden" : "inherit", transform: `rotate(${now.walker.heading ?? 0})` });
    set(ring, { cx: x, cy: y, r });
    set(ringText, { x, y: y - r - 4, visibility: r > 26 ? "visible" : "hidden" });
    ringText.textContent = say("metres", { n: firstRing });
  }

  function drawScale(now) {
    const length = niceBelow(widest(now.w) / now.view.scale), w = length * now.view.scale, y = now.h - 16;
    set(bar, { d: `M14 ${y - 5}V${y}H${14 + w}V${y - 5}` });
    set(barText, { x: 14 + w / 2, y: y - 8, "text-anchor": "middle" });
    barText.textContent = length < 1000 ? say("metres", { n: length }) : say("kilometres", { n: length / 1000 });
    set(north, { transform: "translate(22 26)" });
    north.querySelector("text").textContent = say("north");
  }
}

// Boxes that labels may not cover: the walker, and the distance at the walker's circle.
function walkerBoxes(now) {
  if (!now.walker) return [];
  const { x, y } = now.seen(now.walker), top = y - firstRing * now.view.scale - 15;
  return [around({ x, y }, 13), { left: x - 20, top, right: x + 20, bottom: top + 14 }];
}

const at = ({ x, y }) => ({ cx: x, cy: y });
const told = (spot) => (spot.told ? say("spot_told", { place: nameOf(spot) }) : nameOf(spot));

/** nameOf returns the name of a place in the page's language. */
export const nameOf = (spot) => spot.names[language()] ?? spot.names.en;

function lineOf(now, points) {
  return points.length < 2 ? "" : "M" + points.map(now.seen).map(({ x, y }) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
}

/** niceBelow returns the largest of 1, 2, 5, 10, 20 ... that is not above n. */
export function niceBelow(n) {
  const ten = 10 ** Math.floor(Math.log10(n));
  return ten * (n / ten >= 5 ? 5 : n / ten >= 2 ? 2 : 1);
}

// The lines of the grid are a round number of metres apart. The scale bar shows that number.
function gridOf({ w, h, view }) {
  const step = niceBelow(widest(w) / view.scale);
  let d = "";
  for (let x = Math.ceil((view.x - w / 2 / view.scale) / step) * step; (x - view.x) * view.scale < w / 2; x += step) {
    d += `M${((x - view.x) * view.scale + w / 2).toFixed(1)} 0V${h}`;
  }
  for (let y = Math.ceil((view.y - h / 2 / view.scale) / step) * step; (y - view.y) * view.scale < h / 2; y += step) {
    d += `M0 ${((y - view.y) * view.scale + h / 2).toFixed(1)}H${w}`;
  }
  return d;
}
