// The printed sheet of a view: the same map, legend and figures, at a fixed size, always light, printed
// only when every tile is there.
import { MapView } from "../map/map-view.js";
import { setLeastPixelRatio } from "../map/pixel-ratio.js";
import { element } from "./dom.js";
import { roundScale } from "./furniture.js";
import { capitalise } from "./names.js";
import { Headline } from "./headline.js";
import { Histogram } from "./histogram.js";
import { Legend } from "./legend.js";
import { SCORE, pictureOf } from "./painting.js";
import { countByClass, countByValue, rankAreas, tallyAreas } from "./tally.js";
import { Values } from "./values.js";
import { readView } from "./view-state.js";
import { Words } from "./words.js";

const ROWS = { a4: 6, a3: 12 };

export async function startPrint(document) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const sheet = new PrintSheet(document, read("coverage-state"), new Words(read("coverage-words"), document.documentElement.lang));
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
    this.view = readView(location.search);
    if (!this.categories.has(this.view.cat)) this.view.cat = "score";
    this.paper = new URLSearchParams(location.search).get("paper") === "a3" ? "a3" : "a4";
    this.isReady = false;
  }

  async open() {
    setLeastPixelRatio(2);
    const { find, state } = this;
    find("back").href += location.search;
    this.setPaper(this.paper);
    find("paper").addEventListener("change", (event) => this.changePaper(event.target.value));
    find("print-now").addEventListener("click", () => window.print());
    find("print-state").textContent = this.words.say("print_waiting");
    this.values = new Values(state);
    this.fixed = await this.values.loadFixed(["points", "dwellings", "residents", "community", "grid"]);
    this.array = await this.values.get(this.view.mode, this.view.cat);
    this.createMap();
    await this.fill();
    await this.map.settled();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    this.isReady = true;
    find("print-now").disabled = false;
    find("print-state").textContent = this.words.say("print_ready");
  }

  setPaper(paper) {
    this.find("sheet").dataset.paperSize = paper;
    this.find("paper").value = paper;
  }

  /** A new size is a new sheet: everything is laid out and drawn again. */
  changePaper(paper) {
    const query = new URLSearchParams(location.search);
    query.set("paper", paper);
    location.search = query.toString();
  }

  createMap() {
    const still = { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false, touchZoom: false };
    const { state, words, fixed, view } = this;
    this.map = new MapView(window.L, this.document.getElementById("coverage-map"), { town: state.town, source: state, points: fixed.points, language: words.language, words, options: still, theme: "light" });
    if (view.z !== null && view.lon !== null) this.map.map.setView([view.lat, view.lon], view.z, { animate: false });
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
    this.drawScale();
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

  drawScale() {
    const { map } = this.map;
    const middle = map.getSize().y / 2;
    const across = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([140, middle]));
    const metres = roundScale(across);
    const scale = this.find("scale");
    scale.querySelector(".scale-line").style.width = `${(140 * metres) / across}px`;
    scale.querySelector(".scale-text").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }
}
