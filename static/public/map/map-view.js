// The desk map: base, footprints or cells, symbols, names and focus, stacked in Leaflet panes. It is
// told what to show (`setStyle`, `setFocus`, `setFacilities`) and says what was pointed at.
import { THEMES, currentTheme } from "./base-style.js";
import { TakenBoxes } from "./boxes.js";
import { createCanvasTiles } from "./canvas-tiles.js";
import { cellSideM, cellSums, gridCells, paintCells } from "./cells.js";
import { paintFocus } from "./focus.js";
import { hatchPattern } from "./hatch.js";
import { paintLabels } from "./labels.js";
import { paintBase } from "./paint-base.js";
import { paintBuildings } from "./paint-buildings.js";
import { pickPolygon } from "./pick.js";
import { facilityAt, paintSymbolNames, paintSymbols } from "./symbols.js";
import { TileStore } from "./tile-store.js";
import { createViewCanvas, mercatorShare } from "./view-canvas.js";
import { buildingAt, visibleTiles } from "./visible-tiles.js";

const PANES = { base: 200, buildings: 250, cells: 260, names: 300, focus: 350 };

export class MapView extends EventTarget {
  /** `town` = {bounds}, `source` = {tiles, min_zoom, max_zoom, footprint_zoom}, `language` "zh" | "en". */
  constructor(L, element, { town, source, points, language, words, options = {}, covered = 0, theme = null }) {
    super();
    Object.assign(this, { L, points, language, words, forcedTheme: theme });
    this.footprintZoom = source.footprint_zoom + 1; // 512-px tiles: the map's zoom is one more
    this.store = new TileStore({ template: source.tiles, minZoom: source.min_zoom, maxZoom: source.max_zoom });
    this.style = null;
    this.facilities = null;
    this.focus = { hovered: -1, selected: -1, area: null, walk: null };
    this.grids = new Map();
    this.createLeaflet(element, town, source, options, covered);
    this.addLayers(source);
    this.listen();
  }

  get theme() {
    return THEMES[this.forcedTheme ?? currentTheme()];
  }

  get showsCells() {
    return this.map.getZoom() < this.footprintZoom;
  }

  createLeaflet(element, town, source, options, covered) {
    const { L } = this;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const [west, south, east, north] = town.bounds;
    const map = L.map(element, {
      zoomControl: false,
      attributionControl: false,
      minZoom: source.min_zoom + 1,
      maxZoom: 19,
      maxBounds: L.latLngBounds([south, west], [north, east]).pad(1.5),
      fadeAnimation: false,
      zoomAnimation: !still,
      inertia: !still,
      wheelPxPerZoomLevel: 90,
      ...options,
    });
    this.bounds = L.latLngBounds([south, west], [north, east]);
    this.map = map;
    this.fit(covered, { animate: false });
    for (const [name, order] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = order;
      if (order > PANES.base) pane.style.pointerEvents = "none";
    }
  }

  /** The whole town as large as it goes, moved aside from what covers the left of the map where there is room. */
  fit(covered = 0, options = {}) {
    const { map, bounds } = this;
    const zoom = map.getBoundsZoom(bounds, false, this.L.point(20, 20));
    const width = map.project(bounds.getNorthEast(), zoom).x - map.project(bounds.getSouthWest(), zoom).x;
    const aside = Math.max(0, Math.min(covered / 2, (map.getSize().x - width) / 2 - 20));
    map.setView(map.unproject(map.project(bounds.getCenter(), zoom).subtract([aside, 0]), zoom), zoom, options);
  }

  /** Go to the place of an address, if it names one. */
  goTo({ z, lon, lat }) {
    if (z !== null && lon !== null && lat !== null) this.map.setView([lat, lon], z, { animate: false });
  }

  /** Where the map stands, as an address carries it. */
  get place() {
    const { lat, lng } = this.map.getCenter();
    return { z: this.map.getZoom(), lon: Number(lng.toFixed(5)), lat: Number(lat.toFixed(5)) };
  }

  addLayers() {
    const { L, store } = this;
    this.base = createCanvasTiles(L, { store, pane: "base", paint: (pen, layers, view) => paintBase(pen, layers, view, this.theme) });
    this.buildings = createCanvasTiles(L, {
      store,
      pane: "buildings",
      minZoom: this.footprintZoom,
      paint: (pen, layers, view) => this.paintFootprints(pen, layers, view),
    });
    this.cells = createViewCanvas(L, { pane: "cells", paint: (pen, frame) => this.paintCells(pen, frame) });
    this.focusLayer = createViewCanvas(L, { pane: "focus", paint: (pen, frame) => paintFocus(pen, frame, visibleTiles(store, frame), this.focus, this.theme) });
    this.names = createViewCanvas(L, { pane: "names", paint: (pen, frame) => this.paintNames(pen, frame) });
    for (const layer of [this.base, this.buildings, this.cells, this.focusLayer, this.names]) layer.addTo(this.map);
  }

  listen() {
    this.store.addEventListener("arrived", () => this.scheduleNames());
    this.map.on("mousemove", (event) => this.point(event));
    this.map.on("mouseout", () => this.point(null));
    this.map.on("click", (event) => this.choose(event));
    this.map.on("moveend", () => this.dispatchEvent(new Event("moved")));
  }

  scheduleNames() {
    clearTimeout(this.namesTimer);
    this.namesTimer = setTimeout(() => {
      this.names.repaint();
      this.focusLayer.repaint();
      if (!this.store.isBusy) this.dispatchEvent(new Event("settled"));
    }, this.store.isBusy ? 120 : 16);
  }

  paintFootprints(pen, layers, view) {
    if (!this.style || !layers.buildings) return;
    const hatch = hatchPattern(pen, this.theme.hatch, view.ratio);
    const fills = this.style.fills.map((fill) => fill ?? hatch);
    paintBuildings(pen, layers.buildings, view, { ...this.style, fills, edgeZoom: 15 });
  }

  paintCells(pen, frame) {
    if (!this.style || !this.points || !this.showsCells) return;
    const side = cellSideM(frame.zoom);
    if (!this.grids.has(side)) this.grids.set(side, gridCells(this.points, side));
    const grid = this.grids.get(side);
    const { values, weights, gain, cellColour } = this.style;
    const hatch = hatchPattern(pen, this.theme.hatch, frame.ratio);
    paintCells(pen, grid, cellSums(grid, values, weights, gain), frame, { colourOf: cellColour, hatch });
  }

  paintNames(pen, frame) {
    const taken = new TakenBoxes();
    const { theme, language, store } = this;
    this.reserve?.(pen, taken, frame); // whoever writes on the map takes its room before the names do
    const shown = paintSymbols(pen, this.facilities, frame, theme, taken);
    paintLabels(pen, visibleTiles(store, frame), { ...frame, theme, language, taken });
    paintSymbolNames(pen, shown, this.facilities, frame, theme, taken);
  }

  /** {values, classOf, fills (null = hatch), edges, weights, gain, cellColour}: repaints, fetches nothing. */
  setStyle(style) {
    this.style = style;
    this.buildings.repaint();
    this.cells.repaint();
  }

  setFacilities(facilities) {
    this.facilities = facilities;
    this.names.schedule();
  }

  setFocus(change) {
    Object.assign(this.focus, change);
    this.focusLayer.schedule();
  }

  /** Ask again for the tiles that did not come. */
  redraw() {
    this.base.redraw();
    this.buildings.redraw();
  }

  setTheme() {
    for (const layer of [this.base, this.buildings, this.cells, this.focusLayer, this.names]) layer.repaint();
  }

  point(event) {
    const number = event && !this.showsCells ? this.buildingAt(event.latlng) : -1;
    const facility = event ? facilityAt(this.facilities, event.latlng, this.map.getZoom()) : -1;
    if (number !== this.focus.hovered) this.setFocus({ hovered: number });
    this.map.getContainer().classList.toggle("is-pointing", number >= 0);
    const at = event ? event.containerPoint : null;
    this.dispatchEvent(new CustomEvent("pointed", { detail: { number, facility, at } }));
  }

  choose(event) {
    if (this.showsCells) {
      this.map.setView(event.latlng, this.footprintZoom);
      return;
    }
    this.dispatchEvent(new CustomEvent("chosen", { detail: { number: this.buildingAt(event.latlng) } }));
  }

  buildingAt(latlng) {
    return buildingAt(this.store, pickPolygon, latlng, this.map.getZoom(), mercatorShare);
  }

  /** Resolves when every tile in view is here and painted. */
  async settled() {
    do {
      await new Promise((resolve) => setTimeout(resolve, 60));
    } while (this.store.isBusy || this.base.isLoading() || this.buildings.isLoading());
    this.names.repaint();
  }
}
