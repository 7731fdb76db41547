// The legend of a category is its filter: every class with its count, and the mark of the threshold.
import { legendRow, legendSwatch, replaceRows, showRamp } from "../map/legend.js";
import { element } from "../shell/dom.js";
import { classLabel } from "./classes.js";

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
    replaceRows(this.list, rows);
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
    const { words, onIsolate } = this;
    const label = isUnknown ? words.say("class_unknown") : classLabel(classes, at);
    const swatch = legendSwatch(isUnknown ? { mark: "unknown" } : { colour: ramp[at] });
    return legendRow(at, { label, swatch, count: words.count(totals[at]), isolated, onIsolate });
  }

  showCellRamp({ kind, colours }, ramp) {
    const own = ramp.slice(0, colours.length);
    showRamp(this.cells.querySelector("[data-cell-ramp]"), kind === "score" ? own : own.reverse());
  }
}
