// The legend of a measure is its filter: six classes with their counts, and what lies outside them.
import { legendRow, legendSwatch, replaceRows, showRamp } from "../map/legend.js";
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
    replaceRows(this.list, rows);
    if (showsCells) this.showCells(scale, ramp);
  }

  row(at, marked, count, isolated) {
    const { words, onIsolate } = this;
    return legendRow(at, { label: marked.label, swatch: legendSwatch(marked), count: words.count(count), isolated, onIsolate });
  }

  showCells(scale, ramp) {
    showRamp(this.part("cell-ramp"), ramp);
    this.part("cell-low").textContent = classLabel(scale, 0);
    this.part("cell-high").textContent = classLabel(scale, scale.bounds.length - 1);
  }
}
