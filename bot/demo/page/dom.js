// Functions that build elements. Text is added as text: nothing here parses markup.

export const $ = (id) => document.getElementById(id);

/** node returns a new HTML element. Attributes that are undefined, null or false are left out. */
export function node(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** shape returns a new SVG element, with the same rules as node. */
export function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(made, attributes, children) {
  set(made, attributes);
  made.append(...children.filter((c) => c !== undefined && c !== null));
  return made;
}

/** set changes attributes of an element. It removes those that are undefined, null or false. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

/** press returns a new button with the text that calls act. */
export function press(text, act, attributes = {}) {
  const made = node("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}
