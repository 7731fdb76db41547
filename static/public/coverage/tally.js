// From byte values and weights to every figure on the page: one pass gives the counts by value, from
// which headline, legend and histogram follow; a second gives the areas.
import { UNKNOWN } from "./classes.js";

/** Weight per byte value, 256 numbers. Without weights every building counts one. */
export function countByValue(values, weights = null) {
  const counts = new Float64Array(256);
  if (weights) for (let at = 0; at < values.length; at++) counts[values[at]] += weights[at];
  else for (let at = 0; at < values.length; at++) counts[values[at]]++;
  return counts;
}

/** {hit, known, share}: `gain` of the known values; for scores the hit is the weighted sum of scores. */
export function headlineOf(counts, gain) {
  let hit = 0;
  let known = 0;
  for (let value = 0; value < UNKNOWN; value++) {
    known += counts[value];
    if (counts[value]) hit += counts[value] * gain[value];
  }
  return { hit, known, unknown: counts[UNKNOWN], share: known ? hit / known : NaN };
}

/** Weight per class, the unknown class last. */
export function countByClass(counts, classOf, classCount) {
  const totals = new Float64Array(classCount + 1);
  for (let value = 0; value < 256; value++) totals[classOf[value]] += counts[value];
  return totals;
}

/** Bins of the histogram: [{from, to (bytes, (from, to]), byClass}], the last holds what lies beyond. */
export function histogramBins(counts, { classOf, bounds, kind }) {
  const width = binWidth(bounds, kind);
  const last = kind === "score" ? 200 : Math.ceil((bounds[bounds.length - 2] * 1.25) / width) * width;
  const bins = [];
  for (let to = width; to <= last; to += width) bins.push(fill({ from: to - width, to, isOpen: false }, counts, classOf, bounds));
  if (kind !== "score") bins.push(fill({ from: last, to: UNKNOWN - 1, isOpen: true }, counts, classOf, bounds));
  return bins;
}

/** A round width giving twelve to twenty-four bins up to the last closed class. */
function binWidth(bounds, kind) {
  if (kind === "score") return 10;
  const span = bounds[bounds.length - 2] * 1.25;
  return [1, 2, 5, 10, 20].find((width) => span / width <= 24) ?? 25;
}

function fill(bin, counts, classOf, bounds) {
  const byClass = new Float64Array(bounds.length);
  const first = bin.from === 0 ? 0 : bin.from + 1;
  for (let value = first; value <= bin.to; value++) if (counts[value]) byClass[classOf[value]] += counts[value];
  return { ...bin, byClass };
}

/** Per area: {hit, known, total} Float64Arrays. `areaOf` holds 65535 where a building lies in none. */
export function tallyAreas(values, weights, areaOf, areaCount, gain) {
  const hit = new Float64Array(areaCount);
  const known = new Float64Array(areaCount);
  const total = new Float64Array(areaCount);
  for (let at = 0; at < values.length; at++) {
    const area = areaOf[at];
    if (area >= areaCount) continue;
    const weight = weights ? weights[at] : 1;
    const share = gain[values[at]];
    total[area] += weight;
    if (share !== share) continue;
    known[area] += weight;
    hit[area] += weight * share;
  }
  return { hit, known, total };
}

/** Rows for the table: areas with anything known, worst first (or most concerned first when isolating). */
export function rankAreas({ hit, known, total }, areas, { descending = false } = {}) {
  const rows = areas
    .filter(({ index }) => known[index] > 0)
    .map((area) => ({ ...area, hit: hit[area.index], known: known[area.index], total: total[area.index], share: hit[area.index] / known[area.index] }));
  const way = descending ? -1 : 1;
  return rows.sort((a, b) => way * (a.share - b.share) || b.known - b.hit - (a.known - a.hit) || a.index - b.index);
}
