// Classes of the measures: bounds come from the server once, here they meet values and bytes.

export const CLASS_COUNT = 6;

/** The first class whose upper end is not exceeded; null or undefined is no class (-1). */
export function classOfValue({ bounds }, value) {
  if (value === null || value === undefined || !Number.isFinite(value)) return -1;
  const found = bounds.findIndex((upto) => upto === null || value <= upto + 1e-9);
  return found;
}

/**
 * Table of 256 classes for a value file: bytes 0–200 are half percents.
 * Classes: 0..5 the scale's, 6 too few dwellings, 7 nothing known, 8 no homes.
 */
export function byteClasses(scale, { steps, too_few: tooFew, no_homes: noHomes }) {
  const table = new Uint8Array(256).fill(CLASS_COUNT + 1);
  for (let byte = 0; byte <= steps; byte++) table[byte] = classOfValue(scale, byte / steps);
  table[tooFew] = CLASS_COUNT;
  table[noHomes] = CLASS_COUNT + 2;
  return table;
}

/** Weight per class of the bytes (nine of them); without weights every building counts one. */
export function countBytes(values, classOf, weights = null) {
  const counts = new Float64Array(CLASS_COUNT + 3);
  for (let at = 0; at < values.length; at++) counts[classOf[values[at]]] += weights ? weights[at] : 1;
  return counts;
}

/** What a byte adds to the mean of its cell: the value itself, NaN where nothing is known. */
export function byteValues({ steps }) {
  const gain = new Float32Array(256).fill(NaN);
  for (let byte = 0; byte <= steps; byte++) gain[byte] = byte / steps;
  return gain;
}

const percents = (share) => Number((share * 100).toFixed(1));

/** "0", "0–15%", "> 60%"; numbers as they are. */
export function classLabel({ bounds, unit }, at) {
  const show = unit === "percent" ? percents : (value) => value;
  const mark = unit === "percent" ? "%" : "";
  const high = bounds[at];
  if (at === 0) return high === 0 ? `0${mark}` : `≤ ${show(high)}${mark}`;
  const low = show(bounds[at - 1]);
  return high === null ? `> ${low}${mark}` : `${low}–${show(high)}${mark}`;
}

/** A value as a reader sees it: percent with one digit, or a number with one or two. */
export function shown(value, { unit }, words) {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  if (unit === "percent") return value < 0 ? `−${words.percent(-value)}` : words.percent(value);
  return value.toFixed(value < 10 ? 2 : 1);
}

/** "± 1.2" in the unit of the figure, or "" where it is exact. A margin that rounds to nothing is said to be below. */
export function margin(value, { unit }, words) {
  if (value === null || value === undefined) return "";
  if (unit === "percent") return words.say("margin_points", { n: value < 0.0005 ? "<0.1" : (value * 100).toFixed(1) });
  return `± ${value.toFixed(2)}`;
}

/** How many rows fall into each class; those without a figure are counted last. */
export function countClasses(scale, values) {
  const counts = new Float64Array(CLASS_COUNT + 1);
  for (const value of values) {
    const at = classOfValue(scale, value);
    counts[at < 0 ? CLASS_COUNT : at]++;
  }
  return counts;
}

/** The figure of a row that a measure names. */
export function figureOf(row, measure, group) {
  if (!row || row.shown === false) return null;
  if (measure === "share") return row.counts?.[group]?.share ?? null;
  if (measure === "quotient") return row.quotients?.[group] ?? null;
  return row[measure] ?? null;
}

/** Its 95 % margin, null where the figure is exact or unknown. */
export function marginOf(row, measure, group) {
  if (!row || row.shown === false) return null;
  if (measure === "share") return row.counts?.[group]?.share_margin ?? null;
  return row[`${measure}_margin`] ?? null;
}
