// Which feature of a decoded layer lies under a point, and which of its edges are real.

/** Index of the last drawn polygon at (x, y) in tile units, or -1. `reach` widens boxes that are hard to hit. */
export function pickPolygon(layer, x, y, reach = 0) {
  const { boxes, count } = layer;
  for (let index = count - 1; index >= 0; index--) {
    const b = index * 4;
    if (x < boxes[b] - reach || x > boxes[b + 2] + reach || y < boxes[b + 1] - reach || y > boxes[b + 3] + reach) {
      continue;
    }
    if (reach && boxes[b + 2] - boxes[b] < reach * 2 && boxes[b + 3] - boxes[b + 1] < reach * 2) return index;
    if (isInside(layer, index, x, y)) return index;
  }
  return -1;
}

function isInside({ parts, starts, xy }, index, x, y) {
  let inside = false;
  for (let part = parts[index]; part < parts[index + 1]; part++) {
    const first = starts[part];
    const end = starts[part + 1];
    for (let i = first, j = end - 1; i < end; j = i++) {
      const yi = xy[2 * i + 1];
      const yj = xy[2 * j + 1];
      if (yi > y !== yj > y && x < ((xy[2 * j] - xy[2 * i]) * (y - yi)) / (yj - yi) + xy[2 * i]) inside = !inside;
    }
  }
  return inside;
}

/** Index of the feature with this id, or -1. */
export function indexOfId(layer, id) {
  return layer.ids.indexOf(id);
}

/**
 * Edges of a polygon as [x1, y1, x2, y2] in tile units, without the ones made by cutting at the tile:
 * a piece clipped at the buffer's edge would otherwise show a line through the building.
 */
export function realEdges(layer, index) {
  const { parts, starts, xy, extent } = layer;
  const edges = [];
  for (let part = parts[index]; part < parts[index + 1]; part++) {
    const first = starts[part];
    const end = starts[part + 1];
    for (let i = first, j = end - 1; i < end; j = i++) {
      const edge = [xy[2 * j], xy[2 * j + 1], xy[2 * i], xy[2 * i + 1]];
      if (!isCut(edge[0], edge[2], extent) && !isCut(edge[1], edge[3], extent)) edges.push(edge);
    }
  }
  return edges;
}

function isCut(from, to, extent) {
  return from === to && (from <= 0 || from >= extent);
}
