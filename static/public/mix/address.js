// The view of the mix page as its address carries it, and the places that the address names.
import { viewAddress } from "../shell/view-state.js";

const USUAL = {
  source: null, dim: null, level: null, measure: null, group: null, // null: the first that exists
  area: null, with: null, class: null, sort: "code", open: "", draw: "", b: null, z: null, lon: null, lat: null,
};
const NUMBERS = new Set(["class", "b", "z", "lon", "lat"]);
const PUSHED = new Set(["source", "dim", "level", "measure", "group", "area", "with", "draw", "b"]);

export const address = viewAddress(USUAL, NUMBERS);

/** Does a change deserve the back button? Choices do, moving the map or sorting does not. */
export function isStep(change) {
  return Object.keys(change).some((key) => PUSHED.has(key));
}

/** Corners of a drawn area as the address carries them: "7.41,43.73;7.42,43.73;…". */
export function writeCorners(corners) {
  return corners.map(([lon, lat]) => `${lon.toFixed(5)},${lat.toFixed(5)}`).join(";");
}

/** [[lon, lat], …], or null when the text is no polygon. */
export function readCorners(text) {
  const corners = text.split(";").map((pair) => pair.split(",").map(Number));
  const isWhole = corners.length >= 3 && corners.every((pair) => pair.length === 2 && pair.every(Number.isFinite));
  return isWhole ? corners : null;
}

export const LEVEL_OF_LENGTH = { 9: "street", 12: "community", 15: "grid", 17: "building" };

/** The level that an area code names; shorter codes are larger areas of published tables. */
export function levelOfCode(code, rootCode) {
  if (code === rootCode) return "town";
  return LEVEL_OF_LENGTH[code.length] ?? "town";
}
