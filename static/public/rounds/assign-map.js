// The map of an assignment: buildings in the colour and letter of their worker, hatched where nobody goes.
import { OverlayMap } from "../places/overlay-map.js";
import { currentTheme } from "../map/base-style.js";
import { TakenBoxes } from "../map/boxes.js";
import { drawHalo } from "../map/labels.js";
import { Lasso } from "./lasso.js";
import { addOverlay, boxOf, eachInFrame, nameGrids, outlineBuildings } from "./over-buildings.js";
import { isInside } from "./plan.js";
import { lines, say } from "./text.js";

// Okabe and Ito's colours for the first workers, then the same again: the letter tells them apart.
const COLOURS = {
  light: ["#4a9fd0", "#e9a83a", "#35b08c", "#d490b5", "#8fcdf0", "#e58347", "#d9cf4a", "#a58cc9"],
  dark: ["#2f7fae", "#b57d1c", "#1f8a6b", "#a9668a", "#5795b8", "#b35f2a", "#9c942c", "#7a64a0"],
};
const SHARED = { light: "#b9b3a8", dark: "#565c63" };
const GRID_INK = { light: "#1f4a75", dark: "#8cbbe8" };
const LETTERS_FROM_ZOOM = 16;

export const colourOf = (index, theme) => COLOURS[theme][index % COLOURS[theme].length];

export class AssignMap {
  constructor(plan, state, { words, language, onBuilding, onLasso, onLassoChange }) {
    Object.assign(this, { plan, words, onLasso, selected: new Set(), pointed: new Set() });
    this.at = new Map(plan.buildings.map((building, at) => [building.number, at]));
    this.named = plan.grids.map(({ name, geometry }) => ({ name, box: boxOf(geometry) }));
    this.indexOf = new Map(plan.workers.map((worker, index) => [worker.id, index]));
    this.base = new OverlayMap(document.getElementById("town-map"), state, { language, words: {}, onBuilding: (number) => this.at.has(number) && onBuilding(this.at.get(number)) });
    this.buildingCount = state.building_count;
    this.overlay = addOverlay(this.base, (pen, frame) => this.paint(pen, frame));
    this.base.view.addEventListener("pointed", ({ detail }) => this.tip(detail));
    this.lasso = new Lasso(this.base.map, { onLine: (points) => onLasso(this.caught(points)), onChange: onLassoChange });
    document.addEventListener("themechange", () => this.repaint());
    this.drawGrids();
    this.fit(plan.buildings);
  }

  drawGrids() {
    const features = this.plan.grids.map((grid) => ({ type: "Feature", id: grid.code, properties: {}, geometry: grid.geometry }));
    this.base.draw("grids", { type: "FeatureCollection", features }, { style: (feature, on) => ({ color: GRID_INK[currentTheme()], weight: on ? 4 : 1.6, opacity: 0.85, fill: false, interactive: false }) });
  }

  fit(buildings) {
    const points = buildings.map(({ at }) => [at[1], at[0]]);
    if (points.length) this.base.map.fitBounds(this.base.L.latLngBounds(points).pad(0.04), { maxZoom: 18, animate: false, paddingTopLeft: [0, 44] });
  }

  /** Buildings whose middle lies within a line drawn on the window. */
  caught(points) {
    const { map } = this.base;
    return this.plan.buildings.flatMap((building, at) => {
      const { x, y } = map.latLngToContainerPoint([building.at[1], building.at[0]]);
      return isInside(points, x, y) ? [at] : [];
    });
  }

  /** Fills: one a worker, then shared by several, then nobody (hatched). */
  repaint() {
    const theme = currentTheme();
    const { workers } = this.plan;
    const fills = [...workers.map((_worker, index) => colourOf(index, theme)), SHARED[theme], null];
    const values = new Uint8Array(this.buildingCount).fill(255);
    this.plan.buildings.forEach((building, at) => {
      if (building.number < 0) return;
      const owners = this.plan.ownersOf(at);
      values[building.number] = owners.length > 1 ? workers.length : owners[0] ? this.indexOf.get(owners[0]) : workers.length + 1;
    });
    this.base.paintBuildings(values, fills);
    this.overlay.schedule();
  }

  /** Mark buildings as selected (Set of positions) or pointed at. */
  mark({ selected = this.selected, pointed = this.pointed, grid }) {
    Object.assign(this, { selected, pointed });
    if (grid !== undefined) this.base.mark("grids", (feature) => feature.id === grid);
    this.overlay.schedule();
  }

  paint(pen, frame) {
    const { halo, outline, label } = this.base.theme;
    const numbers = (positions) => new Set([...positions].map((at) => this.plan.buildings[at].number));
    const { store } = this.base.view;
    if (this.pointed.size) outlineBuildings(pen, frame, store, numbers(this.pointed), { colour: outline, halo, width: 1.6 });
    if (this.selected.size) outlineBuildings(pen, frame, store, numbers(this.selected), { colour: outline, halo, width: 3 });
    const taken = new TakenBoxes();
    nameGrids(pen, frame, this.named, { theme: this.base.theme, taken });
    if (frame.zoom < LETTERS_FROM_ZOOM) return;
    pen.font = '700 12px "Noto Sans CJK SC",system-ui,sans-serif';
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    const spare = frame.zoom > LETTERS_FROM_ZOOM ? 9 : 12; // a letter for every second house where they stand close
    eachInFrame(frame, this.plan.buildings, (building, x, y) => {
      const at = this.at.get(building.number);
      if (at === undefined) return;
      const letters = this.plan.ownersOf(at).filter(Boolean).map((id) => this.plan.workers[this.indexOf.get(id)].label);
      pen.fillStyle = label;
      if (letters.length && taken.take(x - spare, y - spare, x + spare, y + spare)) drawHalo(pen, { halo }, letters.slice(0, 3).join(""), x, y);
      if (this.selected.has(at)) this.tick(pen, x + (letters.length ? 13 : 0), y);
    });
  }

  /** A selected building carries a tick: the outline alone would be colour and width only. */
  tick(pen, x, y) {
    const { outline, halo } = this.base.theme;
    for (const [colour, width] of [[halo, 5], [outline, 2.4]]) {
      pen.beginPath();
      pen.moveTo(x - 5, y);
      pen.lineTo(x - 1.5, y + 4);
      pen.lineTo(x + 5, y - 4);
      pen.strokeStyle = colour;
      pen.lineWidth = width;
      pen.stroke();
    }
  }

  tip({ number, at }) {
    const position = at ? this.at.get(number) : undefined;
    const { L, map } = this.base;
    if (this.tooltip) map.closeTooltip(this.tooltip);
    if (position === undefined) return;
    this.tooltip ??= L.tooltip({ className: "map-tip", direction: "top", opacity: 1, offset: [0, -8] });
    const building = this.plan.buildings[position];
    const names = this.plan.ownersOf(position).map((id) => this.plan.workers[this.indexOf.get(id)]?.name ?? this.words.nobody);
    const count = say(this.words.dwellings, { count: this.plan.dwellingsOf(this.plan.inBuilding[position]) });
    map.openTooltip(this.tooltip.setLatLng(map.containerPointToLatLng(at)).setContent(lines(`${building.name} · ${count}`, names.join(" / "))));
  }
}
