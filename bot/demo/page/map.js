// The map: the visible part of a city, and its input events. The drawing is in draw.js.
//
// It shows no coastline and no street, because that would need map data from outside. Distances, directions and the positions of the places
// are right.

import { distance, plane } from "./geo.js";
import { createDrawing } from "./draw.js";

const slack = 5; // pixels that a finger may move during a click
const pointed = 6000; // milliseconds for which a mark is shown
const closest = 2, farthest = 0.02; // pixels a metre
const margin = 0.13; // share of the picture around the places of a city

/**
 * createMap draws the map into an svg element. It calls on.go(point) for a click beside the places, on.visit(spot) for a click on a place,
 * on.drag(point) while the walker is dragged and on.dropped() after that, on.step(east, north) in metres for an arrow key, and on.send()
 * for Enter.
 */
export function createMap(root, on) {
  const drawing = createDrawing(root);
  let flat = plane({ lat: 0, lon: 0 });
  let spots = [];
  let walker = null, way = [], trail = [], mark = null, unmark = 0;
  let view = { x: 0, y: 0, scale: 0.1 }; // the middle in metres, and pixels a metre
  let size = { w: 0, h: 0 };
  let whole = true; // the whole city is visible; false after a zoom or a move of the map

  const seen = (p) => {
    const { x, y } = flat.to(p);
    return { x: (x - view.x) * view.scale + size.w / 2, y: (y - view.y) * view.scale + size.h / 2 };
  };
  const under = (x, y) => flat.from({ x: (x - size.w / 2) / view.scale + view.x, y: (y - size.h / 2) / view.scale + view.y });

  function draw() {
    if (size.w > 0) drawing.draw({ ...size, view, seen, flat, spots, walker, way, trail, mark });
  }

  // fit shows all places of the city, and the walker if they are near them.
  function fit() {
    const all = spots.filter((s) => !s.found).map(flat.to);
    if (walker && all.length > 0 && distance(walker, spots[0]) < 20_000) all.push(flat.to(walker));
    whole = true;
    if (all.length === 0 || size.w === 0) return;
    const [left, right] = [Math.min(...all.map((p) => p.x)), Math.max(...all.map((p) => p.x))];
    const [top, bottom] = [Math.min(...all.map((p) => p.y)), Math.max(...all.map((p) => p.y))];
    view = {
      x: (left + right) / 2, y: (top + bottom) / 2,
      scale: (1 - 2 * margin) * Math.min(size.w / Math.max(right - left, 100), size.h / Math.max(bottom - top, 100)),
    };
    draw();
  }

  // zoom zooms by a factor. The point at x and y stays where it is.
  function zoom(factor, x = size.w / 2, y = size.h / 2) {
    const kept = flat.to(under(x, y));
    const scale = Math.min(closest, Math.max(farthest, view.scale * factor));
    whole = false;
    view = { scale, x: kept.x - (x - size.w / 2) / scale, y: kept.y - (y - size.h / 2) / scale };
    draw();
  }

  // reveal moves the view to a point that is outside the picture or close to its edge.
  function reveal(p) {
    const { x, y } = seen(p), rim = Math.min(60, size.w / 5, size.h / 5);
    if (x > rim && x < size.w - rim && y > rim && y < size.h - rim) return;
    const { x: east, y: south } = flat.to(p);
    whole = false;
    view = { ...view, x: east, y: south };
  }

  handle();
  new ResizeObserver(([entry]) => {
    size = { w: entry.contentRect.width, h: entry.contentRect.height };
    if (whole) fit();
    else draw();
  }).observe(root);

  // handle listens to mouse, fingers and keys. Two fingers zoom.
  function handle() {
    const down = new Map(); // pointers by id
    let began = null; // of the first pointer: position, target, and whether it has moved
    const at = (event) => {
      const box = root.getBoundingClientRect();
      return { x: event.clientX - box.left, y: event.clientY - box.top };
    };
    root.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      root.setPointerCapture(event.pointerId);
      down.set(event.pointerId, at(event));
      if (down.size === 1) {
        began = { ...at(event), moved: false, spot: spotAt(event.target), walker: Boolean(event.target.closest(".walker")) };
      }
    });
    root.addEventListener("pointermove", (event) => {
      const was = down.get(event.pointerId);
      if (!was) return;
      const is = at(event);
      if (down.size === 2) {
        const [other] = [...down].filter(([id]) => id !== event.pointerId).map(([, p]) => p);
        const apart = (p) => Math.max(10, Math.hypot(p.x - other.x, p.y - other.y));
        zoom(apart(is) / apart(was), (is.x + other.x) / 2, (is.y + other.y) / 2);
        began.moved = true;
      } else if (began.moved || Math.hypot(is.x - began.x, is.y - began.y) > slack) {
        began.moved = true;
        if (began.walker) {
          on.drag(under(is.x, is.y));
        } else {
          whole = false;
          view = { ...view, x: view.x - (is.x - was.x) / view.scale, y: view.y - (is.y - was.y) / view.scale };
          draw();
        }
      }
      down.set(event.pointerId, is);
    });
    const up = (event) => {
      if (!down.delete(event.pointerId) || down.size > 0) return;
      if (began.moved) {
        if (began.walker) on.dropped();
      } else if (event.type === "pointerup") {
        if (began.spot) on.visit(began.spot);
        else if (!began.walker) on.go(under(began.x, began.y));
      }
    };
    root.addEventListener("pointerup", up);
    root.addEventListener("pointercancel", up);
    root.addEventListener("click", (event) => { // from a screen reader: there was no pointer event before it
      if (event.detail === 0 && spotAt(event.target)) on.visit(spotAt(event.target));
    });
    root.addEventListener("wheel", (event) => {
      event.preventDefault();
      zoom(Math.exp(-event.deltaY / 400), at(event).x, at(event).y);
    }, { passive: false });
    root.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const far = event.shiftKey ? 100 : 20;
      const keys = {
        ArrowUp: () => on.step(0, far), ArrowDown: () => on.step(0, -far), ArrowRight: () => on.step(far, 0), ArrowLeft: () => on.step(-far, 0),
        "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5),
        Enter: enter, " ": enter,
      };
      if (!keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    });
    const enter = () => {
      const spot = spotAt(document.activeElement);
      if (spot) on.visit(spot);
      else on.send();
    };
  }

  const spotAt = (element) => spots.find((s) => s.g === element.closest(".spot"));

  return {
    /** show shows the places of a city. */
    show(center, list) {
      flat = plane(center);
      spots = list;
      mark = null;
      drawing.keep(spots);
      fit();
    },
    /** add adds a place to the map of the city. */
    add(spot) {
      spots.push(spot);
      drawing.keep(spots);
      draw();
    },
    /** stand shows the walker's position and whether it is shared, and keeps it in the picture. at.heading is in degrees, undefined while standing. */
    stand(at, { follow = true } = {}) {
      walker = at;
      if (follow && size.w > 0) reveal(at);
      draw();
    },
    /** lead shows the way before the walker, and the trail behind them. */
    lead(before, behind) {
      [way, trail] = [before, behind];
      draw();
    },
    /** highlight marks a point for some seconds. */
    highlight(point) {
      clearTimeout(unmark);
      unmark = setTimeout(() => {
        mark = null;
        draw();
      }, pointed);
      mark = point;
      reveal(point);
      draw();
    },
    draw, fit, zoom,
  };
}
