// The list of places beside its map: a row marks its place, a place opens its page.
import { OverlayMap, read } from "./overlay-map.js";
import { currentTheme } from "../map/base-style.js";

const INK = { light: "#1f4a75", dark: "#8cbbe8" };
const HOT = { light: "#c2410c", dark: "#ffb37a" };

class PlacesPage {
  constructor(state) {
    this.state = state;
    this.rows = new Map([...document.querySelectorAll("[data-place]")].map((row) => [Number(row.dataset.place), row]));
  }

  open() {
    const { state } = this;
    const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
    this.map = new OverlayMap(document.getElementById("town-map"), state.map, { language, words: {}, onBuilding: (number) => this.openBuilding(number) });
    if (state.tab === "buildings") this.showBuildings();
    else this.showMarks();
    for (const [id, row] of this.rows) {
      row.addEventListener("mouseenter", () => this.point(id));
      row.addEventListener("mouseleave", () => this.point(null));
      row.addEventListener("click", (event) => event.target.closest("a") || row.querySelector("a")?.click());
    }
  }

  openBuilding(number) {
    location.assign(this.state.open.replace(/0\/$/, `${number}/`));
  }

  /** The buildings of this page of the table, in the colour of the section. */
  showBuildings() {
    const { places } = this.state;
    const most = Math.max(0, ...places.map((place) => place.number));
    const values = new Uint8Array(most + 1).fill(255);
    for (const place of places) values[place.number] = 0;
    const colour = () => (currentTheme() === "dark" ? "#5b8fbf" : "#7ba3c9");
    this.map.paintBuildings(values, [colour()]);
    this.fit(places.map((place) => place.at));
  }

  showMarks() {
    const { places, tab } = this.state;
    const features = places.map((place) => ({
      type: "Feature",
      properties: { id: place.id, name: place.name },
      geometry: place.rings ? { type: "MultiPolygon", coordinates: place.rings } : { type: "Point", coordinates: place.at },
    }));
    this.map.draw("places", { type: "FeatureCollection", features }, {
      pane: tab === "estates" ? "areas" : "marks",
      style: (feature, on) => this.look(on, tab),
      tip: ({ properties }) => this.text(properties.name),
      onChoose: ({ properties }) => this.rows.get(properties.id)?.querySelector("a")?.click(),
    });
    this.fit(places.map((place) => place.at));
  }

  look(on, tab) {
    const theme = currentTheme();
    const colour = on ? HOT[theme] : INK[theme];
    return { color: tab === "estates" ? colour : theme === "dark" ? "#0d1a27" : "#ffffff", weight: on ? 3 : 1.6, fillColor: colour, fillOpacity: tab === "estates" ? 0.14 : 0.9, radius: on ? 8 : 5.5 };
  }

  point(id) {
    if (this.state.tab === "buildings") {
      const place = this.state.places.find((one) => one.id === id);
      this.map.view.setFocus({ selected: place ? place.number : -1 });
      return;
    }
    this.map.mark("places", (feature) => feature.properties.id === id);
  }

  fit(spots) {
    if (!spots.length) return;
    const bounds = window.L.latLngBounds(spots.map(([lon, lat]) => [lat, lon]));
    this.map.map.fitBounds(bounds.pad(0.25), { maxZoom: 17, animate: false });
  }

  text(words) {
    const box = document.createElement("span");
    box.textContent = words;
    return box;
  }
}

const page = new PlacesPage(read("page-state"));
window.placesPage = page;
page.open();
