// The walker: the person's position, and the live location that they share.
//
// Time is real time. At speed 60 the walker covers in a second what people cover in a minute, but the bot gets a position every two seconds, as it
// does from a phone.

import { bearing, distance, tour } from "./geo.js";

const pace = 1.4; // metres a second, 5 km/h
const beat = 200; // milliseconds between two steps on the screen
const phone = 2000; // milliseconds between two positions that a phone sends
const longest = 5; // seconds that one step may catch up after the tab was suspended
const apart = 5; // metres between two points of the trail
const trailMost = 2000; // points

/**
 * createWalker returns a walker at a point. act(body) sends an action of the person. It calls changed() after each change, and arrived() at the end
 * of a way.
 */
export function createWalker(start, { act, changed, arrived }) {
  let at = start;
  let speed = 10;
  let sharing = null; // the message of the live location
  let way = []; // points ahead
  let trail = []; // points behind, since the sharing began
  let going = 0; // the timer of the steps, 0 = standing
  let heading, stepped, ends, telling = 0, told = null, busy = false;

  function stand(p) {
    if (distance(at, p) > 1) heading = bearing(at, p);
    at = p;
    if (sharing && (trail.length === 0 || distance(trail.at(-1), p) > apart)) {
      trail.push(p);
      if (trail.length > trailMost) trail = trail.filter((_, i) => i % 2 === 0);
    }
  }

  function step() {
    const now = performance.now();
    let metres = Math.min((now - stepped) / 1000, longest) * pace * speed;
    stepped = now;
    while (way.length > 0 && metres > 0) {
      const goal = way[0], left = distance(at, goal);
      if (left <= metres) {
        way.shift();
        stand(goal);
      } else {
        const part = metres / left;
        stand({ lat: at.lat + (goal.lat - at.lat) * part, lon: at.lon + (goal.lon - at.lon) * part });
      }
      metres -= left;
    }
    if (way.length === 0) {
      halt();
      arrived();
    }
    changed();
  }

  // publish sends the position if it changed. One request runs at a time, so that none overtakes another.
  async function publish() {
    if (!sharing || busy) return;
    if (Date.now() > ends) {
      end(); // Telegram ends a location whose time is up without an event
      return;
    }
    if (at === told) return;
    told = at;
    busy = true;
    try {
      await act({ lat: at.lat, lon: at.lon, walk: sharing });
    } finally {
      busy = false;
    }
  }

  function halt() {
    clearInterval(going);
    going = 0;
    heading = undefined;
  }

  function end() {
    halt();
    clearInterval(telling);
    [sharing, way, trail, told] = [null, [], [], null];
    changed();
  }

  function began(message, until) {
    sharing = message;
    ends = until;
    told = at;
    trail = [at];
    clearInterval(telling);
    telling = setInterval(publish, phone);
    changed();
  }

  return {
    get at() { return { ...at, heading: going ? heading : undefined, live: Boolean(sharing) }; },
    get sharing() { return sharing; },
    get going() { return going !== 0; },
    get way() { return going || way.length > 0 ? [at, ...way] : []; },
    get trail() { return sharing ? [...trail, at] : []; },
    set speed(times) { speed = times; },

    /** move puts the walker elsewhere. The rest of the way begins there. */
    move(p) {
      stand(p);
      if (way.length > 0) way = tour(p, way);
      changed();
    },
    /** share begins to share the location for the given number of seconds. */
    async share(seconds) {
      const made = await act({ lat: at.lat, lon: at.lon, share: true });
      if (made) began(made.walk, Date.now() + seconds * 1000);
      return Boolean(made);
    },
    /** resume continues a location that was shared before the page was reloaded. */
    resume(message, p, until) {
      at = p;
      began(message, until);
    },
    /** go starts a way through the places, or continues the one that was interrupted. */
    go(places) {
      if (way.length === 0) way = tour(at, places);
      stepped = performance.now();
      clearInterval(going);
      going = setInterval(step, beat);
      changed();
    },
    /** lead starts a way to one point, whatever way the walker was on. */
    lead(point) {
      way = [point];
      this.go([]);
    },
    pause() {
      halt();
      changed();
    },
    /** unshare tells the bot that the sharing ends. */
    async unshare() {
      const message = sharing;
      await publish();
      end();
      if (message) await act({ walk: message });
    },
    /** forget ends the walk without telling the bot, because the page has a new person. */
    forget: end,
  };
}
