// How far people are, as bars coloured like the map; the same figures stand in a table for readers of
// the page who do not see it.
import { element } from "../shell/dom.js";
import { histogramBins } from "./tally.js";

export class Histogram {
  constructor({ box, table, words }) {
    Object.assign(this, { box, table, words });
    this.chart = null;
  }

  async load() {
    const { createChart } = await import("./chart.js");
    this.chart = createChart(this.box);
    if (this.last) this.show(this.last);
  }

  /** `counts` by byte value; draws at once when the chart is there, else keeps the figures for it. */
  show(given) {
    this.last = given;
    const { counts, classes, ramp, isolated, unitWord, title } = given;
    const bins = histogramBins(counts, classes);
    this.showTable(bins, classes, unitWord, title);
    if (!this.chart) return;
    const style = getComputedStyle(this.box);
    this.chart.show({
      bins,
      axis: this.axis(bins, classes),
      ramp: ramp.slice(0, classes.bounds.length),
      ink: style.getPropertyValue("--chart-ink").trim(),
      quiet: style.getPropertyValue("--chart-quiet").trim(),
      grid: style.getPropertyValue("--chart-grid").trim(),
      ground: style.getPropertyValue("--chart-ground").trim(),
      format: (value) => this.words.count(value),
      tooltip: (at) => `${this.binLabel(bins[at], classes)}\n${this.words.count(sum(bins[at].byClass))} ${unitWord}`,
      threshold: this.threshold(classes),
      description: `${title}. ${bins.map((bin) => `${this.binLabel(bin, classes)}: ${this.words.count(sum(bin.byClass))}`).join("; ")}`,
      isolated,
    });
  }

  threshold({ kind, threshold, perByte, unit }) {
    if (kind === "score") return null;
    const place = threshold * perByte;
    return { place, label: `${Math.round(place)} ${unit}` };
  }

  axis(bins, { kind, perByte }) {
    const step = bins[0].to * (kind === "score" ? 0.5 : perByte);
    const closed = bins.filter(({ isOpen }) => !isOpen).length;
    return { step, label: (value) => (value > closed * step ? "" : String(value)) };
  }

  binLabel({ from, to, isOpen }, { kind, perByte, unit }) {
    const scale = kind === "score" ? 0.5 : perByte;
    const mark = kind === "score" ? "%" : ` ${unit}`;
    return isOpen ? `> ${from * scale}${mark}` : `${from * scale}–${to * scale}${mark}`;
  }

  showTable(bins, classes, unitWord, title) {
    const rows = bins.map((bin) =>
      element("tr", {}, element("th", { scope: "row" }, this.binLabel(bin, classes)), element("td", {}, this.words.count(sum(bin.byClass)))),
    );
    const head = element("tr", {}, element("th", { scope: "col" }, this.words.say("distance")), element("th", { scope: "col" }, unitWord));
    this.table.replaceChildren(element("caption", {}, title), element("thead", {}, head), element("tbody", {}, ...rows));
  }
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
