// The legend is the filter: every class with its count; a click (or Enter) shows that class alone.
import { classLabel } from "./classes.js";
import { element } from "./dom.js";

export class Legend {
  constructor({ box, words, onIsolate }) {
    Object.assign(this, { box, words, onIsolate });
    this.list = box.querySelector("[data-legend-classes]");
    this.title = box.querySelector("[data-legend-title]");
    this.unit = box.querySelector("[data-legend-unit]");
    this.cells = box.querySelector("[data-legend-cells]");
    this.meaning = box.querySelector("[data-legend-meaning]");
  }

  /** `classes` from classesFor, `totals` weight per class (unknown last), `ramp` colours of the theme. */
  show({ title, unitWord, classes, totals, ramp, isolated, meaning, showsCells }) {
    this.title.textContent = title;
    this.unit.textContent = unitWord;
    this.meaning.textContent = meaning;
    this.cells.hidden = !showsCells;
    const count = classes.bounds.length;
    const rows = [];
    for (let at = 0; at <= count; at++) rows.push(this.row(at, { classes, totals, ramp, isolated, isUnknown: at === count }));
    if (classes.kind !== "score") rows.splice(this.thresholdPlace(classes) + 1, 0, this.thresholdMark(classes));
    const hadFocus = this.list.contains(document.activeElement) ? document.activeElement.dataset.class : null;
    this.list.replaceChildren(...rows);
    if (hadFocus !== null) this.list.querySelector(`[data-class="${hadFocus}"]`)?.focus();
    if (showsCells) this.showCellRamp(classes, ramp);
  }

  thresholdPlace({ bounds, threshold }) {
    return bounds.findIndex((upto) => upto >= threshold);
  }

  thresholdMark({ threshold, perByte, unit }) {
    const reach = `${Math.round(threshold * perByte)} ${unit}`;
    return element("li", { class: "legend-threshold" }, element("span", {}, this.words.say("threshold_mark", { reach })));
  }

  row(at, { classes, totals, ramp, isolated, isUnknown }) {
    const swatch = element("span", { class: isUnknown ? "swatch swatch-unknown" : "swatch", "aria-hidden": "true" });
    if (!isUnknown) swatch.style.background = ramp[at];
    const label = isUnknown ? this.words.say("class_unknown") : classLabel(classes, at);
    const button = element(
      "button",
      {
        type: "button",
        class: "legend-class",
        "data-class": at,
        "aria-pressed": String(isolated === at),
        onclick: () => this.onIsolate(isolated === at ? null : at),
      },
      swatch,
      element("span", { class: "legend-label" }, label),
      element("span", { class: "legend-count" }, this.words.count(totals[at])),
    );
    if (isolated !== null && isolated !== at) button.classList.add("is-dimmed");
    return element("li", {}, button);
  }

  showCellRamp({ kind, colours }, ramp) {
    const bar = this.cells.querySelector("[data-cell-ramp]");
    const own = ramp.slice(0, colours.length);
    const worst = kind === "score" ? own : [...own].reverse();
    bar.replaceChildren(
      ...worst.map((colour) => {
        const part = element("span");
        part.style.background = colour;
        return part;
      }),
    );
  }
}
