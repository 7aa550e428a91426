// Points, distances, and the way from place to place. Errors are below a metre within a city.

const radius = 6371008.8; // of the Earth, metres
const rad = Math.PI / 180;

/** distance returns the metres between two points along the great circle. */
export function distance(a, b) {
  const h = Math.sin((b.lat - a.lat) * rad / 2) ** 2 +
    Math.cos(a.lat * rad) * Math.cos(b.lat * rad) * Math.sin((b.lon - a.lon) * rad / 2) ** 2;
  return 2 * radius * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** offset returns the point that lies the given metres to the east and to the north. */
export function offset(p, east, north) {
  return { lat: p.lat + north / (radius * rad), lon: p.lon + east / (radius * rad * Math.cos(p.lat * rad)) };
}

/** bearing returns the direction from a to b in degrees clockwise from north. */
export function bearing(a, b) {
  const east = (b.lon - a.lon) * Math.cos(a.lat * rad), north = b.lat - a.lat;
  return (Math.atan2(east, north) / rad + 360) % 360;
}

/** plane projects points near an origin onto a plane: x to the east and y to the south, in metres, as on a screen. */
export function plane(origin) {
  const perLat = radius * rad, perLon = perLat * Math.cos(origin.lat * rad);
  return {
    to: (p) => ({ x: (p.lon - origin.lon) * perLon, y: (origin.lat - p.lat) * perLat }),
    from: ({ x, y }) => ({ lat: origin.lat - y / perLat, lon: origin.lon + x / perLon }),
  };
}

/**
 * tour returns the places in an order for a walk from a point: it always goes to the nearest one, and then reverses parts of the way while that
 * makes the way shorter (2-opt).
 */
export function tour(from, places) {
  const left = [...places], way = [from];
  while (left.length > 0) {
    const here = way.at(-1);
    left.sort((a, b) => distance(here, a) - distance(here, b));
    way.push(left.shift());
  }
  for (let better = true; better;) {
    better = false;
    for (let i = 1; i < way.length - 1; i++) {
      for (let j = i + 1; j < way.length; j++) {
        const after = way[j + 1];
        const was = distance(way[i - 1], way[i]) + (after ? distance(way[j], after) : 0);
        const is = distance(way[i - 1], way[j]) + (after ? distance(way[i], after) : 0);
        if (is < was - 1) {
          way.splice(i, j - i + 1, ...way.slice(i, j + 1).reverse());
          better = true;
        }
      }
    }
  }
  return way.slice(1);
}
