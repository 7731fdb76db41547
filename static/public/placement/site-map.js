// The buildings of a placement before and after: how mixed each is, or which tenure has the most dwellings.
import { OverlayMap } from "../places/overlay-map.js";
import { currentTheme } from "../map/base-style.js";
import { element } from "../shell/dom.js";
import { classOfState, legendRows } from "./site-classes.js";

const NOT_OF_THE_SITE = 255;
const CLOSEST_ZOOM = 18;
const MARGIN_PX = 24;
const SWITCHES_PX = 72;
const TOOLS_PX = 74;

export class SiteMap {
  constructor(box, { state, buildings, words, onBuilding }) {
    Object.assign(this, { box, buildings, words, legend: state.legend, tenures: state.tenures });
    const language = words.language;
    this.map = new OverlayMap(box.querySelector("#town-map"), state.map, { language, words: {}, onBuilding });
    this.shown = { when: "after", what: "w" };
    document.addEventListener("themechange", () => this.paint());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.paint());
    this.listen();
    this.paint();
    this.fit();
  }

  listen() {
    for (const [name, part] of [["when", "[data-when]"], ["what", "[data-what]"]]) {
      this.box.querySelector(part).addEventListener("change", ({ target }) => {
        this.shown[name] = target.value;
        this.paint();
      });
    }
    for (const input of this.box.querySelectorAll("input:checked")) this.shown[input.name] = input.value; // as the browser kept them
  }

  get scale() {
    return this.legend.scales.w;
  }

  get colours() {
    return this.shown.what === "w" ? this.legend[currentTheme()] : this.legend.groups;
  }

  paint() {
    const { when, what } = this.shown;
    const { colours, buildings } = this;
    const neutral = this.legend.neutral[currentTheme()];
    const most = Math.max(-1, ...buildings.map(({ number }) => number));
    const values = new Uint8Array(most + 1).fill(NOT_OF_THE_SITE);
    for (const building of buildings) {
      const found = classOfState(building[when], what, this.scale);
      values[building.number] = found < 0 ? colours.length : found % colours.length;
    }
    this.paintFootprints(values, [...colours, neutral]);
    this.showLegend(neutral);
  }

  /** Those of the site stand out by their edge as well: the palest class is close to a quiet building. */
  paintFootprints(values, fills) {
    const quiet = fills.length;
    const classOf = new Uint8Array(256).fill(quiet);
    for (let index = 0; index < fills.length; index++) classOf[index] = index;
    const isDark = currentTheme() === "dark";
    const edges = [...fills.map(() => (isDark ? "#f4f6f8" : "#1d2733")), isDark ? "rgba(230,238,246,0.18)" : "rgba(30,36,44,0.18)"];
    this.map.view.setStyle({ values, classOf, fills: [...fills, this.map.theme.building], edges, weights: null, gain: null, cellColour: null });
  }

  showLegend(neutral) {
    const { words, shown } = this;
    const find = (name) => this.box.querySelector(`[data-${name}]`);
    find("legend-title").textContent = `${words.say(shown.what)} · ${words.say(shown.when)}`;
    find("legend-meaning").textContent = words.say(`${shown.what}_meaning`);
    const rows = legendRows(this.buildings, { ...shown, scale: this.scale, tenures: this.tenures, colours: this.colours, neutral, words });
    find("legend-classes").replaceChildren(...rows.map(({ label, colour, count }) => legendRow(label, colour, words.say("buildings", { n: count }))));
    find("mix-legend").hidden = false;
  }

  /** All of the site beside the legend, where that lies on the map. */
  fit() {
    const spots = this.buildings.map(({ at: [lon, lat] }) => [lat, lon]);
    if (!spots.length) return;
    const legend = this.box.querySelector("[data-mix-legend]");
    const aside = getComputedStyle(legend).position === "absolute" ? legend.offsetWidth : 0;
    const room = { paddingTopLeft: [aside + 2 * MARGIN_PX, SWITCHES_PX], paddingBottomRight: [TOOLS_PX, 2 * MARGIN_PX] };
    this.map.map.fitBounds(window.L.latLngBounds(spots).pad(0.1), { ...room, maxZoom: CLOSEST_ZOOM, animate: false });
  }

  choose(number) {
    this.map.view.setFocus({ selected: number });
  }
}

function legendRow(label, colour, count) {
  const swatch = element("span", { class: "swatch-dot", "aria-hidden": "true" });
  swatch.style.background = colour;
  return element("li", {}, swatch, element("span", {}, label), element("span", { class: "legend-number" }, count));
}
