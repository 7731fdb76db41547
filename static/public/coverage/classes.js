// Colour classes of the byte values. The server defines them once (bounds as multiples of a category's
// threshold); here they become byte bounds, a table of 256 classes, and labels.

export const FAR = 254; // farther than the run's cutoff, or not connected
export const UNKNOWN = 255; // nothing known: never the same as "no service"
const LARGEST = 253;

/**
 * Classes of one category in one mode.
 * Returns {kind: "norm"|"time"|"score", unit, perByte, threshold (byte or null), bounds: byte upper ends (the
 * last is open), colours, coloursDark, classOf: Uint8Array(256) with the unknown class last}.
 */
export function classesFor({ mode, category, classes }) {
  const kind = category.code === "score" ? "score" : mode.startsWith("time-") ? "time" : "norm";
  const rows = classes[kind];
  const perByte = kind === "norm" ? 10 : kind === "time" ? 1 : 1 / 200;
  const reach = kind === "norm" ? category.threshold_m : kind === "time" ? category.threshold_min : null;
  const threshold = reach === null ? null : Math.floor(reach / perByte);
  const bounds = rows.map((row) => upperByte(row, kind, reach, perByte));
  bounds[bounds.length - 1] = FAR;
  for (let at = 1; at < bounds.length; at++) bounds[at] = Math.max(bounds[at], bounds[at - 1]);
  const palette = { colours: rows.map((row) => row.colour), coloursDark: rows.map((row) => row.colour_dark ?? row.colour) };
  return { kind, unit: { norm: "m", time: "min", score: "" }[kind], perByte, threshold, bounds, classOf: tableOf(bounds), ...palette };
}

function upperByte(row, kind, reach, perByte) {
  if (kind === "score") return row.upto === null ? FAR : Math.round(row.upto / perByte);
  if (row.upto_share !== undefined) {
    return row.upto_share === null ? FAR : Math.min(LARGEST, Math.floor((reach * row.upto_share) / perByte + 0.5));
  }
  return row.upto === null || row.upto === undefined ? FAR : Math.min(LARGEST, Math.floor(row.upto / perByte));
}

function tableOf(bounds) {
  const table = new Uint8Array(256);
  for (let value = 0; value < UNKNOWN; value++) {
    const found = bounds.findIndex((upto) => value <= upto);
    table[value] = found < 0 ? bounds.length - 1 : found;
  }
  table[UNKNOWN] = bounds.length;
  return table;
}

/** Label of a class: "≤ 100 m", "100–200 m", "> 600 m", "20–40 %". */
export function classLabel({ kind, unit, perByte, bounds }, at) {
  const low = at === 0 ? 0 : bounds[at - 1];
  const scale = kind === "score" ? 0.5 : perByte;
  const mark = kind === "score" ? "%" : ` ${unit}`;
  if (at === 0) return kind === "score" ? `0–${bounds[0] * scale}${mark}` : `≤ ${bounds[0] * scale}${mark}`;
  if (at === bounds.length - 1 && kind !== "score") return `> ${low * scale}${mark}`;
  const high = kind === "score" ? Math.min(bounds[at], 200) : bounds[at];
  return `${low * scale}–${high * scale}${mark}`;
}

/** What a value adds to the share of its cell or area: 1 covered, 0 not, NaN unknown; the score itself for scores. */
export function gainOf({ kind, threshold, classOf }, isolated = null) {
  const gain = new Float32Array(256);
  for (let value = 0; value < 256; value++) {
    if (isolated !== null) gain[value] = classOf[value] === isolated ? 1 : 0;
    else if (value === UNKNOWN) gain[value] = NaN;
    else if (kind === "score") gain[value] = Math.min(value, 200) / 200;
    else gain[value] = value <= threshold ? 1 : 0;
  }
  return gain;
}

/** Shares at which the colours of cells change, worst first; the middle is the break from orange to blue. */
export const SHARE_BOUNDS = [0.1, 0.25, 0.5, 0.75, 0.9, 1];

/** Colour of a share 0..1, worst to best through the ramp of the classes. */
export function shareColour(share, ramp) {
  const at = SHARE_BOUNDS.findIndex((upto) => share <= upto + 1e-9);
  return ramp[at < 0 ? ramp.length - 1 : at];
}

/** Colour of a cell from its share: the ramp from worst to best, or one class fading in when it is isolated. */
export function cellColourOf({ kind, classOf, colours }, ramp, isolated = null) {
  if (isolated !== null) {
    const colour = ramp[isolated] ?? "#808080";
    return (share) => colour + Math.round(40 + 215 * share).toString(16).padStart(2, "0");
  }
  if (kind === "score") return (share) => ramp[classOf[Math.round(share * 200)]];
  const worstFirst = ramp.slice(0, colours.length).reverse();
  return (share) => shareColour(share, worstFirst);
}
