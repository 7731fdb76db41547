// What the page shows, in one object that the address carries whole: any view can be sent to a colleague.

export const DEFAULTS = {
  source: null, dim: null, level: null, measure: null, group: null, // null: the first that exists
  area: null, with: null, class: null, sort: "code", open: "", draw: "", b: null, z: null, lon: null, lat: null,
};
const NUMBERS = new Set(["class", "b", "z", "lon", "lat"]);
const PUSHED = new Set(["source", "dim", "level", "measure", "group", "area", "with", "draw", "b"]);

/** Read a view from a query string; unknown keys (town, lang …) are left to the page. */
export function readView(search) {
  const query = new URLSearchParams(search);
  const view = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS)) {
    const text = query.get(key);
    if (text === null || text === "") continue;
    if (!NUMBERS.has(key)) view[key] = text;
    else if (Number.isFinite(Number(text))) view[key] = Number(text);
  }
  return view;
}

/** The query string of a view, keeping the keys it does not own. What is empty is left out. */
export function writeView(view, search) {
  const query = new URLSearchParams(search);
  for (const [key, usual] of Object.entries(DEFAULTS)) {
    const value = view[key];
    if (value === usual || value === null || value === undefined || value === "") query.delete(key);
    else query.set(key, value);
  }
  return query.toString();
}

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
