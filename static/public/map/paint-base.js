// Paints the base map of one tile: land, green, water, rails, then roads from the small to the large,
// all casings of a level before its fills so that junctions stay open.
import { LINE, POLYGON } from "./mvt.js";
import { roadFamily, roadRank, roadWidth } from "./base-style.js";
import { addPath } from "./paint-buildings.js";

const WOODS = new Set(["wood", "forest", "scrub"]);
const SPORTS = new Set(["pitch", "sports_centre", "stadium", "track", "playground", "recreation_ground"]);
const LANDS = { industrial: "industrial", commercial: "commercial", retail: "commercial", school: "school", university: "school", college: "school", kindergarten: "school", railway: "railway" };

export function paintBase(context, layers, view, theme) {
  context.fillStyle = theme.ground;
  context.fillRect(-view.left, -view.top, 512, 512);
  context.lineJoin = "round";
  paintAreas(context, layers.land, view, (kind) => theme.land[LANDS[kind] ?? "other"]);
  paintAreas(context, layers.green, view, (kind) => greenOf(kind, theme));
  paintAreas(context, layers.water, view, () => theme.water);
  paintWaterways(context, layers.water, view, theme);
  paintRails(context, layers.rails, view, theme);
  paintRoads(context, layers.roads, view, theme);
}

function greenOf(kind, theme) {
  if (WOODS.has(kind)) return theme.wood;
  return SPORTS.has(kind) ? theme.sport : theme.green;
}

function paintAreas(context, layer, { scale }, colourOf) {
  if (!layer) return;
  const kinds = layer.columns.kind ?? [];
  for (let index = 0; index < layer.count; index++) {
    if (layer.types[index] !== POLYGON) continue;
    context.fillStyle = colourOf(kinds[index]);
    context.beginPath();
    addPath(context, layer, index, scale);
    context.fill("evenodd");
  }
}

function paintWaterways(context, layer, { scale, zoom }, theme) {
  if (!layer) return;
  const kinds = layer.columns.kind ?? [];
  context.strokeStyle = theme.waterway;
  context.lineCap = "round";
  for (let index = 0; index < layer.count; index++) {
    if (layer.types[index] !== LINE || kinds[index] === "coastline") continue; // the sea's edge shows the coast
    const large = kinds[index] === "river" || kinds[index] === "canal";
    if (!large && zoom < 14) continue;
    context.lineWidth = (large ? 1.6 : 0.8) * 1.35 ** (zoom - 13);
    context.beginPath();
    addPath(context, layer, index, scale, false);
    context.stroke();
  }
}

function paintRails(context, layer, { scale, zoom }, theme) {
  if (!layer || zoom < 11) return;
  const path = new Path2D();
  for (let index = 0; index < layer.count; index++) if (layer.types[index] === LINE) addPath(path, layer, index, scale, false);
  context.lineCap = "butt";
  context.strokeStyle = theme.rail;
  context.lineWidth = zoom >= 15 ? 2.4 : 1.2;
  context.stroke(path);
  if (zoom < 14) return;
  context.strokeStyle = theme.tie;
  context.lineWidth = zoom >= 15 ? 1.2 : 0.6;
  context.setLineDash([6, 6]);
  context.stroke(path);
  context.setLineDash([]);
}

function paintRoads(context, layer, view, theme) {
  if (!layer) return;
  const levels = roadsByRank(layer, view);
  context.lineCap = "round";
  for (const bridges of [false, true]) {
    for (const { rank, paths } of levels) {
      if (rank >= 2) strokeCasing(context, paths[bridges], rank, view, theme, bridges);
    }
    for (const { rank, paths } of levels) strokeFill(context, paths[bridges], rank, view, theme);
  }
}

/** One path a rank and level, least important first. */
function roadsByRank(layer, { scale, zoom }) {
  const kinds = layer.columns.kind ?? [];
  const bridges = layer.columns.bridge ?? [];
  const levels = Array.from({ length: 10 }, (_, rank) => ({ rank, paths: { false: null, true: null } }));
  for (let index = 0; index < layer.count; index++) {
    const rank = roadRank(kinds[index]);
    if (roadWidth(rank, zoom) === 0) continue;
    const level = Boolean(bridges[index]) && bridges[index] !== "no";
    const path = (levels[rank].paths[level] ??= new Path2D());
    addPath(path, layer, index, scale, layer.types[index] === POLYGON);
  }
  return levels;
}

function strokeCasing(context, path, rank, { zoom }, theme, isBridge) {
  const width = roadWidth(rank, zoom);
  if (!path || width < 1.6) return;
  context.strokeStyle = theme.casing[isBridge ? "major" : roadFamily(rank)];
  context.lineWidth = width + (zoom >= 16 ? 2 : 1.4);
  context.lineCap = isBridge ? "butt" : "round";
  context.stroke(path);
  context.lineCap = "round";
}

function strokeFill(context, path, rank, { zoom }, theme) {
  if (!path) return;
  const width = roadWidth(rank, zoom);
  const family = roadFamily(rank);
  // Below casing width a white line on near-white ground would vanish: the casing's grey draws it.
  context.strokeStyle = width < 1.6 && rank >= 2 ? theme.casing[family] : theme.road[family];
  context.lineWidth = Math.max(width, 0.6);
  if (family === "path") context.setLineDash([3, 2.4]);
  if (family === "steps") context.setLineDash([1.4, 1.4]);
  context.lineCap = rank < 2 ? "butt" : "round";
  context.stroke(path);
  context.setLineDash([]);
  context.lineCap = "round";
}
