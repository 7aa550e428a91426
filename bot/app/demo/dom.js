// Building elements. Text goes in as text: nothing here parses markup.

export const $ = (id) => document.getElementById(id);

/** node makes an HTML element; attributes that are undefined, null or false are left out. */
export function node(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/** shape makes an SVG element in the same way. */
export function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(made, attributes, children) {
  set(made, attributes);
  made.append(...children.filter((c) => c !== undefined && c !== null));
  return made;
}

/** set changes attributes of an element that is there, and takes away those that are undefined, null or false. */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
}

/** press makes a button that says text and does what is given. */
export function press(text, act, attributes = {}) {
  const made = node("button", { type: "button", ...attributes }, text);
  made.addEventListener("click", act);
  return made;
}
