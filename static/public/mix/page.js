// The mix page: one view, one update. Source, dimension, level, measure, place, class and theme all end in
// `refresh`, which sets map, headline, legend, distribution, split and table from the same rows.
import { onThemeChange } from "../map/base-style.js";
import { MapFurniture } from "../map/furniture.js";
import { coveredByLegend } from "../map/legend.js";
import { MapNotice } from "../map/notice.js";
import { pageState } from "../shell/page-state.js";
import { noteSwitchTime } from "../shell/switch-time.js";
import { ViewState } from "../shell/view-state.js";
import { address, isStep, levelOfCode, readCorners, writeCorners } from "./address.js";
import { Asking } from "./asking.js";
import { Choosers, fillSelect } from "./choosers.js";
import { settle } from "./choices.js";
import { Column } from "./column.js";
import { Drawing } from "./drawing.js";
import { MapSide } from "./map-side.js";
import { MapTalk } from "./map-talk.js";
import { FoldedPart, drawChange, drawCompared, drawExposure, drawNear, drawPrivacy } from "./parts.js";
import { askView, paintsFootprints, placeOf } from "./questions.js";

export function start(document) {
  const { state, words } = pageState(document, "mix");
  const page = new MixPage(document, state, words);
  window.mixPage = page; // for the browser tests and the curious
  return page.start();
}

export class MixPage {
  constructor(document, state, words) {
    Object.assign(this, { document, state, words, shown: null, counts: null, bytes: null });
    this.find = (name) => document.querySelector(`[data-${name}]`);
    this.asking = new Asking({ api: state.api, town: state.town.slug });
    this.views = new ViewState(address.read(location.search), { address, history, location, onChange: (changed) => this.follow(changed) });
    this.settled = settle(this.view, state, words);
  }

  get view() {
    return this.views.view;
  }

  get scale() {
    return this.state.legend.scales[this.settled.view.measure];
  }

  start() {
    const { find, words } = this;
    this.choosers = new Choosers({ find, words, onChange: (change) => this.change({ ...change, class: null }) });
    this.column = new Column({ page: this });
    this.column.openTable();
    this.notice = new MapNotice(find("map-notice"));
    this.openMap();
    this.furniture = this.furnish();
    this.openParts();
    find("headline-clear").addEventListener("click", () => this.change({ area: null, draw: "" }));
    find("compare-with").addEventListener("change", ({ target }) => this.change({ with: target.value || null }));
    window.addEventListener("popstate", () => this.views.restore());
    onThemeChange(() => this.retheme());
    return this.refresh();
  }

  openMap() {
    const { state, words, view, document } = this;
    this.side = new MapSide({ element: document.getElementById("mix-map"), state, words, covered: this.coveredWidth() });
    this.mapView = this.side.view;
    this.mapView.goTo(view);
    this.mapView.addEventListener("moved", () => this.views.set(this.mapView.place));
    this.mapView.map.on("zoomend", () => this.column.showLegend());
    this.notice.follow(this.mapView, words);
    this.drawing = new Drawing({ mapView: this.mapView, onDone: (corners) => this.change({ draw: writeCorners(corners), area: null, level: "grid" }), onTurn: (isOn) => this.showDrawing(isOn) });
    this.find("draw").addEventListener("click", () => (this.drawing.isOn ? this.drawing.finish() || this.drawing.stop() : this.drawing.start()));
    this.talk = new MapTalk({ page: this });
  }

  furnish() {
    const exported = () => {
      const { view } = this.settled;
      const place = view.level === "building" && view.area ? { area: view.area } : {};
      return { source: view.source, dimension: view.dim, level: view.level, ...place };
    };
    const onFound = ({ kind, code }) => (kind === "area" || kind === "grid") && code && this.talk.open(code);
    return new MapFurniture({ page: this, mapView: this.mapView, onFound, exported });
  }

  openParts() {
    const { asking } = this;
    const works = {
      exposure: { load: () => asking.get("exposure", placeOf(this.settled)), draw: drawExposure },
      profile: { load: () => asking.get("profile", placeOf(this.settled)), draw: drawNear },
      trend: { load: () => asking.get("trend", this.focus()), draw: drawChange },
      compare: { load: () => this.compared(), draw: drawCompared },
      privacy: { load: async () => ({ budget: await asking.get("budget"), accuracy: this.shown?.answer.source.accuracy }), draw: drawPrivacy },
    };
    this.parts = [...this.document.querySelectorAll("[data-part]")].map((details) => new FoldedPart(details, { page: this, ...works[details.dataset.part] }));
  }

  /** The place looked at with its level: what a trend is asked about. */
  focus() {
    const { view } = this.settled;
    const code = view.area ?? this.shown?.row?.code ?? this.state.town.root_code;
    return { source: view.source, dimension: view.dim, level: levelOfCode(code, this.state.town.root_code), area: code };
  }

  coveredWidth() {
    return coveredByLegend(this.find("legend"), { isFirst: !this.side });
  }

  /** A step of the user; choices can be taken back with the back button. */
  change(change) {
    this.switchStarted = performance.now();
    this.views.set(change, { push: isStep(change) });
  }

  follow(changed) {
    const has = (...keys) => keys.some((key) => changed.has(key));
    this.settled = settle(this.view, this.state, this.words);
    if (has("source", "dim", "level", "measure", "group", "area", "draw")) void this.refresh();
    else if (has("class") && this.shown) this.paint();
    else if (has("sort") && this.shown) this.column.showTable();
    if (has("with") && this.shown) {
      this.talk.markChosen();
      void this.parts.find(({ name }) => name === "compare").refresh();
    }
    this.furniture?.refreshLinks();
  }

  /** Everything that depends on the choices; the map does not wait for the rows, a newer choice overtakes. */
  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const isOld = () => turn !== this.turn;
    const started = this.switchStarted ?? performance.now();
    const { settled } = this;
    this.choosers.show(settled);
    this.showDrawTool();
    try {
      const rows = this.askRows(settled);
      this.bytes = null;
      if (paintsFootprints(settled)) {
        const bytes = await this.side.loadBytes(settled);
        if (isOld()) return;
        this.bytes = bytes;
        this.paint();
      }
      const shown = await rows;
      if (!isOld()) await this.show(shown, isOld);
      if (isOld()) return;
      noteSwitchTime(started);
      this.switchStarted = undefined;
    } catch (error) {
      if (!isOld()) this.notice.tell(error.message || this.words.say("figures_failed"), () => this.refresh());
    }
  }

  askRows(settled) {
    const csrf = this.document.querySelector("[name=csrfmiddlewaretoken]").value;
    const rows = askView({ asking: this.asking, state: this.state, settled, csrf });
    rows.catch(() => {}); // told where it is awaited
    return rows;
  }

  async show(shown, isOld) {
    const { settled, column } = this;
    this.shown = shown;
    const outlines = this.side.showOutlinesOf(settled, shown);
    this.drawing.show(settled.view.draw ? readCorners(settled.view.draw) : null);
    column.showHeadline();
    this.paint();
    column.showComposition();
    column.showFacts();
    this.fillCompare();
    await Promise.all([outlines, column.showSplit(isOld)]);
    if (isOld()) return;
    this.talk.markChosen();
    for (const part of this.parts) void part.refresh();
  }

  /** Map, legend, distribution and table from what is here. */
  paint() {
    const { settled, scale, view, bytes, shown, side, column } = this;
    if (bytes) this.counts = side.paintFootprints({ bytes, scale, isolated: view.class });
    else if (shown) this.counts = side.paintAreas({ rows: shown.answer.rows, settled, scale, isolated: view.class });
    else return;
    column.showLegend();
    column.showDistribution();
    if (shown) column.showTable();
  }

  fillCompare() {
    const places = this.shown.answer.rows.filter(({ code }) => code !== this.settled.view.area);
    const options = [{ code: "", name: this.words.say("compare_pick") }, ...places.map(({ code, name }) => ({ code, name: name || code }))];
    fillSelect(this.find("compare-with"), options, places.some(({ code }) => code === this.view.with) ? this.view.with : "");
  }

  async compared() {
    const second = this.talk.rowOf(this.view.with);
    if (!second) throw new Error(this.words.say("compare_hint"));
    return { first: this.shown.row, second };
  }

  /** Only surveyed figures are drawn by hand: of the stock every building can be seen. */
  showDrawTool() {
    const isSealed = this.settled.kind === "sealed";
    this.find("draw").hidden = !isSealed;
    if (!isSealed) this.drawing.stop();
  }

  showDrawing(isOn) {
    this.find("draw").setAttribute("aria-pressed", String(isOn));
    this.find("draw-hint").hidden = !isOn;
  }

  retheme() {
    this.side.retheme();
    this.paint();
  }
}
