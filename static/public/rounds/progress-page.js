// The progress of a round: the legend filters map and table alike, pointing at one marks the other.
import { OverlayMap, fetchJson } from "../places/overlay-map.js";
import { TakenBoxes } from "../map/boxes.js";
import { currentTheme } from "../map/base-style.js";
import { MARKS, markIcon, paintMark } from "./marks.js";
import { addOverlay, boxOf, eachInFrame, nameGrids, outlineBuildings } from "./over-buildings.js";
import { ProgressTable } from "./progress-table.js";
import { figure, lines, say, shareOf } from "./text.js";

// Share of dwellings with a result: nothing yet, begun, half, most, all.
const SHADES = { light: ["#e9e3d3", "#c6d9ea", "#8fb8d8", "#4a8abb", "#155a8a"], dark: ["#3b372d", "#27415a", "#33608a", "#4f8fc4", "#93c7f2"] };
const GRID_INK = { light: "#1f4a75", dark: "#8cbbe8" };
const EVERY_MS = 60_000;
const MARKS_FROM_ZOOM = 16;

export class ProgressPage {
  constructor(state, words) {
    Object.assign(this, { state, words, filter: "", hovered: "" });
    this.language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
    this.legend = document.querySelector("[data-legend]");
    this.table = new ProgressTable(document.querySelector("[data-progress-table]"), { words, states: state.states, onPoint: (place) => this.point(place), onShow: (place) => this.show(place) });
  }

  async open() {
    this.map = new OverlayMap(document.getElementById("town-map"), this.state.map, { language: this.language, words: {}, onBuilding: (number) => this.openBuilding(number) });
    this.overlay = addOverlay(this.map, (pen, frame) => this.paint(pen, frame));
    this.map.view.addEventListener("pointed", ({ detail }) => this.tip(detail));
    document.addEventListener("themechange", () => this.redraw());
    this.legend.addEventListener("click", (event) => this.choose(event.target.closest("button[data-state]")?.dataset.state));
    this.drawIcons();
    await this.load({ first: true });
    this.timer = setInterval(() => !document.hidden && this.load(), EVERY_MS);
  }

  async load({ first = false } = {}) {
    const note = document.querySelector("[data-updated]");
    try {
      this.progress = await fetchJson(this.state.data);
    } catch {
      note.textContent = this.words.failed;
      return;
    }
    this.byNumber = new Map(this.progress.buildings.map((building) => [building.number, building]));
    note.textContent = say(this.words.at, { time: this.progress.time });
    this.named = this.progress.grids.map(({ name, geometry }) => ({ name, box: boxOf(geometry) }));
    this.drawLegend();
    this.table.fill(this.progress, this.filter);
    this.drawGrids();
    this.redraw();
    if (first) this.openAsAsked();
  }

  /** #due, #declined … in the address: the same view for a colleague. */
  openAsAsked() {
    const asked = location.hash.slice(1);
    if (asked && this.legend.querySelector(`[data-state="${CSS.escape(asked)}"]`)) this.choose(asked);
    const points = this.progress.buildings.map((building) => [building.at[1], building.at[0]]);
    if (points.length) this.map.map.fitBounds(this.map.L.latLngBounds(points).pad(0.06), { maxZoom: 17, animate: false });
    this.isReady = true;
  }

  countOf(place, state = this.filter) {
    if (!state) return place.total;
    return state === "due" ? place.due : place.states[this.state.states.indexOf(state)];
  }

  choose(state) {
    if (!state) return;
    this.filter = this.filter === state ? "" : state;
    for (const button of this.legend.querySelectorAll("button[data-state]")) button.setAttribute("aria-pressed", String(button.dataset.state === this.filter));
    history.replaceState(null, "", this.filter ? `#${this.filter}` : location.pathname + location.search);
    this.drawKey();
    this.table.fill(this.progress, this.filter);
    this.redraw();
  }

  /** The key on the map says what the colours mean now. */
  drawKey() {
    for (const key of document.querySelectorAll("[data-key]")) key.hidden = key.dataset.key !== (this.filter ? "state" : "share");
    if (!this.filter) return;
    const name = this.filter === "due" ? this.words.due : this.words.states[this.filter];
    document.querySelector("[data-key-name]").textContent = name;
    document.querySelector("[data-key-icon]").dataset.icon = this.filter;
  }

  drawIcons() {
    for (const place of document.querySelectorAll("[data-icon]")) place.replaceChildren(markIcon(place.dataset.icon, currentTheme()));
  }

  drawLegend() {
    const { whole } = this.progress;
    for (const button of this.legend.querySelectorAll("button[data-state]")) {
      const count = this.countOf(whole, button.dataset.state);
      button.querySelector("[data-count]").textContent = figure(count);
      button.querySelector(".tally-fill").style.width = shareOf(count, whole.total);
    }
    for (const [name, value] of Object.entries({ total: whole.total, finished: whole.finished, due: whole.due, none: this.countOf(whole, "none") })) {
      const place = document.querySelector(`[data-figure="${name}"]`);
      if (place) place.textContent = figure(value);
    }
    const resting = whole.resting ? say(this.words.resting, { count: whole.resting }) : "";
    document.querySelector("[data-aside]").textContent = [say(this.words.visits, { count: whole.attempts }), resting].filter(Boolean).join(" · ");
    const unassigned = document.querySelector("[data-unassigned]");
    unassigned.hidden = !whole.unassigned;
    unassigned.textContent = say(this.words.unassigned, { count: whole.unassigned });
  }

  drawGrids() {
    const features = this.progress.grids.map((grid) => ({ type: "Feature", id: grid.code, properties: grid, geometry: grid.geometry }));
    this.map.draw("grids", { type: "FeatureCollection", features }, { style: (feature, on) => ({ color: GRID_INK[currentTheme()], weight: on ? 4 : 1.6, opacity: 0.85, fill: false, interactive: false }) });
  }

  redraw() {
    if (!this.progress) return;
    this.drawIcons();
    const theme = currentTheme();
    const values = new Uint8Array(this.state.map.building_count).fill(255);
    for (const building of this.progress.buildings) if (building.number >= 0) values[building.number] = this.shadeOf(building);
    const chosen = this.filter ? MARKS[this.filter][theme] : null;
    this.map.paintBuildings(values, chosen ? [`${chosen}59`, SHADES[theme][0]] : SHADES[theme]);
    this.overlay.schedule();
  }

  /** Index into the fills: with a filter, has any or not; without, the share that has a result. */
  shadeOf(building) {
    if (this.filter) return this.countOf(building) > 0 ? 0 : 1;
    if (building.finished === building.total) return 4;
    if (building.finished === 0) return 0;
    const share = building.finished / building.total;
    return share < 0.34 ? 1 : share < 0.67 ? 2 : 3;
  }

  paint(pen, frame) {
    if (!this.progress) return;
    const theme = currentTheme();
    const { halo, outline } = this.map.theme;
    const hot = new Set(this.progress.buildings.filter((one) => this.isHovered(one)).map((one) => one.number));
    if (hot.size) outlineBuildings(pen, frame, this.map.view.store, hot, { colour: outline, halo, width: 2.4 });
    const state = this.filter || "due";
    const isNear = frame.zoom >= MARKS_FROM_ZOOM;
    const taken = new TakenBoxes();
    eachInFrame(frame, this.progress.buildings, (building, x, y) => this.countOf(building, state) && taken.take(x - 14, y - 8, x + (isNear ? 14 : 8), y + 8));
    nameGrids(pen, frame, this.named, { theme: this.map.theme, taken });
    eachInFrame(frame, this.progress.buildings, (building, x, y) => {
      const count = this.countOf(building, state);
      if (!count) return;
      paintMark(pen, state, x - (isNear ? 7 : 0), y, { theme, halo, ink: outline, label: isNear ? String(count) : "", size: isNear ? 1 : 0.7 });
    });
  }

  isHovered(building) {
    return this.hovered && (this.hovered === building.code || this.hovered === building.grid);
  }

  point(code) {
    this.hovered = code;
    this.map.mark("grids", (feature) => feature.id === code);
    this.overlay.schedule();
  }

  show(code) {
    const points = this.progress.buildings.filter((one) => one.code === code || one.grid === code).map((one) => [one.at[1], one.at[0]]);
    if (points.length) this.map.map.fitBounds(this.map.L.latLngBounds(points).pad(0.3), { maxZoom: 18 });
  }

  openBuilding(number) {
    const building = this.byNumber?.get(number);
    if (building) this.table.open(building);
  }

  tip({ number, at }) {
    const building = at ? this.byNumber?.get(number) : null;
    this.map.view.map.closeTooltip?.(this.tooltip);
    if (!building) return;
    const { L, map } = this.map;
    this.tooltip ??= L.tooltip({ className: "map-tip", direction: "top", opacity: 1, offset: [0, -8] });
    const parts = this.state.states.map((state, index) => [state, building.states[index]]).filter(([, count]) => count);
    const detail = parts.map(([state, count]) => `${this.words.states[state]} ${count}`).join(" · ");
    this.tooltip.setLatLng(map.containerPointToLatLng(at)).setContent(lines(`${building.name} · ${say(this.words.dwellings, { count: building.total })}`, detail));
    map.openTooltip(this.tooltip);
  }
}
