// Names of places, streets, water and green, placed over the whole view so that none is cut at a tile
// edge, most important first, each only where nothing else stands.
import { LINE } from "./mvt.js";
import { roadRank } from "./base-style.js";
import { letterAngle, lettersAlong } from "./line-label.js";

const FONT = '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif';
const PLACES = { city: 0, town: 1, borough: 1, suburb: 2, district: 2, village: 3, quarter: 3, neighbourhood: 4, hamlet: 4, locality: 5 };
const ROAD_LABEL_ZOOM = { 9: 13, 8: 13, 7: 14, 6: 14, 5: 15, 4: 16, 3: 16, 2: 17, 1: 18, 0: 19 };
const REPEAT_PX = 420;
const HAN = /\p{Script=Han}/u;

/** `tiles` = [{layers, left, top, scale}] in view pixels; `taken` = TakenBoxes, shared with symbols. */
export function paintLabels(context, tiles, { zoom, theme, language, taken, width, height }) {
  context.textBaseline = "middle";
  context.textAlign = "center";
  context.lineJoin = "round";
  const scene = { context, theme, taken, zoom, language, width, height };
  for (const label of placeLabels(tiles, scene)) drawPoint(scene, label);
  const seen = new Map();
  for (const label of roadLabels(tiles, scene)) drawAlong(scene, label, seen);
}

export function nameIn(language, columns, index) {
  const local = columns.name?.[index];
  const english = columns.name_en?.[index];
  return (language === "en" ? english || local : local || english) || "";
}

function placeLabels(tiles, { zoom, language }) {
  const found = new Map();
  for (const { layers, left, top, scale } of tiles) {
    const layer = layers.labels;
    if (!layer) continue;
    for (let index = 0; index < layer.count; index++) {
      const name = nameIn(language, layer.columns, index);
      const kind = layer.columns.kind?.[index] ?? "";
      const rank = PLACES[kind] ?? 6;
      if (!name || found.has(name) || (rank >= 4 && zoom < 14) || (rank >= 6 && zoom < 15)) continue;
      const at = layer.starts[layer.parts[index]] * 2;
      found.set(name, { name, kind, rank, x: left + layer.xy[at] * scale, y: top + layer.xy[at + 1] * scale });
    }
  }
  return [...found.values()].sort((a, b) => a.rank - b.rank);
}

function drawPoint({ context, theme, taken, width, height }, { name, kind, rank, x, y }) {
  if (x < -80 || y < -20 || x > width + 80 || y > height + 20) return;
  const size = rank <= 1 ? 15 : rank <= 3 ? 13 : 11.5;
  context.font = `${rank <= 2 ? 600 : 400} ${size}px ${FONT}`;
  const lines = rank >= 5 ? broken(name) : [name];
  const half = Math.max(...lines.map((line) => context.measureText(line).width)) / 2 + 5;
  const tall = (lines.length * size * 1.2) / 2 + 3;
  if (!taken.take(x - half, y - tall, x + half, y + tall)) return;
  context.fillStyle = pointColour(kind, rank, theme);
  lines.forEach((line, row) => drawHalo(context, theme, line, x, y + (row - (lines.length - 1) / 2) * size * 1.2));
}

function pointColour(kind, rank, theme) {
  if (/water|river|lake|bay|canal|stream/.test(kind)) return theme.labelWater;
  if (/park|green|garden|wood|forest/.test(kind)) return theme.labelGreen;
  return rank <= 3 ? theme.label : theme.labelQuiet;
}

/** Long names in two lines. */
function broken(name) {
  if (HAN.test(name)) return name.length > 8 ? [name.slice(0, Math.ceil(name.length / 2)), name.slice(Math.ceil(name.length / 2))] : [name];
  if (name.length < 18) return [name];
  const words = name.split(" ");
  let first = "";
  while (words.length > 1 && first.length + words[0].length < name.length / 2 + 2) first += `${words.shift()} `;
  return first ? [first.trim(), words.join(" ")] : [name];
}

export function drawHalo(context, theme, text, x, y) {
  context.strokeStyle = theme.halo;
  context.lineWidth = 3;
  context.strokeText(text, x, y);
  context.fillText(text, x, y);
}

function roadLabels(tiles, { zoom, language }) {
  const found = [];
  for (const { layers, left, top, scale } of tiles) {
    const layer = layers.roads;
    if (!layer) continue;
    const kinds = layer.columns.kind ?? [];
    for (let index = 0; index < layer.count; index++) {
      const rank = roadRank(kinds[index]);
      if (layer.types[index] !== LINE || zoom < ROAD_LABEL_ZOOM[rank]) continue;
      const name = nameIn(language, layer.columns, index);
      if (!name) continue;
      const b = index * 4;
      const reach = Math.hypot(layer.boxes[b + 2] - layer.boxes[b], layer.boxes[b + 3] - layer.boxes[b + 1]) * scale;
      if (reach > name.length * 6) found.push({ name, rank, reach, layer, index, left, top, scale });
    }
  }
  return found.sort((a, b) => b.rank - a.rank || b.reach - a.reach);
}

function drawAlong({ context, theme, taken, zoom, width, height }, label, seen) {
  const { name, rank, layer, index, left, top, scale } = label;
  const size = Math.min(rank >= 5 ? 12.5 : 11.5, 11 + (zoom - 14) * 0.5 + (rank >= 7 ? 1 : 0));
  context.font = `${size}px ${FONT}`;
  const letters = [...name];
  const isHan = HAN.test(name);
  const advances = letters.map((letter) => context.measureText(letter).width + (isHan ? 2.5 : 0.1));
  const first = layer.parts[index];
  for (let part = first; part < layer.parts[index + 1]; part++) {
    const found = lettersAlong(pointsOf(layer, part, left, top, scale), advances, isHan);
    if (!found) continue;
    const placed = found.letters;
    const middle = placed[placed.length >> 1];
    if (middle.x < 0 || middle.y < 0 || middle.x > width || middle.y > height) continue;
    const others = seen.get(name) ?? [];
    if (others.some(([x, y]) => Math.hypot(x - middle.x, y - middle.y) < REPEAT_PX)) continue;
    const half = size * 0.62;
    if (!placed.every(({ x, y }) => taken.isFree(x - half, y - half, x + half, y + half))) continue;
    placed.forEach(({ x, y }) => taken.put(x - half, y - half, x + half, y + half));
    seen.set(name, [...others, [middle.x, middle.y]]);
    context.fillStyle = rank >= 5 ? theme.label : theme.labelQuiet;
    drawLetters(context, theme, letters, placed, found.isUpright);
    return;
  }
}

function pointsOf({ starts, xy }, part, left, top, scale) {
  const points = [];
  for (let point = starts[part]; point < starts[part + 1]; point++) {
    points.push([left + xy[2 * point] * scale, top + xy[2 * point + 1] * scale]);
  }
  return points;
}

function drawLetters(context, theme, letters, placed, isUpright) {
  for (const stroke of [true, false]) {
    placed.forEach(({ x, y, angle }, at) => {
      context.save();
      context.translate(x, y);
      context.rotate(letterAngle(angle, isUpright));
      if (stroke) {
        context.strokeStyle = theme.halo;
        context.lineWidth = 3;
        context.strokeText(letters[at], 0, 0);
      } else {
        context.fillText(letters[at], 0, 0);
      }
      context.restore();
    });
  }
}
