// The legend is the filter: every class with its count; a click (or Enter) shows that class alone.
import { element } from "../coverage/dom.js";
import { CLASS_COUNT, classLabel } from "./scales.js";

export class Legend {
  constructor({ box, words, onIsolate }) {
    Object.assign(this, { box, words, onIsolate });
    this.part = (name) => box.querySelector(`[data-${name}]`);
    this.list = this.part("legend-classes");
  }

  /** `counts`: one a class, then "too few"/hidden, then unknown (buildings only). `outside`: label and mark of those last. */
  show({ title, unit, meaning, scale, ramp, counts, outside, isolated, showsCells }) {
    this.part("legend-title").textContent = title;
    this.part("legend-unit").textContent = unit;
    this.part("legend-meaning").textContent = meaning;
    this.part("legend-cells").hidden = !showsCells;
    const rows = ramp.map((colour, at) => this.row(at, { label: classLabel(scale, at), colour }, counts[at], isolated));
    outside.forEach((marked, extra) => {
      if (counts[CLASS_COUNT + extra] > 0) rows.push(this.row(CLASS_COUNT + extra, marked, counts[CLASS_COUNT + extra], isolated));
    });
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.class : null;
    this.list.replaceChildren(...rows);
    if (focused !== null) this.list.querySelector(`[data-class="${focused}"]`)?.focus();
    if (showsCells) this.showRamp(scale, ramp);
  }

  row(at, { label, colour, mark }, count, isolated) {
    const swatch = element("span", { class: colour ? "swatch" : `swatch swatch-${mark}`, "aria-hidden": "true" });
    if (colour) swatch.style.setProperty("background-color", colour);
    const button = element(
      "button",
      { type: "button", class: `legend-class${isolated !== null && isolated !== at ? " is-dimmed" : ""}`, "data-class": at, "aria-pressed": String(isolated === at) },
      swatch,
      element("span", { class: "legend-label" }, label),
      element("span", { class: "legend-count" }, this.words.count(count)),
    );
    button.addEventListener("click", () => this.onIsolate(isolated === at ? null : at));
    return element("li", {}, button);
  }

  showRamp(scale, ramp) {
    const box = this.part("cell-ramp");
    box.replaceChildren(
      ...ramp.map((colour) => {
        const step = element("span");
        step.style.setProperty("background-color", colour);
        return step;
      }),
    );
    const last = scale.bounds.length - 2;
    this.part("cell-low").textContent = classLabel(scale, 0);
    this.part("cell-high").textContent = classLabel(scale, last + 1);
  }
}
