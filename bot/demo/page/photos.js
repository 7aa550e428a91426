// The menu of pictures that the person can send. Each is of a place: the person goes near it, and asks the bot what it is.

import { $, node, press } from "./dom.js";
import { say } from "./words.js";

/** createPhotos fills the menu. send(picture) sends one of the pictures. Without pictures, because the bot does not look at photos, there is no menu. */
export function createPhotos(pictures, send) {
  function toggle(open) {
    $("photo").setAttribute("aria-expanded", String(open));
    $("photos").hidden = !open;
  }

  async function choose(picture) {
    toggle(false);
    $("text").focus();
    $("photo").disabled = true; // until it is sent
    await send(picture);
    $("photo").disabled = false;
  }

  $("photo").hidden = !pictures?.length;
  $("photo").addEventListener("click", () => {
    if ($("menu").getAttribute("aria-expanded") === "true") $("menu").click();
    toggle($("photos").hidden);
  });
  $("menu").addEventListener("click", () => toggle(false));
  $("photos").addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    toggle(false);
    $("photo").focus();
  });
  document.addEventListener("language", () => {
    $("photos").replaceChildren(...(pictures ?? []).map((p) => {
      const button = press("", () => choose(p));
      button.append(node("img", { src: "demo/picture/" + p.id, alt: "", width: 64, height: 48 }), node("span", {}, say("photo_" + p.id)));
      return node("li", {}, button);
    }));
  });
}
