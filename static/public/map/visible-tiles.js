// The decoded tiles under the view, with where their corner and scale lie in view pixels.

/** [{layers, left, top, scale}] for a frame of view-canvas.js; tiles that are not here yet are left out. */
export function visibleTiles(store, frame) {
  const dataZoom = Math.min(frame.zoom - 1, store.maxZoom);
  const across = frame.worldPx / 2 ** dataZoom;
  const found = [];
  for (let x = Math.floor(frame.originX / across); x * across < frame.originX + frame.width; x++) {
    for (let y = Math.floor(frame.originY / across); y * across < frame.originY + frame.height; y++) {
      const layers = store.peek(`${dataZoom}/${x}/${y}`);
      if (!layers) continue;
      found.push({ layers, left: x * across - frame.originX, top: y * across - frame.originY, scale: across / 4096 });
    }
  }
  return found;
}

/** The building under a geographic point: its number, or -1. */
export function buildingAt(store, pick, { lat, lng }, zoom, project) {
  const dataZoom = Math.min(zoom - 1, store.maxZoom);
  const [east, south] = project(lng, lat);
  const side = 2 ** dataZoom;
  const x = Math.floor(east * side);
  const y = Math.floor(south * side);
  const layer = store.peek(`${dataZoom}/${x}/${y}`)?.buildings;
  if (!layer) return -1;
  const unitPx = (256 * 2 ** zoom) / side / 4096;
  const index = pick(layer, (east * side - x) * 4096, (south * side - y) * 4096, 3 / unitPx);
  return index < 0 ? -1 : layer.ids[index];
}
