// A canvas over the footprints for what a page says of single buildings: outlines, marks, letters.
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
