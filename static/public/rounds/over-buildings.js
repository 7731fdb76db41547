// A canvas over the footprints for what a page says of single buildings: outlines, marks, letters.
import { drawHalo } from "../map/labels.js";
import { realEdges } from "../map/pick.js";
import { createViewCanvas } from "../map/view-canvas.js";
import { visibleTiles } from "../map/visible-tiles.js";

const PANE = "over-buildings";

/** `paint(pen, frame)` after every move; call `.schedule()` on the answer to paint again. */
export function addOverlay(overlayMap, paint) {
  const { map, view, L } = overlayMap;
  const pane = map.getPane(PANE) ?? map.createPane(PANE);
  pane.style.zIndex = 330;
  pane.style.pointerEvents = "none";
  const layer = createViewCanvas(L, { pane: PANE, paint }).addTo(map);
  view.store.addEventListener("arrived", () => layer.schedule());
  return layer;
}

/** Outlines of all these building numbers, in one path. */
export function outlineBuildings(pen, frame, store, numbers, { colour, halo, width }) {
  pen.beginPath();
  for (const { layers, left, top, scale } of visibleTiles(store, frame)) {
    const layer = layers.buildings;
    if (!layer) continue;
    for (let index = 0; index < layer.count; index++) {
      if (!numbers.has(layer.ids[index])) continue;
      for (const [x1, y1, x2, y2] of realEdges(layer, index)) {
        pen.moveTo(left + x1 * scale, top + y1 * scale);
        pen.lineTo(left + x2 * scale, top + y2 * scale);
      }
    }
  }
  pen.lineJoin = pen.lineCap = "round";
  pen.strokeStyle = halo;
  pen.lineWidth = width + 3;
  pen.stroke();
  pen.strokeStyle = colour;
  pen.lineWidth = width;
  pen.stroke();
}

/** Buildings whose point lies within the frame, with that point: `each(building, x, y)`. */
export function eachInFrame(frame, buildings, each) {
  for (const building of buildings) {
    const [x, y] = frame.at(...building.at);
    if (x > -20 && y > -20 && x < frame.width + 20 && y < frame.height + 20) each(building, x, y);
  }
}

const LINE_PX = 20;
const SHIFTS = [0, -LINE_PX, LINE_PX, -2 * LINE_PX, 2 * LINE_PX];

/** The name of every grid in its middle, or a line or two off it, where it is wide enough to hold it. */
export function nameGrids(pen, frame, grids, { theme, taken }) {
  pen.font = '600 13px "Noto Sans CJK SC","PingFang SC",system-ui,sans-serif';
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  for (const { name, box } of grids) {
    const [left, bottom] = frame.at(box[0], box[1]);
    const [right, top] = frame.at(box[2], box[3]);
    const half = pen.measureText(name).width / 2 + 4;
    const [x, middle] = [(left + right) / 2, (top + bottom) / 2];
    if (right - left < half * 2 + 16) continue;
    const shift = SHIFTS.find((down) => taken.take(x - half, middle + down - 10, x + half, middle + down + 10));
    if (shift === undefined) continue;
    const y = middle + shift;
    pen.globalAlpha = 0.82;
    pen.fillStyle = theme.label;
    drawHalo(pen, theme, name, x, y);
    pen.globalAlpha = 1;
  }
}

/** [west, south, east, north] of a polygon or several. */
export function boxOf({ type, coordinates }) {
  const rings = type === "Polygon" ? coordinates : coordinates.flat();
  const points = rings.flat();
  const [lons, lats] = [points.map(([lon]) => lon), points.map(([, lat]) => lat)];
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)];
}
