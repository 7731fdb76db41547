// The mix page: one view, one update. Source, dimension, level, measure, place, class and theme all end in
// `refresh`, which sets map, headline, legend, distribution, split and table from the same rows.
import { ViewState } from "../coverage/view-state.js";
import { Words } from "../coverage/words.js";
import { isStep, levelOfCode, readCorners, readView, writeCorners, writeView } from "./address.js";
import { AreaTable } from "./area-table.js";
import { Asking } from "./asking.js";
import { showComposition, showDistribution, showSplit } from "./bars.js";
import { Choosers, fillSelect } from "./choosers.js";
import { kindOf, settle } from "./choices.js";
import { Drawing } from "./drawing.js";
import { Furniture } from "./furniture.js";
import { Headline } from "./headline.js";
import { Legend } from "./legend.js";
import { MapSide } from "./map-side.js";
import { rampOf } from "./painting.js";
import { FoldedPart, drawChange, drawCompared, drawExposure, drawNear, drawPrivacy } from "./parts.js";
import { CLASS_COUNT, countBytes, countClasses, figureOf, shown } from "./scales.js";

const FILE_MEASURES = new Set(["w", "share"]);
const MOST_LISTED = 5000;

export function start(document) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const page = new MixPage(document, read("mix-state"), new Words(read("mix-words"), document.documentElement.lang));
  window.mixPage = page; // for the browser tests and the curious
  return page.start();
}

export class MixPage {
  constructor(document, state, words) {
    Object.assign(this, { document, state, words });
    this.find = (name) => document.querySelector(`[data-${name}]`);
    this.asking = new Asking({ api: state.api, town: state.town.slug });
    this.views = new ViewState(readView(location.search), { history, location, onChange: (changed) => this.follow(changed), read: readView, write: writeView });
    this.settled = settle(this.views.view, state, words);
    this.answer = null;
    this.drawn = null;
  }

  get view() {
    return this.views.view;
  }

  get scale() {
    return this.state.legend.scales[this.settled.view.measure];
  }

  get isByBuilding() {
    return this.settled.view.level === "building";
  }

  start() {
    const { find, words, document } = this;
    this.choosers = new Choosers({ find, words, onChange: (change) => this.change({ ...change, class: null }) });
    this.headline = new Headline({ find, words });
    this.legend = new Legend({ box: find("legend"), words, onIsolate: (at) => this.change({ class: at }) });
    this.table = new AreaTable({ table: find("areas"), more: find("areas-more"), empty: find("areas-empty"), words, onPoint: (code) => this.point(code), onOpen: (code) => this.open(code), onSort: (sort) => this.change({ sort }) });
    this.openMap();
    this.furniture = new Furniture({ page: this });
    this.openParts();
    find("headline-clear").addEventListener("click", () => this.change({ area: null, draw: "", with: null }));
    find("compare-with").addEventListener("change", ({ target }) => this.change({ with: target.value || null }));
    find("map-notice").querySelector("button").addEventListener("click", () => this.retry());
    window.addEventListener("popstate", () => this.views.restore());
    document.addEventListener("themechange", () => this.retheme());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.retheme());
    return this.refresh();
  }

  openMap() {
    const { state, words, view, document } = this;
    this.side = new MapSide({ element: document.getElementById("mix-map"), state, words, covered: this.coveredWidth() });
    this.mapView = this.side.view;
    const { map } = this.mapView;
    if (view.z !== null && view.lon !== null && view.lat !== null) map.setView([view.lat, view.lon], view.z, { animate: false });
    this.mapView.addEventListener("moved", () => this.rememberPlace());
    this.mapView.addEventListener("pointed", ({ detail }) => this.showAtPointer(detail));
    this.mapView.addEventListener("chosen", ({ detail }) => this.isByBuilding && !this.drawing.isOn && this.chooseBuilding(detail.number));
    map.on("click", ({ latlng }) => this.chooseArea(latlng));
    map.on("zoomend", () => this.showLegend());
    this.mapView.store.addEventListener("failed", () => this.tellProblem(words.say("tiles_failed"), () => this.mapView.base.redraw() && this.mapView.buildings.redraw()));
    this.mapView.store.addEventListener("recovered", () => (this.find("map-notice").hidden = true));
    this.drawing = new Drawing({ mapView: this.mapView, onDone: (corners) => this.change({ draw: writeCorners(corners), area: null, level: "grid" }), onTurn: (isOn) => this.showDrawing(isOn) });
    this.find("draw").addEventListener("click", () => (this.drawing.isOn ? this.drawing.finish() : this.drawing.start()));
  }

  openParts() {
    const loads = {
      exposure: { load: () => this.asking.get("exposure", this.where()), draw: drawExposure },
      profile: { load: () => this.asking.get("profile", this.where()), draw: drawNear },
      trend: { load: () => this.asking.get("trend", { ...this.where(), level: this.focusLevel, area: this.focusCode }), draw: drawChange },
      compare: { load: () => this.compared(), draw: drawCompared },
      privacy: { load: () => this.privacy(), draw: drawPrivacy },
    };
    this.parts = [...this.document.querySelectorAll("[data-part]")].map((details) => new FoldedPart(details, { page: this, ...loads[details.dataset.part] }));
  }

  /** What every question about one place names. */
  where() {
    const { view } = this.settled;
    return { source: view.source, dimension: view.dim, area: view.area };
  }

  get focusCode() {
    return this.settled.view.area ?? this.whole?.code ?? "";
  }

  get focusLevel() {
    return levelOfCode(this.focusCode, this.state.town.root_code);
  }

  /** What the legend covers of the map's left, in pixels. On a phone it starts closed. */
  coveredWidth() {
    const legend = this.find("legend");
    const isSmall = legend.parentElement.clientWidth < 560;
    if (isSmall && !this.side) legend.querySelector("details").open = false;
    return isSmall ? 0 : legend.offsetWidth + 12;
  }

  /** A step of the user; choices can be taken back with the back button. */
  change(change) {
    this.switchStarted = performance.now();
    this.views.set(change, { push: isStep(change) });
  }

  follow(changed) {
    const has = (...keys) => keys.some((key) => changed.has(key));
    this.settled = settle(this.view, this.state, this.words);
    if (has("source", "dim", "level", "measure", "group", "area", "draw", "b")) void this.refresh();
    else if (has("class")) this.repaint();
    else if (has("sort")) this.showTable();
    if (has("with")) void this.refreshPart("compare");
    this.furniture?.refreshLinks();
  }

  refreshPart(name) {
    this.markCompared();
    return this.parts.find((part) => part.name === name)?.refresh();
  }

  /** Everything that depends on the choices: rows, the place looked at, the split; a newer choice overtakes. */
  async refresh() {
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const started = this.switchStarted ?? performance.now();
    this.choosers.show(this.settled);
    this.showDrawTool();
    const { settled } = this;
    const isOld = () => turn !== this.turn;
    try {
      const bytes = this.paintsFootprints ? this.side.loadBytes(settled) : null;
      const rows = this.askRows(settled);
      if (bytes) {
        this.bytes = await bytes;
        if (isOld()) return;
        this.paint();
        this.measure(started);
      }
      await this.useRows(await rows, settled, isOld);
      if (isOld()) return;
      if (!bytes) this.measure(started);
      for (const part of this.parts) void part.refresh();
    } catch (error) {
      if (!isOld()) this.tellProblem(error.message || this.words.say("figures_failed"), () => this.refresh());
    }
  }

  get paintsFootprints() {
    return this.settled.kind === "stock" && this.isByBuilding && FILE_MEASURES.has(this.settled.view.measure);
  }

  /** The rows of the level and of the place looked at. Of very many buildings only those of one place are listed. */
  async askRows({ view }) {
    const asked = { source: view.source, dimension: view.dim };
    const isHuge = this.isByBuilding && this.state.building_count > MOST_LISTED;
    const listed = isHuge ? (view.area ? "building" : "community") : view.level;
    const main = this.asking.get("figures", { ...asked, level: listed, area: this.isByBuilding && view.area ? view.area : "" });
    const focus = view.area ? this.askFocus(asked, view, listed, main) : null;
    const drawn = view.draw ? this.askDrawn(view) : null;
    const [answer, row, area] = await Promise.all([main, focus, drawn]);
    return { answer, row: area?.row ?? row ?? answer.whole, drawn: area, listed };
  }

  async askFocus(asked, view, listed, main) {
    const level = levelOfCode(view.area, this.state.town.root_code);
    const answer = level === listed ? await main : await this.asking.get("figures", { ...asked, level, area: level === "town" ? "" : view.area });
    return answer.rows.find(({ code }) => code === view.area) ?? null;
  }

  async askDrawn(view) {
    const corners = readCorners(view.draw);
    if (!corners) return null;
    const key = `${view.source} ${view.dim} ${view.draw}`;
    if (this.drawnKey !== key) {
      const csrf = this.document.querySelector("[name=csrfmiddlewaretoken]").value;
      this.drawnAnswer = await this.asking.areaOf(view.source, view.dim, corners, csrf);
      this.drawnKey = key;
    }
    return this.drawnAnswer;
  }

  async useRows({ answer, row, drawn, listed }, settled, isOld) {
    const { view } = settled;
    const plan = answer.source.plan ?? this.state.plan;
    const outlined = this.isByBuilding ? "community" : view.level;
    if (isOld()) return;
    Object.assign(this, { answer, row, drawn, listed, whole: answer.whole });
    const outlines = this.side.showOutlines(outlined, plan);
    this.drawing.show(view.draw ? readCorners(view.draw) : null);
    this.showHeadline();
    this.paint();
    this.showTable();
    this.showComposition();
    void this.showSplit(isOld);
    this.showFacts();
    this.fillCompare();
    await outlines;
    if (isOld()) return;
    this.markChosen();
    this.isShown = true;
  }

  get placeName() {
    if (this.drawn) return this.words.say("drawn_place", { n: this.drawn.grids?.length ?? this.drawn.codes?.length ?? 0 });
    if (this.settled.view.area) return this.row?.name ?? this.settled.view.area;
    return this.whole?.name ?? this.state.town.name;
  }

  showHeadline() {
    const { settled, answer, words } = this;
    const note = this.drawn ? words.say("drawn_note") : answer.weighting === "pairs" && settled.view.measure === "w" ? words.say("weighting_pairs") : "";
    this.headline.show({ settled, row: this.row, source: answer.source, place: this.placeName, scale: this.scale, isChosen: Boolean(settled.view.area || settled.view.draw), note });
  }

  repaint() {
    this.paint();
    this.showTable();
  }

  paint() {
    const { settled, scale, view } = this;
    const isolated = view.class;
    if (this.paintsFootprints && this.bytes) {
      this.side.paintFootprints({ bytes: this.bytes, scale, isolated });
      this.counts = countBytes(this.bytes, this.side.classOf);
    } else if (this.answer) {
      const rows = this.answer.rows;
      this.side.paintAreas({ rows, settled, scale, isolated });
      this.counts = countClasses(scale, rows.map((row) => figureOf(row, settled.view.measure, settled.group)));
    } else return;
    this.showLegend();
    this.showDistribution();
  }

  get hatchedLabels() {
    return this.paintsFootprints ? [this.words.say("class_too_few"), this.words.say("class_untold")] : [this.words.say("class_hidden")];
  }

  showLegend() {
    if (!this.counts) return;
    const { settled, words, scale, state } = this;
    const { view, groups, group } = settled;
    const measure = settled.measures.find(({ code }) => code === view.measure).name;
    this.legend.show({
      title: view.group ? words.say("legend_of_group", { measure, group: groups[group].name }) : measure,
      unit: words.say(this.paintsFootprints ? "legend_unit_buildings" : "legend_unit_areas"),
      meaning: words.say(`meaning_${view.measure}`),
      scale,
      ramp: rampOf(state.legend, this.side.theme),
      counts: this.counts,
      hatched: this.hatchedLabels,
      isolated: this.view.class,
      showsCells: this.paintsFootprints && this.mapView.showsCells,
    });
  }

  showDistribution() {
    const { words, settled, scale, state } = this;
    const unit = this.paintsFootprints ? words.say("level_building") : settled.levels.find(({ code }) => code === settled.view.level).name;
    this.find("distribution-title").textContent = words.say("distribution_title", { unit });
    showDistribution(this.find("distribution"), { scale, ramp: rampOf(state.legend, this.side.theme), counts: this.counts, isolated: this.view.class, hatched: this.hatchedLabels, words, onIsolate: (at) => this.change({ class: at }) });
  }

  showTable() {
    if (!this.answer) return;
    const { settled, words, scale, answer, listed } = this;
    const level = settled.levels.find(({ code }) => code === listed).name;
    const isGuide = this.isByBuilding && listed !== "building";
    this.find("areas-title").textContent = isGuide ? words.say("pick_place") : words.say("table_title", { level });
    const measure = settled.measures.find(({ code }) => code === settled.view.measure);
    this.table.show({
      rows: answer.rows,
      measure: settled.view.measure,
      group: settled.group,
      scale,
      sort: this.view.sort,
      measureName: measure.name,
      baseName: words.say(`base_name_${settled.kind}`, { unit: answer.source.unit ?? "" }),
      chosen: settled.view.area,
      caption: words.say("table_caption", { level }),
      emptySentence: words.say("no_rows", { level }),
    });
  }

  showComposition() {
    const { settled, row, words, state } = this;
    const chosen = settled.view.group ? settled.group : null;
    showComposition({ list: this.find("composition"), bar: this.find("composition-bar") }, { row, groups: settled.groups, chosen, legend: state.legend, words, onPick: (group) => this.change(group ? { measure: "share", group, class: null } : { measure: null, group: null, class: null }) });
  }

  async showSplit(isOld) {
    const box = this.find("split-part");
    if (this.drawn || this.settled.kind === "published" || this.settled.dimension.code === "age_band") return void (box.hidden = true);
    try {
      const split = await this.asking.get("split", this.where());
      if (isOld()) return;
      box.hidden = !split.levels?.length;
      if (!box.hidden) showSplit({ bar: this.find("split-bar"), list: this.find("split-list"), sentence: this.find("split-sentence") }, split, this.words);
    } catch {
      if (!isOld()) box.hidden = true;
    }
  }

  /** 从何而来, the remarks, and which folded parts this kind of source has. */
  showFacts() {
    const { answer, settled, words } = this;
    const facts = factsOf(answer.source, settled.kind, words);
    this.find("facts").replaceChildren(...facts.flatMap(([name, value]) => [tagged(this.document, "dt", name), tagged(this.document, "dd", value)]));
    this.find("notes").replaceChildren(...(answer.notes ?? []).map((note) => tagged(this.document, "li", note)));
    for (const part of this.parts) part.details.hidden = !(part.details.dataset.kinds ?? "stock sealed published").split(" ").includes(settled.kind);
  }

  fillCompare() {
    const places = this.answer.rows.filter(({ code }) => code !== this.settled.view.area);
    const options = [{ code: "", name: this.words.say("compare_pick") }, ...places.slice(0, 2000).map(({ code, name }) => ({ code, name: name || code }))];
    fillSelect(this.find("compare-with"), options, places.some(({ code }) => code === this.view.with) ? this.view.with : "");
  }

  async compared() {
    const second = this.answer?.rows.find(({ code }) => code === this.view.with);
    if (!second) throw new Error(this.words.say("compare_hint"));
    return { first: this.row, second };
  }

  async privacy() {
    const budget = await this.asking.get("budget", {});
    return { budget, accuracy: this.answer?.source.accuracy };
  }

  // --- The map's answers -------------------------------------------------------------------

  showAtPointer({ number, at }) {
    if (!at) return this.furniture.showLabel("", at);
    const latlng = this.mapView.map.containerPointToLatLng(at);
    const place = this.isByBuilding ? null : this.side.areas.at(latlng);
    this.mapView.map.getContainer().classList.toggle("is-pointing", number >= 0 || Boolean(place));
    this.side.areas.mark({ hovered: place?.code ?? null });
    this.table.mark(place?.code ?? this.rowOfBuilding(number)?.code ?? null);
    this.furniture.showLabel(place ? this.placeLabel(place) : number >= 0 && this.paintsFootprints ? this.buildingLabel(number) : "", at);
  }

  placeLabel({ code, name, name_en: english }) {
    const row = this.answer?.rows.find((one) => one.code === code);
    const value = figureOf(row, this.settled.view.measure, this.settled.group);
    const own = this.words.language === "en" ? english : name;
    return this.words.say("label_place", { name: row?.name ?? own, figure: value === null ? (row?.why ?? this.words.say("hidden_short")) : shown(value, this.scale, this.words) });
  }

  rowOfBuilding(number) {
    return number >= 0 && this.listed === "building" ? this.answer?.rows.find((one) => one.number === number) : null;
  }

  buildingLabel(number) {
    const row = this.rowOfBuilding(number);
    const figure = this.side.byteText(number, this.scale);
    return row ? this.words.say("label_place", { name: row.name, figure }) : figure;
  }

  /** A building of the list becomes the place looked at. */
  chooseBuilding(number) {
    const row = this.rowOfBuilding(number);
    if (row) this.open(row.code);
  }

  chooseArea(latlng) {
    if (this.drawing.isOn || this.isByBuilding) return;
    const place = this.side.areas.at(latlng);
    if (place) this.open(place.code, { fits: false });
  }

  /** Look at one place; the same place again goes back to the whole. */
  open(code, { fits = true } = {}) {
    const isSame = this.settled.view.area === code;
    this.change({ area: isSame ? null : code, draw: "" });
    if (!isSame && fits) this.bringIntoView(code);
  }

  bringIntoView(code) {
    const row = this.answer?.rows.find((one) => one.code === code);
    if (row?.number === null || row?.number === undefined) return this.side.fitArea(code);
    const { points } = this.side.values.fixed;
    if (points) this.mapView.map.setView([points[2 * row.number + 1], points[2 * row.number]], Math.max(this.mapView.map.getZoom(), 17));
  }

  point(code) {
    const row = code ? this.answer?.rows.find((one) => one.code === code) : null;
    this.mapView.setFocus({ hovered: row?.number ?? -1 });
    this.side.areas.mark({ hovered: code });
  }

  markChosen() {
    const { area } = this.settled.view;
    const isBuilding = area && area.length > 15;
    this.mapView.setFocus({ selected: isBuilding ? (this.row?.number ?? -1) : -1 });
    this.side.areas.mark({ chosen: isBuilding ? null : area, selected: new Set(this.drawn?.grids ?? []) });
    this.markCompared();
  }

  markCompared() {
    this.side.areas.mark({ compared: this.view.with });
  }

  // --- Drawing by hand ---------------------------------------------------------------------

  showDrawTool() {
    const isSealed = kindOf(this.settled.view.source) === "sealed";
    this.find("draw").hidden = !isSealed;
    if (!isSealed && this.drawing.isOn) this.drawing.stop();
  }

  showDrawing(isOn) {
    const button = this.find("draw");
    button.setAttribute("aria-pressed", String(isOn));
    const hint = this.find("draw-hint");
    hint.hidden = !isOn;
  }

  // --- Theme, place, trouble ---------------------------------------------------------------

  retheme() {
    this.side.retheme();
    this.paint();
    this.showComposition();
  }

  rememberPlace() {
    const { map } = this.mapView;
    const { lat, lng } = map.getCenter();
    this.views.set({ z: map.getZoom(), lon: Number(lng.toFixed(5)), lat: Number(lat.toFixed(5)) });
  }

  /** How long a switch took, from the choice to the frame in which it is seen. */
  measure(started) {
    requestAnimationFrame(() => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => (window.__lastSwitchMs = performance.now() - started);
      channel.port2.postMessage(null);
    });
    this.switchStarted = undefined;
  }

  tellProblem(sentence, again) {
    this.again = again;
    const notice = this.find("map-notice");
    notice.querySelector("p").textContent = sentence;
    notice.hidden = false;
  }

  retry() {
    this.find("map-notice").hidden = true;
    this.again?.();
  }
}

function tagged(document, name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

/** Name and value of everything that the figures rest on. */
export function factsOf(source, kind, words) {
  const rows = [
    ["fact_source", kind === "published" ? source.source : source.label],
    ["fact_date", source.date ? (/^\d{4}$/.test(source.date) ? source.date : words.date(source.date)) : null],
    ["fact_answered", source.answered === null ? null : words.say("fact_answered_of", { n: words.count(source.answered), all: words.count(source.dwellings) })],
    ["fact_stock", source.stock],
    ["fact_plan", source.plan],
    ["fact_epsilon", source.epsilon === null ? null : String(source.epsilon)],
    ["fact_sha256", source.sha256],
    ["fact_attribution", kind === "published" ? null : source.attribution],
  ];
  return rows.filter(([, value]) => value !== null && value !== undefined && value !== "").map(([key, value]) => [words.say(key), value]);
}
