// The page 网格: table and map are two views of the same grids; pointing at one marks the other.
import { OverlayMap, fetchJson, read } from "../places/overlay-map.js";
import { currentTheme } from "../map/base-style.js";

const INK = { light: "#1f4a75", dark: "#8cbbe8" };
const SHADES = { problem: { light: "#9b2c1b", dark: "#f2a192" }, warning: { light: "#8a5a00", dark: "#f0c26a" }, info: { light: "#4b5967", dark: "#b3bfca" } };

class GridsPage {
  constructor(state, words) {
    Object.assign(this, { state, words });
    this.language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
    this.rows = new Map([...document.querySelectorAll("[data-grid]")].map((row) => [row.dataset.grid, row]));
  }

  async open() {
    const { state } = this;
    this.map = new OverlayMap(document.getElementById("town-map"), state.map, { language: this.language, words: this.words });
    if (!state.data_url) return;
    const { grids, findings } = await fetchJson(state.data_url);
    this.grids = grids;
    this.map.draw("grids", grids, {
      style: (feature, on) => this.outline(feature, on),
      tip: (feature) => this.tip(feature.properties),
      onChoose: (feature) => this.choose(feature.id, { scroll: true }),
    });
    this.map.draw("findings", findings, { style: (feature, on) => this.fault(feature, on), tip: (feature) => text(feature.properties.sentence) });
    this.nameGrids(grids);
    this.listen();
    if (location.hash.startsWith("#grid-")) this.choose(location.hash.slice(6), { scroll: true });
  }

  outline({ id, properties }, on) {
    const theme = currentTheme();
    const chosen = on || id === this.chosen;
    return { color: INK[theme], weight: chosen ? 4 : 1.6, opacity: chosen ? 1 : 0.85, fillColor: INK[theme], fillOpacity: chosen ? 0.16 : properties.kind === "dedicated" ? 0.1 : 0.04, dashArray: properties.kind === "dedicated" ? "6 4" : null };
  }

  fault({ properties }, on) {
    const colour = SHADES[properties.severity][currentTheme()];
    return { color: colour, weight: on ? 4 : 2, fillColor: colour, fillOpacity: 0.35, dashArray: properties.severity === "warning" ? "3 3" : null };
  }

  tip({ name, code, households }) {
    return text(`${name} · ${households.toLocaleString()} ${this.words.households}`, code);
  }

  /** The name of every grid in its middle, left out where it does not fit. */
  nameGrids(collection) {
    const { L } = this.map;
    const markers = collection.features.map((feature) => {
      const centre = L.geoJSON(feature).getBounds().getCenter();
      const icon = L.divIcon({ className: "grid-name", html: text(feature.properties.name, feature.properties.households.toLocaleString()), iconSize: [0, 0] });
      return { feature, marker: L.marker(centre, { icon, interactive: false, keyboard: false, pane: "marks" }) };
    });
    const update = () => {
      for (const { feature, marker } of markers) {
        const box = L.geoJSON(feature).getBounds();
        const width = this.map.map.latLngToContainerPoint(box.getNorthEast()).x - this.map.map.latLngToContainerPoint(box.getSouthWest()).x;
        if (width > 76) marker.addTo(this.map.map);
        else marker.remove();
      }
    };
    this.map.map.on("zoomend", update);
    update();
  }

  listen() {
    for (const [code, row] of this.rows) {
      row.addEventListener("mouseenter", () => this.map.mark("grids", (feature) => feature.id === code));
      row.addEventListener("mouseleave", () => this.map.mark("grids", () => false));
      row.addEventListener("toggle", () => row.open && this.choose(code));
    }
    for (const dot of document.querySelectorAll("[data-dot]")) dot.addEventListener("click", () => this.choose(dot.dataset.dot, { scroll: true }));
    for (const button of document.querySelectorAll("[data-finding]")) button.addEventListener("click", () => this.showFinding(button));
  }

  choose(code, { scroll = false } = {}) {
    this.chosen = code;
    for (const [other, row] of this.rows) row.open = other === code;
    const row = this.rows.get(code);
    if (scroll && row) row.scrollIntoView({ block: "nearest", behavior: "auto" });
    this.map.mark("grids", () => false);
    this.map.show("grids", (feature) => feature.id === code);
    history.replaceState(null, "", `#grid-${code}`);
  }

  showFinding(button) {
    const index = Number(button.dataset.finding);
    const codes = button.dataset.codes.split(" ").filter(Boolean);
    this.map.mark("findings", (feature) => feature.properties.finding === index);
    const hasShape = [...this.map.layers.get("findings").getLayers()].some((part) => part.feature.properties.finding === index);
    if (hasShape) this.map.show("findings", (feature) => feature.properties.finding === index);
    else if (codes.length === 1) this.choose(codes[0]);
    else this.map.show("grids", (feature) => codes.includes(feature.id));
  }
}

/** Lines of text as an element, so that a name is never read as markup. */
function text(...lines) {
  const box = document.createElement("span");
  lines.forEach((line, at) => {
    const part = document.createElement(at ? "small" : "span");
    part.textContent = line;
    box.append(part);
  });
  return box;
}

const page = new GridsPage(read("page-state"), read("page-words"));
window.gridsPage = page;
void page.open();
