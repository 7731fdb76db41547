// One building or facility on the map, with its doors.
import { OverlayMap, read } from "./overlay-map.js";
import { currentTheme } from "../map/base-style.js";

const HOT = { light: "#c2410c", dark: "#ffb37a" };
const DOOR_ZOOM = 18;

const state = read("page-state");
const language = document.documentElement.lang.startsWith("en") ? "en" : "zh";
const map = new OverlayMap(document.getElementById("town-map"), state.map, { language, words: {} });
map.map.setView([state.at[1], state.at[0]], DOOR_ZOOM, { animate: false });

if (state.selected >= 0) {
  const values = new Uint8Array(state.selected + 1).fill(255);
  values[state.selected] = 0;
  map.paintBuildings(values, [HOT[currentTheme()]]);
  map.view.setFocus({ selected: state.selected });
}

const point = (at, kind, name) => ({ type: "Feature", properties: { kind, name }, geometry: { type: "Point", coordinates: at } });
const features = state.doors.map(([lon, lat, unit]) => point([lon, lat], "door", unit));
if (state.selected < 0) features.push(point(state.at, "place", ""));
map.draw("doors", { type: "FeatureCollection", features }, {
  pane: "marks",
  style: ({ properties }) => ({ color: "#ffffff", weight: 1.5, fillColor: HOT[currentTheme()], fillOpacity: 1, radius: properties.kind === "place" ? 9 : 4.5 }),
});
for (const { properties, geometry } of features) {
  if (!properties.name) continue;
  const label = document.createElement("span");
  label.textContent = properties.name;
  const icon = window.L.divIcon({ className: "door-name", html: label, iconSize: [0, 0] });
  window.L.marker([geometry.coordinates[1], geometry.coordinates[0]], { icon, interactive: false, keyboard: false, pane: "marks" }).addTo(map.map);
}

for (const details of document.querySelectorAll(".edit-more")) {
  details.addEventListener("toggle", () => details.closest("form").classList.toggle("is-editing", details.open));
  details.closest("form").classList.toggle("is-editing", details.open);
}
window.placePage = map;
