// The coverage page: one view, one update. Category, mode, weight, class and theme all end in
// `recolour`, which sets map, headline, legend, histogram and table from the same counts.
import { currentTheme, onThemeChange } from "../map/base-style.js";
import { coveredByLegend } from "../map/legend.js";
import { MapView } from "../map/map-view.js";
import { MapNotice } from "../map/notice.js";
import { Values } from "../map/values.js";
import { pageState } from "../shell/page-state.js";
import { noteSwitchTime } from "../shell/switch-time.js";
import { ViewState } from "../shell/view-state.js";
import { address, isStep } from "./address.js";
import { AreaTable } from "./area-table.js";
import { BuildingFacts } from "./building-facts.js";
import { CategoryList } from "./category-list.js";
import { furnish } from "./furniture.js";
import { Headline } from "./headline.js";
import { Histogram } from "./histogram.js";
import { Legend } from "./legend.js";
import { ModeBar } from "./mode-bar.js";
import { capitalise } from "./names.js";
import { Outlines } from "./outlines.js";
import { SCORE, pictureOf } from "./painting.js";
import { countByClass, countByValue, headlineOf } from "./tally.js";

const FIXED_ARRAYS = ["points", "dwellings", "residents", "community", "grid"];

export function start(document) {
  const { state, words } = pageState(document, "coverage");
  const page = new CoveragePage(document, state, words);
  window.coveragePage = page; // for the browser tests and the curious
  return page.open();
}

export class CoveragePage {
  constructor(document, state, words) {
    Object.assign(this, { document, state, words });
    if (words.language === "en") capitalise(state.headings);
    this.categories = new Map(state.headings.flatMap(({ categories }) => categories.map((item) => [item.code, item])));
    this.categories.set("score", { ...SCORE, name: words.say("score_overview"), has_data: true });
    this.values = new Values(state);
    this.views = new ViewState(this.firstView(), { address, history, location, onChange: (changed) => this.follow(changed) });
    this.find = (name) => document.querySelector(`[data-${name}]`);
  }

  get view() {
    return this.views.view;
  }

  get category() {
    return this.categories.get(this.view.cat);
  }

  firstView() {
    const view = address.read(location.search);
    const usable = (code) => this.categories.get(code)?.has_data;
    if (!usable(view.cat)) view.cat = "score";
    return view;
  }

  async open() {
    const { state, words, find } = this;
    this.list = new CategoryList({ field: find("category-field"), list: find("category-list"), headings: state.headings, words, onChoose: (cat) => this.change({ cat, class: null }) });
    this.modes = new ModeBar({ group: find("modes"), profile: find("profile"), weight: find("weight"), modes: state.modes, profiles: state.profiles, words, onChange: (change) => this.change({ ...change, class: null }) });
    this.headline = new Headline({ find, words, state });
    this.legend = new Legend({ box: find("legend"), words, onIsolate: (at) => this.change({ class: at }) });
    this.histogram = new Histogram({ box: find("histogram"), table: find("histogram-table"), words });
    this.notice = new MapNotice(find("map-notice"));
    try {
      this.fixed = await this.values.loadFixed(FIXED_ARRAYS);
    } catch {
      return this.tellProblem("values_failed", () => location.reload());
    }
    this.openMap();
    await this.recolour();
    void this.histogram.load();
    this.prefetch();
    if (this.view.b !== null) this.facts.open(this.view.b);
  }

  openMap() {
    const { state, words, fixed } = this;
    this.map = new MapView(window.L, this.document.getElementById("coverage-map"), { town: state.town, source: state, points: fixed.points, language: words.language, words, covered: this.coveredWidth() });
    this.map.goTo(this.view);
    const members = { community: fixed.community, grid: fixed.grid };
    const outlines = new Outlines({ addresses: state.outlines, points: fixed.points, members });
    this.areas = new AreaTable({ page: this, outlines, members });
    this.facts = new BuildingFacts({ page: this });
    this.furniture = furnish(this);
    this.notice.follow(this.map, words);
    this.map.addEventListener("moved", () => this.rememberPlace());
    this.map.map.on("zoomend", () => this.showLegend());
    window.addEventListener("popstate", () => this.views.restore());
    onThemeChange(() => this.retheme());
  }

  coveredWidth() {
    return coveredByLegend(this.find("legend"), { isFirst: !this.map });
  }

  /** A step of the user. */
  change(change) {
    this.switchStarted = performance.now();
    this.views.set(change, { push: isStep(change) });
  }

  follow(changed) {
    const has = (...keys) => keys.some((key) => changed.has(key));
    if (has("mode")) {
      this.list.clearShares();
      this.prefetch();
    }
    if (has("cat", "mode", "weight", "class")) void this.recolour(has("weight"));
    else if (has("level")) this.areas.show();
    if (has("b")) this.facts.open(this.view.b);
    else if (has("walk", "mode")) this.facts.follow();
  }

  /** Everything that depends on the values, from one array, in one go. */
  async recolour(hasNewWeight = false) {
    const { cat, mode } = this.view;
    const started = this.switchStarted ?? performance.now();
    let values = this.values.peek(mode, cat);
    if (!values) {
      try {
        values = await this.values.get(mode, cat);
      } catch {
        return this.tellProblem("values_failed", () => this.recolour());
      }
      if (cat !== this.view.cat || mode !== this.view.mode) return; // a newer choice is on its way
    }
    this.show(values);
    noteSwitchTime(started);
    this.switchStarted = undefined;
    void this.showFacilities(cat);
    if (hasNewWeight) this.prefetch();
  }

  get weights() {
    const own = this.fixed[this.view.weight];
    return this.view.weight === "buildings" || !own ? null : own;
  }

  show(values) {
    const { view, category, weights, words } = this;
    const picture = pictureOf({ mode: view.mode, category, values, weights, isolated: view.class, theme: currentTheme(), definitions: this.state.classes });
    const counts = countByValue(values, weights);
    const unitWord = words.say(`unit_${view.weight}`);
    this.last = { values, picture, counts, unitWord };
    this.map.setStyle(picture.style);
    this.headline.show({ view, category, picture, counts, unitWord });
    this.list.select(view.cat);
    if (view.class === null) this.list.setShare(view.cat, headlineOf(counts, picture.gain).share);
    this.modes.show(view);
    this.showLegend();
    this.histogram.show({ counts, classes: picture.classes, ramp: picture.ramp, isolated: view.class, unitWord, title: this.headline.histogramTitle(view) });
    this.areas.show();
    this.furniture?.refreshLinks();
  }

  showLegend() {
    if (!this.last) return;
    const { view, category, words } = this;
    const { picture, counts, unitWord } = this.last;
    const totals = countByClass(counts, picture.classes.classOf, picture.classes.bounds.length);
    const told = this.headline.told(view);
    this.legend.show({
      title: words.say(`legend_title_${told}`, { category: category.inline ?? category.name }),
      unitWord: words.say("legend_unit", { unit: unitWord }),
      meaning: words.say(`meaning_${told === "straight" || told === "time" || told === "score" ? told : "norm"}`),
      classes: picture.classes,
      ramp: picture.ramp,
      isolated: view.class,
      showsCells: this.map.showsCells,
      totals,
    });
  }

  async showFacilities(cat) {
    if (cat === "score" || !this.state.facilities) return this.map.setFacilities(null);
    this.facilities ??= new Map();
    if (!this.facilities.has(cat)) {
      const job = fetch(this.state.facilities.replace("{category}", cat), { credentials: "same-origin" }).then((response) => (response.ok ? response.json() : null));
      this.facilities.set(cat, job.catch(() => null));
    }
    const found = await this.facilities.get(cat);
    if (cat === this.view.cat) this.map.setFacilities(found);
  }

  /** Shares of the other categories, quietly, beginning with what the list shows first. */
  prefetch() {
    const { mode } = this.view;
    const wanted = ["score", ...[...this.categories.values()].filter((item) => item.has_data && item.code !== "score").map(({ code }) => code)];
    void this.values.prefetch(mode, wanted, (code, values) => {
      const { gain } = pictureOf({ mode, category: this.categories.get(code), values, weights: null, isolated: null, theme: "light", definitions: this.state.classes });
      this.list.setShare(code, headlineOf(countByValue(values, this.weights), gain).share);
    });
  }

  retheme() {
    this.map.setTheme();
    if (this.last) this.show(this.last.values);
  }

  rememberPlace() {
    this.views.set(this.map.place);
    this.furniture?.refreshLinks();
  }

  tellProblem(key, again) {
    this.notice.tell(this.words.say(key), again);
  }
}
