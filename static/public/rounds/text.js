// Small builders: elements whose text is text, and sentences with places for figures.

/** `node("span", {class: "name"}, "words", child)` */
export function node(name, facts = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(facts)) {
    if (value === false || value === null || value === undefined) continue;
    if (key in element && typeof value !== "string") element[key] = value;
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** "%(count)s 户" with {count: 1234} → "1,234 户" */
export function say(sentence, facts = {}) {
  return sentence.replace(/%\((\w+)\)s/g, (_all, key) => (typeof facts[key] === "number" ? facts[key].toLocaleString("en") : facts[key]));
}

export const figure = (count) => count.toLocaleString("en");

/** Lines of text for a map's tip. */
export function lines(...texts) {
  const box = node("span");
  texts.filter(Boolean).forEach((line, at) => box.append(node(at ? "small" : "span", {}, line)));
  return box;
}

/** A share as a width; the least that there is still shows. */
export const shareOf = (count, total) => (count ? `${Math.max(2, (count / Math.max(1, total)) * 100)}%` : "0");
