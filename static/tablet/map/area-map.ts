// The map of the worker's area: base, footprints of the other buildings, own buildings, own position when
// it was asked for. Told what to show; says which building was tapped.
import L from "leaflet";
import { watch } from "vue";
import { TakenBoxes } from "../../public/map/boxes.js";
import { THEMES, currentTheme } from "../../public/map/base-style.js";
import { createCanvasTiles } from "../../public/map/canvas-tiles.js";
import { paintLabels } from "../../public/map/labels.js";
import { paintBase } from "../../public/map/paint-base.js";
import { paintBuildings } from "../../public/map/paint-buildings.js";
import { createViewCanvas, type Frame } from "../../public/map/view-canvas.js";
import { visibleTiles } from "../../public/map/visible-tiles.js";
import { shownTheme } from "../preferences.ts";
import type { BaseMap } from "./base-map.ts";
import { inkOf, paintGlyphs, paintHere, paintHouses, paintOutline, type HouseOnMap } from "./paint-houses.ts";
import { boundsOf, buildingAt } from "./shapes.ts";

const PANES = { base: 200, houses: 250, glyphs: 300 };
const MAX_ZOOM = 20;
const FINGER_PX = 30;

export interface View {
  center: [number, number]; // [lon, lat]
  zoom: number;
}

export interface AreaMapOptions {
  houses: HouseOnMap[];
  outline: GeoJSON.MultiPolygon | null;
  base: BaseMap | null;
  language: "zh" | "en";
  view: View | null;
  onChosen: (code: string | null) => void;
}

export class AreaMap {
  readonly map: L.Map;
  #element: HTMLElement;
  #options: AreaMapOptions;
  #chosen: string | null = null;
  #here: { lonlat: [number, number]; accuracy_m: number } | null = null;
  #layers: { repaint(): void }[] = [];
  #repaint = () => this.#layers.forEach((layer) => layer.repaint());
  #unwatch = watch(shownTheme, this.#repaint, { flush: "post" });

  constructor(element: HTMLElement, options: AreaMapOptions) {
    this.#element = element;
    this.#options = options;
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(element, { zoomControl: false, attributionControl: false, maxZoom: MAX_ZOOM, minZoom: 11, fadeAnimation: false, zoomAnimation: !still, inertia: !still, keyboard: true, tapTolerance: 20 } as L.MapOptions);
    for (const [name, order] of Object.entries(PANES)) {
      const pane = this.map.createPane(name);
      pane.style.zIndex = String(order);
      if (order > PANES.base) pane.style.pointerEvents = "none";
    }
    this.#place();
    this.#addLayers();
    this.map.on("click", (event) => this.#choose(event.latlng));
  }

  get view(): View {
    const { lng, lat } = this.map.getCenter();
    return { center: [lng, lat], zoom: this.map.getZoom() };
  }

  setHouses(houses: HouseOnMap[]): void {
    this.#options.houses = houses;
    this.#repaint();
  }

  choose(code: string | null): void {
    this.#chosen = code;
    this.#repaint();
  }

  /** Move the chosen building out from under the panel of its doors. */
  reveal(code: string, panel: DOMRect): void {
    const building = this.#options.houses.find((house) => house.building.code === code)?.building;
    if (!building) return;
    const frame = this.#element.getBoundingClientRect();
    const isBeside = panel.height > frame.height * 0.9;
    const covered = L.point(isBeside ? panel.width : 0, isBeside ? 0 : panel.height);
    const room = L.point(60, 60);
    this.map.panInside([building.point[1], building.point[0]], { paddingTopLeft: room, paddingBottomRight: covered.add(room) });
  }

  showHere(lonlat: [number, number], accuracy_m: number): void {
    this.#here = { lonlat, accuracy_m };
    this.map.setView([lonlat[1], lonlat[0]], Math.max(this.map.getZoom(), 17));
    this.#repaint();
  }

  /** All own buildings, with room for the buttons around. */
  fit(animate = true): void {
    const bounds = boundsOf(this.#options.houses.map(({ building }) => building), this.#options.outline);
    if (!bounds) return;
    const [west, south, east, north] = bounds;
    this.map.fitBounds([[south, west], [north, east]], { padding: [48, 48], maxZoom: 18, animate });
  }

  remove(): void {
    this.#unwatch();
    this.map.remove();
  }

  #place(): void {
    const { view } = this.#options;
    if (view) this.map.setView([view.center[1], view.center[0]], view.zoom, { animate: false });
    else {
      this.map.setView([0, 0], 12, { animate: false });
      this.fit(false);
    }
  }

  #addLayers(): void {
    const { base } = this.#options;
    if (base) {
      const tiles = createCanvasTiles(L, { store: base.store, pane: "base", paint: (pen, layers, view) => this.#paintGround(pen, layers, view) });
      base.store.addEventListener("arrived", () => glyphs.schedule());
      tiles.addTo(this.map);
      this.#layers.push(tiles);
    }
    const houses = createViewCanvas(L, { pane: "houses", paint: (pen, frame) => this.#paintHouses(pen, frame) });
    const glyphs = createViewCanvas(L, { pane: "glyphs", paint: (pen, frame) => this.#paintGlyphs(pen, frame) });
    for (const layer of [houses, glyphs]) layer.addTo(this.map);
    this.#layers.push(houses, glyphs);
  }

  #paintGround(pen: CanvasRenderingContext2D, layers: { buildings?: unknown }, view: unknown): void {
    const theme = THEMES[currentTheme()];
    paintBase(pen, layers, view, theme);
    paintBuildings(pen, layers.buildings, view, { values: [], classOf: new Uint8Array(256), fills: [theme.building], edges: [theme.casing.minor], edgeZoom: 15 });
  }

  #paintHouses(pen: CanvasRenderingContext2D, frame: Frame): void {
    const ink = inkOf(this.#element);
    paintOutline(pen, frame, this.#options.outline, ink);
    paintHouses(pen, frame, this.#options.houses, this.#chosen, ink);
  }

  #paintGlyphs(pen: CanvasRenderingContext2D, frame: Frame): void {
    const ink = inkOf(this.#element);
    const { base, language, houses } = this.#options;
    if (base) {
      const taken = new TakenBoxes();
      for (const { building } of houses) {
        const [x, y] = frame.at(...building.point);
        taken.put(x - 16, y - 16, x + 16, y + 16);
      }
      paintLabels(pen, visibleTiles(base.store, frame), { ...frame, theme: THEMES[currentTheme()], language, taken });
    }
    paintGlyphs(pen, frame, houses, this.#chosen, ink);
    if (this.#here) paintHere(pen, frame, this.#here, ink);
  }

  #choose({ lng, lat }: L.LatLng): void {
    const degreesPerPx = 360 / (256 * 2 ** this.map.getZoom());
    const found = buildingAt(this.#options.houses.map(({ building }) => building), lng, lat, FINGER_PX * degreesPerPx);
    this.choose(found?.code ?? null);
    this.#options.onChosen(found?.code ?? null);
  }
}
