// The layout of the places' names on the map. Each name goes to the first side of its dot where it covers nothing. A name that fits nowhere is
// hidden until the pointer or the focus is on its place.

import { set } from "./dom.js";

const line = 15; // pixels
const reach = 11; // from the dot's middle
const away = 20; // the same for a dot that the walker covers

const sides = [reach, away].flatMap((r) => [
  (w) => ({ x: r, y: 4, left: r, anchor: "start", top: -8, w }),
  (w) => ({ x: -r, y: 4, left: -r - w, anchor: "end", top: -8, w }),
  (w) => ({ x: 0, y: r + 9, left: -w / 2, anchor: "middle", top: r - 2, w }),
  (w) => ({ x: 0, y: -r - 1, left: -w / 2, anchor: "middle", top: -r - 13, w }),
]);

/** arrange puts the spots' labels on a map of the given size, outside all other boxes. Places that were told choose first. */
export function arrange(spots, others, width, height) {
  const taken = spots.map((s) => ({ ...around(s, 7), of: s }));
  taken.push(...others, ...corners(width, height));
  for (const spot of [...spots].sort((a, b) => Number(b.told ?? false) - Number(a.told ?? false) || a.y - b.y)) {
    spot.width ||= spot.label.getComputedTextLength();
    const side = sides.map((make) => make(spot.width)).find((s) => {
      const box = boxOf(spot, s);
      return box.left > 2 && box.right < width - 2 && box.top > 2 && box.bottom < height - 2 &&
        !taken.some((t) => t.of !== spot && overlap(t, box));
    });
    spot.g.classList.toggle("crowded", !side);
    if (!side) continue;
    taken.push({ ...boxOf(spot, side), of: spot });
    set(spot.label, { x: side.x, y: side.y, "text-anchor": side.anchor });
  }
}

// The boxes of the corners: the zoom buttons, the north arrow, and the scale.
const corners = (w, h) => [
  { left: w - 56, top: 0, right: w, bottom: 145 }, { left: 0, top: 0, right: 40, bottom: 46 }, { left: 0, top: h - 44, right: 20 + widest(w), bottom: h },
];

/** widest returns the greatest length of the scale bar in pixels on a map of the given width. */
export const widest = (w) => Math.min(110, w / 4);

/** around returns the box that reaches r pixels from a point to each side. */
export const around = ({ x, y }, r) => ({ left: x - r, top: y - r, right: x + r, bottom: y + r });

function boxOf(spot, side) {
  const left = spot.x + side.left, top = spot.y + side.top;
  return { left, top, right: left + side.w, bottom: top + line };
}

const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
