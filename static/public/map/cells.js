// Below the zoom of footprints the map shows square cells of 1000, 400 or 200 m: colour by the share
// covered, strength by how many dwellings stand in the cell. Pure arithmetic; drawing is at the end.
import { mercatorShare } from "./view-canvas.js";

const EARTH_M = 40075016.686;

/** Side of the cells in metres on the ground at a map zoom. */
export function cellSideM(zoom) {
  if (zoom <= 11) return 1000;
  return zoom <= 12 ? 400 : 200;
}

/**
 * Put every building in its cell once per side. `points` = Float32Array lon, lat pairs.
 * Returns {cellOf (n), x, y (cells): mercator shares of the north-west corner, side: the same unit}.
 */
export function gridCells(points, sideM) {
  const count = points.length / 2;
  const middleLat = count ? points[1 + 2 * (count >> 1)] : 0;
  const side = sideM / (EARTH_M * Math.cos((middleLat * Math.PI) / 180));
  const numbers = new Map();
  const cellOf = new Uint32Array(count);
  const x = [];
  const y = [];
  for (let index = 0; index < count; index++) {
    const [east, south] = mercatorShare(points[2 * index], points[2 * index + 1]);
    const column = Math.floor(east / side);
    const row = Math.floor(south / side);
    const key = column * 4194304 + row;
    let cell = numbers.get(key);
    if (cell === undefined) {
      numbers.set(key, (cell = x.length));
      x.push(column * side);
      y.push(row * side);
    }
    cellOf[index] = cell;
  }
  return { cellOf, x: Float64Array.from(x), y: Float64Array.from(y), side };
}

/** Sum of `gain[value]` × weight and of weights per cell; unknown values (gain NaN) count in neither. */
export function cellSums({ cellOf, x }, values, weights, gain) {
  const hit = new Float64Array(x.length);
  const total = new Float64Array(x.length);
  const all = new Float64Array(x.length);
  for (let index = 0; index < cellOf.length; index++) {
    const weight = weights ? weights[index] : 1;
    const share = gain[values[index]];
    all[cellOf[index]] += weight;
    if (share !== share) continue;
    hit[cellOf[index]] += weight * share;
    total[cellOf[index]] += weight;
  }
  return { hit, total, all };
}

/** Weight at which a cell is drawn at full strength: nine in ten cells are below it. */
export function fullWeight(all) {
  const sorted = Float64Array.from(all).filter((weight) => weight > 0).sort();
  return sorted.length ? sorted[Math.floor(sorted.length * 0.9)] : 1;
}

/** Draw cells snapped to device pixels: without snapping hairlines show between neighbours. */
export function paintCells(context, grid, sums, frame, { colourOf, hatch }) {
  const { ratio, worldPx, originX, originY } = frame;
  const snap = (value) => Math.round(value * ratio) / ratio;
  const full = fullWeight(sums.all);
  for (let cell = 0; cell < grid.x.length; cell++) {
    if (!(sums.all[cell] > 0)) continue;
    const left = snap(grid.x[cell] * worldPx - originX);
    const top = snap(grid.y[cell] * worldPx - originY);
    const right = snap((grid.x[cell] + grid.side) * worldPx - originX);
    const bottom = snap((grid.y[cell] + grid.side) * worldPx - originY);
    if (right < 0 || bottom < 0 || left > frame.width || top > frame.height) continue;
    const isKnown = sums.total[cell] > 0;
    context.globalAlpha = 0.28 + 0.67 * Math.min(1, Math.sqrt(sums.all[cell] / full));
    context.fillStyle = isKnown ? colourOf(sums.hit[cell] / sums.total[cell]) : hatch;
    context.fillRect(left, top, right - left - 1 / ratio, bottom - top - 1 / ratio);
  }
  context.globalAlpha = 1;
}
