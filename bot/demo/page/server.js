// Requests to the program that serves the page, and events from it.

import { say } from "./words.js";

/** call sends a request, a POST if there is a body, and returns the answer. It throws an Error whose message can be shown. */
export async function call(path, body) {
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

/**
 * follow reads the events of a person's chat until the returned function is called. The browser reconnects by itself, and the server then sends
 * the whole chat again. lost(true) means that the program does not know the person, because it was restarted.
 */
export function follow(person, { event, numbers, open, lost }) {
  const source = new EventSource("demo/events?person=" + person);
  source.onmessage = (m) => event(JSON.parse(m.data));
  source.addEventListener("numbers", (m) => numbers(JSON.parse(m.data)));
  source.onopen = open;
  source.onerror = () => lost(source.readyState === EventSource.CLOSED);
  return () => source.close();
}

/** fileOf returns the address of a message's picture or document. */
export const fileOf = (person, message) => `demo/file?person=${person}&message=${message}`;
