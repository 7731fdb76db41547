// The map of the mix page: footprints by their own figure, or areas by theirs; it says what was pointed at.
import { currentTheme } from "../map/base-style.js";
import { MapView } from "../map/map-view.js";
import { Values } from "../map/values.js";
import { AreasLayer } from "./areas-layer.js";
import { areaFills, footprintStyle, quietStyle } from "./painting.js";
import { byteClasses, countBytes, countClasses, figureOf, shown } from "./scales.js";
import { levelOfCode } from "./address.js";
import { getJson } from "./asking.js";

/** The name of the value file that a measure of the stock is read from. */
export const figureFile = (measure, group) => (measure === "share" ? `share-${group}` : measure);

export class MapSide {
  constructor({ element, state, words, covered, options, theme = null }) {
    Object.assign(this, { state, words, forcedTheme: theme });
    this.values = new Values({ arrays: state.arrays, values: (state.values ?? "").replace("{dimension}", "{mode}").replace("{figure}", "{category}") });
    this.view = new MapView(window.L, element, { town: state.town, source: state, points: null, language: words.language, words, covered, options, theme });
    this.areas = new AreasLayer(this.view);
    this.outlines = new Map();
    this.view.setStyle(quietStyle(this.theme));
  }

  get theme() {
    return this.forcedTheme ?? currentTheme();
  }

  /** Points and dwellings of all buildings: needed below the zoom of footprints and for counts by dwelling. */
  async loadBuildings() {
    this.fixed ??= this.values.loadFixed(["points", "dwellings"]);
    const fixed = await this.fixed;
    this.view.points = fixed.points;
    this.dwellings = fixed.dwellings;
    return fixed;
  }

  /** The value file of a view, with the buildings it speaks of. */
  async loadBytes({ view, group }) {
    const bytes = this.values.get(view.dim, figureFile(view.measure, group));
    await Promise.all([bytes, this.loadBuildings()]);
    return bytes;
  }

  /** Both kinds of painting return how many things fall into each class. */
  paintFootprints({ bytes, scale, isolated }) {
    this.bytes = bytes;
    this.areas.setFills(null);
    this.view.setStyle(footprintStyle({ values: bytes, weights: this.dwellings, scale, legend: this.state.legend, theme: this.theme, isolated }));
    return countBytes(bytes, byteClasses(scale, this.state.legend));
  }

  paintAreas({ rows, settled, scale, isolated }) {
    this.bytes = null;
    const { view, group } = settled;
    this.view.setStyle(quietStyle(this.theme));
    this.areas.setFills(areaFills({ rows, measure: view.measure, group, scale, legend: this.state.legend, theme: this.theme, isolated, words: this.words }));
    return countClasses(scale, rows.map((row) => figureOf(row, view.measure, group)));
  }

  /** Outlines that a view needs: grids of the plan that the source is pinned to, or areas of today. */
  showOutlinesOf({ view }, { answer, listed }) {
    const plan = answer.source.plan ?? this.state.plan;
    if (view.level !== "building") return this.showOutlines(view.level, plan);
    const level = view.area ? levelOfCode(view.area, this.state.town.root_code) : listed;
    return this.showOutlines(level, plan);
  }

  /** A level without outlines (a building, the town) clears them. */
  async showOutlines(level, plan) {
    const key = level === "grid" ? `grid ${plan}` : level;
    if (!this.outlines.has(key)) {
      const template = this.state.outlines[level];
      const known = template && (level !== "grid" || plan);
      this.outlines.set(key, known ? getJson(template.replace("{plan}", plan)).then(({ features }) => features).catch(() => this.forget(key)) : Promise.resolve([]));
    }
    this.wanted = key;
    const features = await this.outlines.get(key);
    if (this.wanted === key) this.areas.setPlaces(features);
    return features;
  }

  forget(key) {
    this.outlines.delete(key);
    return [];
  }

  /** What a building's byte says in words. */
  byteText(number, scale) {
    const { legend } = this.state;
    const byte = this.bytes && number < this.bytes.length ? this.bytes[number] : legend.unknown;
    if (byte <= legend.steps) return shown(byte / legend.steps, scale, this.words);
    const key = { [legend.no_homes]: "label_no_homes", [legend.too_few]: "label_too_few" }[byte] ?? "label_untold";
    return this.words.say(key);
  }

  fitArea(code) {
    const place = this.areas.byCode?.get(code);
    if (!place) return;
    const [west, south, east, north] = place.box;
    this.view.map.fitBounds([[south, west], [north, east]], { maxZoom: 17, padding: [30, 30] });
  }

  retheme() {
    this.view.setTheme();
    this.areas.repaint();
  }
}
