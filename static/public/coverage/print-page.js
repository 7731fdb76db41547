// The printed sheet of a view: the same map, legend and figures, at a fixed size, always light, printed
// only when every tile is there.
import { MapView } from "../map/map-view.js";
import { SCALE_ROOM_PX, STILL, finishSheet, openSheet } from "../map/print-sheet.js";
import { drawScale } from "../map/scale-bar.js";
import { Values } from "../map/values.js";
import { element } from "../shell/dom.js";
import { pageState } from "../shell/page-state.js";
import { address } from "./address.js";
import { capitalise } from "./names.js";
import { Headline } from "./headline.js";
import { Histogram } from "./histogram.js";
import { Legend } from "./legend.js";
import { SCORE, pictureOf } from "./painting.js";
import { countByClass, countByValue, rankAreas, tallyAreas } from "./tally.js";

const ROWS = { a4: 6, a3: 12 };

export async function startPrint(document) {
  const { state, words } = pageState(document, "coverage");
  const sheet = new PrintSheet(document, state, words);
  window.printSheet = sheet;
  await sheet.open();
}

class PrintSheet {
  constructor(document, state, words) {
    Object.assign(this, { document, state, words });
    this.find = (name) => document.querySelector(`[data-${name}]`);
    if (words.language === "en") capitalise(state.headings);
    this.categories = new Map(state.headings.flatMap(({ categories }) => categories.map((item) => [item.code, item])));
    this.categories.set("score", { ...SCORE, name: words.say("score_overview") });
    this.view = address.read(location.search);
    if (!this.categories.has(this.view.cat)) this.view.cat = "score";
    this.isReady = false;
  }

  async open() {
    const { find, state, words } = this;
    this.paper = openSheet({ find, words });
    this.values = new Values(state);
    this.fixed = await this.values.loadFixed(["points", "dwellings", "residents", "community", "grid"]);
    this.array = await this.values.get(this.view.mode, this.view.cat);
    this.createMap();
    await this.fill();
    await finishSheet({ find, words, mapView: this.map });
    this.isReady = true;
  }

  createMap() {
    const { state, words, fixed, view } = this;
    this.map = new MapView(window.L, this.document.getElementById("coverage-map"), { town: state.town, source: state, points: fixed.points, language: words.language, words, options: STILL, theme: "light" });
    this.map.goTo(view);
  }

  get weights() {
    return this.view.weight === "buildings" ? null : (this.fixed[this.view.weight] ?? null);
  }

  async fill() {
    const { view, words, state, array, weights } = this;
    const category = this.categories.get(view.cat);
    const picture = pictureOf({ mode: view.mode, category, values: array, weights, isolated: view.class, theme: "light", definitions: state.classes });
    const counts = countByValue(array, weights);
    const unitWord = words.say(`unit_${view.weight}`);
    this.map.setStyle(picture.style);
    const headline = new Headline({ find: this.find, words, state });
    headline.show({ view, category, picture, counts, unitWord });
    this.showLegend(headline, category, picture, counts, unitWord);
    const histogram = new Histogram({ box: this.find("histogram"), table: this.find("histogram-table"), words });
    await histogram.load();
    histogram.show({ counts, classes: picture.classes, ramp: picture.ramp, isolated: view.class, unitWord, title: headline.histogramTitle(view) });
    this.showWorst(picture);
    await this.showFacilities();
  }

  showLegend(headline, category, picture, counts, unitWord) {
    const { words, view } = this;
    const told = headline.told(view);
    const legend = new Legend({ box: this.find("legend"), words, onIsolate: () => {} });
    const title = words.say(`legend_title_${told}`, { category: category.inline ?? category.name });
    const meaning = words.say(`meaning_${["straight", "time", "score"].includes(told) ? told : "norm"}`);
    const totals = countByClass(counts, picture.classes.classOf, picture.classes.bounds.length);
    legend.show({ title, unitWord, meaning, classes: picture.classes, totals, ramp: picture.ramp, isolated: view.class, showsCells: this.map.showsCells });
    this.find("sheet-subtitle").textContent = title;
    this.find("symbol-name").textContent = category.name;
    this.find("legend-symbol").hidden = view.cat === "score";
    drawScale(this.map.map, this.find("scale"), SCALE_ROOM_PX);
  }

  showWorst({ gain }) {
    const { state, view, array, weights, words } = this;
    const areas = state.areas[view.level] ?? [];
    const count = areas.reduce((largest, { index }) => Math.max(largest, index + 1), 0);
    const rows = this.fixed[view.level] ? rankAreas(tallyAreas(array, weights, this.fixed[view.level], count, gain), areas) : [];
    this.find("sheet-table").tBodies[0].replaceChildren(
      ...rows.slice(0, ROWS[this.paper]).map(({ name, code, hit, known, share }) =>
        element("tr", {}, element("th", { scope: "row" }, name || code), element("td", {}, `${words.count(hit)} / ${words.count(known)}`), element("td", {}, words.percent(share))),
      ),
    );
  }

  async showFacilities() {
    const { state, view } = this;
    if (view.cat === "score" || !state.facilities) return;
    const response = await fetch(state.facilities.replace("{category}", view.cat), { credentials: "same-origin" });
    if (response.ok) this.map.setFacilities(await response.json());
  }
}
