// The words of a page, from the catalogues of the server: scripts have none of their own.

const all = JSON.parse(document.getElementById("texts")?.textContent ?? "{}");

/** The text of a key, with `{name}` replaced by what stands under that name. */
export function say(key, values = {}) {
  const text = all[key] ?? key;
  return text.replace(/\{([a-z_]+)\}/g, (whole, name) => String(values[name] ?? whole));
}

/** Whether there is a text of that key. */
export const has = (key) => key in all;

/** The values that a family has a word for: of `action.advise`, `advise`. */
export const family = (name) => Object.keys(all).filter((key) => key.startsWith(`${name}.`)).map((key) => key.slice(name.length + 1));

/** An element with attributes and children; what is no element becomes text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** The same in SVG. */
export function shape(name, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}
