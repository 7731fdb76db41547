// One load on the map: what lies in the window, and the places that findings name.
import { OverlayMap, fetchJson, read } from "../places/overlay-map.js";
import { currentTheme } from "../map/base-style.js";

const INK = { light: "#1f4a75", dark: "#8cbbe8" };
const MARK = { light: "#9b2c1b", dark: "#f2a192" };

class LoadPage {
  constructor(state) {
    this.state = state;
    this.language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
  }

  async open() {
    const { state } = this;
    this.map = new OverlayMap(document.getElementById("town-map"), state.map, { language: this.language, words: {} });
    if (!state.features) return;
    await this.refresh();
    this.map.map.on("moveend", () => this.refresh());
    for (const button of document.querySelectorAll("[data-finding]")) button.addEventListener("click", () => this.showFinding(Number(button.dataset.finding)));
  }

  async refresh() {
    const box = this.map.map.getBounds().pad(0.1);
    const round = (value) => value.toFixed(5);
    const bbox = [Math.max(-180, box.getWest()), Math.max(-90, box.getSouth()), Math.min(180, box.getEast()), Math.min(90, box.getNorth())].map(round).join(",");
    if (bbox === this.shown) return;
    this.shown = bbox;
    const { loaded, named, is_cut } = await fetchJson(`${this.state.features}?bbox=${bbox}`);
    if (bbox !== this.shown) return;
    this.map.draw("loaded", loaded, {
      pane: "marks",
      style: ({ properties }) => this.line(properties),
      point: () => ({ radius: 4 }),
      tip: loaded.features.some(({ properties }) => properties.name) ? ({ properties }) => this.text(properties.name ?? "") : null,
    });
    this.map.draw("named", named, { pane: "marks", style: (_feature, on) => this.mark(on), point: () => ({ radius: 7 }), tip: ({ properties }) => this.text(properties.name) });
    document.querySelector("[data-cut]").hidden = !is_cut;
    this.closeIn();
  }

  /** A file may cover far more than it holds: the first look goes to what is there. */
  closeIn() {
    if (this.hasLooked) return;
    this.hasLooked = true;
    const bounds = this.map.layers.get("loaded").getBounds();
    if (bounds.isValid()) this.map.map.fitBounds(bounds.pad(0.05), { maxZoom: 17, animate: false });
  }

  line(properties) {
    const colour = properties.steps ? MARK[currentTheme()] : INK[currentTheme()];
    return { color: colour, weight: 1.4, opacity: 0.75, fillColor: colour, fillOpacity: 0.22 };
  }

  mark(on) {
    const colour = MARK[currentTheme()];
    return { color: colour, weight: on ? 4 : 2, fillColor: colour, fillOpacity: on ? 0.8 : 0.25 };
  }

  showFinding(index) {
    const isOn = (feature) => feature.properties.finding === index;
    this.map.mark("named", isOn);
    this.map.show("named", isOn);
  }

  text(words) {
    const box = document.createElement("span");
    box.textContent = words;
    return box;
  }
}

const page = new LoadPage(read("page-state"));
window.loadPage = page;
void page.open();
