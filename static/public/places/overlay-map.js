// A desk map with things drawn over it: grids, findings, facilities. The base and the footprints come
// from the town's tiles (map/), what lies over them is GeoJSON, kept small by the server.
import { THEMES, currentTheme, onThemeChange } from "../map/base-style.js";
import { MapView } from "../map/map-view.js";
import { drawScale } from "../map/scale-bar.js";

const PANES = { areas: 305, marks: 315 };
const NOTHING_KNOWN = new Uint8Array(0);

export class OverlayMap {
  /** `state` = {town, tiles, min_zoom, max_zoom, footprint_zoom, …} of the server's `town_map`. */
  constructor(element, state, { language, words, onBuilding = null }) {
    const L = window.L;
    this.L = L;
    this.layers = new Map();
    this.view = new MapView(L, element, { town: state.town, source: state, points: null, language, words });
    this.map = this.view.map;
    for (const [name, order] of Object.entries(PANES)) this.map.createPane(name).style.zIndex = order;
    this.renderers = { areas: L.svg({ pane: "areas", padding: 0.4 }), marks: L.canvas({ pane: "marks", padding: 0.4 }) };
    this.paintBuildings();
    onThemeChange(() => this.retheme());
    if (onBuilding) this.view.addEventListener("chosen", ({ detail }) => detail.number >= 0 && onBuilding(detail.number));
    this.startTools(element.parentElement, state.town.bounds);
    this.showScale(element.parentElement);
  }

  get theme() {
    return THEMES[currentTheme()];
  }

  /** `values`: one byte a building, index into `fills`; without it all footprints are quiet. */
  paintBuildings(values = NOTHING_KNOWN, fills = []) {
    const ramp = [...fills, this.theme.building];
    const classOf = new Uint8Array(256).fill(fills.length);
    for (let index = 0; index < fills.length; index++) classOf[index] = index;
    const edge = currentTheme() === "dark" ? "rgba(230,238,246,0.18)" : "rgba(30,36,44,0.22)";
    this.shown = { values, fills };
    this.view.setStyle({ values, classOf, fills: ramp, edges: ramp.map(() => edge), weights: null, gain: null, cellColour: null });
  }

  /** Draw a FeatureCollection; a second one under the same name replaces it. */
  draw(name, collection, { pane = "areas", style, point = null, onChoose = null, tip = null }) {
    this.layers.get(name)?.remove();
    const layer = this.L.geoJSON(collection, {
      pane,
      renderer: this.renderers[pane],
      style: (feature) => ({ renderer: this.renderers[pane], ...style(feature, false) }),
      pointToLayer: (feature, at) => this.L.circleMarker(at, { pane, renderer: this.renderers[pane], radius: 5, ...(point?.(feature) ?? {}) }),
      onEachFeature: (feature, part) => {
        if (tip) part.bindTooltip(tip(feature), { sticky: true, className: "map-tip", direction: "top", opacity: 1 });
        if (onChoose) part.on("click", (event) => this.choose(event, () => onChoose(feature)));
      },
    });
    layer.styleOf = style;
    this.layers.set(name, layer.addTo(this.map));
    return layer;
  }

  choose(event, done) {
    this.L.DomEvent.stopPropagation(event);
    done();
  }

  /** Style every part of a layer again; `isOn(feature)` marks the ones that are chosen. */
  mark(name, isOn) {
    this.layers.get(name)?.eachLayer((part) => {
      const on = isOn(part.feature);
      part.setStyle(this.layers.get(name).styleOf(part.feature, on));
      if (on) part.bringToFront();
    });
  }

  show(name, isOn) {
    const found = [];
    this.layers.get(name)?.eachLayer((part) => isOn(part.feature) && found.push(part.getBounds?.() ?? this.L.latLngBounds([part.getLatLng()])));
    if (!found.length) return;
    const bounds = found.reduce((all, one) => all.extend(one), this.L.latLngBounds(found[0]));
    this.map.fitBounds(bounds.pad(0.35), { maxZoom: 18 });
  }

  retheme() {
    this.view.setTheme();
    this.paintBuildings(this.shown.values, this.shown.fills);
    for (const layer of this.layers.values()) layer.eachLayer((part) => part.setStyle(layer.styleOf(part.feature, false)));
  }

  startTools(box, [west, south, east, north]) {
    box.querySelectorAll("[data-zoom]").forEach((button) => button.addEventListener("click", () => this.map.zoomIn(Number(button.dataset.zoom))));
    box.querySelector("[data-whole]")?.addEventListener("click", () => this.map.fitBounds([[south, west], [north, east]]));
  }

  /** The length of a round number of metres at the middle of the map. */
  showScale(box) {
    const place = box.querySelector("[data-scale]");
    if (!place) return;
    const update = () => drawScale(this.map, place);
    this.map.on("moveend zoomend", update);
    update();
  }
}

/** JSON that the page carries. */
export const read = (id) => JSON.parse(document.getElementById(id).textContent);

export async function fetchJson(url) {
  const answer = await fetch(url, { credentials: "same-origin", headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
  return answer.json();
}
