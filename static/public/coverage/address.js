// The view of the coverage page as its address carries it.
import { viewAddress } from "../shell/view-state.js";

const USUAL = { cat: "score", mode: "norm", weight: "dwellings", level: "community", class: null, b: null, walk: null, z: null, lon: null, lat: null };
const PUSHED = new Set(["cat", "mode", "b"]);

export const address = viewAddress(USUAL, new Set(["class", "b", "z", "lon", "lat"]));

/** Does a change deserve the back button? Category, mode and building do, moving the map does not. */
export function isStep(change) {
  return Object.keys(change).some((key) => PUSHED.has(key));
}
