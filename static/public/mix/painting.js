// From the view to what the map shall paint: footprints by their bytes, or areas by their rows.
import { THEMES } from "../map/base-style.js";
import { CLASS_COUNT, byteClasses, byteValues, classOfValue, figureOf, shown } from "./scales.js";

const NOTHING = new Uint8Array(0);

export const rampOf = (legend, theme) => legend[theme];

/** Style of the footprints for MapView: six classes, too few (grey), unknown (hatched), no homes (quiet). */
export function footprintStyle({ values, weights, scale, legend, theme, isolated }) {
  const ramp = rampOf(legend, theme);
  const classOf = byteClasses(scale, legend);
  const all = [...ramp, legend.neutral[theme], null, THEMES[theme].building];
  const fills = all.map((fill, at) => (isolated === null || isolated === at ? fill : THEMES[theme].footprintFaint));
  const gain = byteValues(legend);
  if (isolated !== null && isolated < CLASS_COUNT) for (let byte = 0; byte < 256; byte++) gain[byte] = classOf[byte] === isolated ? 1 : 0;
  const cellColour = (value) => cellOf(value, { ramp, scale, isolated });
  return { values, weights, gain, classOf, fills, edges: fills.map(() => THEMES[theme].footprintEdge), cellColour };
}

function cellOf(value, { ramp, scale, isolated }) {
  if (isolated === null) return ramp[Math.max(0, classOfValue(scale, value))];
  const colour = ramp[isolated] ?? "#808080";
  return colour + Math.round(40 + 215 * value).toString(16).padStart(2, "0");
}

/** All footprints alike: the figures are on areas. */
export function quietStyle(theme) {
  const { building: fill, footprintEdge } = THEMES[theme];
  return { values: NOTHING, weights: null, gain: new Float32Array(256), classOf: new Uint8Array(256), fills: [fill], edges: [footprintEdge], cellColour: () => fill };
}

/** code → {colour, text, isFaint}; a row without a figure is hatched. */
export function areaFills({ rows, measure, group, scale, legend, theme, isolated, words }) {
  const ramp = rampOf(legend, theme);
  const fills = new Map();
  for (const row of rows) {
    const value = figureOf(row, measure, group);
    const at = classOfValue(scale, value);
    const isFaint = isolated !== null && isolated !== (at < 0 ? CLASS_COUNT : at);
    fills.set(row.code, { colour: at < 0 ? null : ramp[at], text: value === null || isFaint ? "" : shown(value, scale, words), isFaint });
  }
  return fills;
}
