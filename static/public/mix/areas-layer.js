// Grids, communities or streets filled by their figure, over quiet footprints; outlines of what is chosen.
// A place without a figure is hatched, never a colour of the ramp; wide ones carry their figure in words.
import { hatchPattern } from "../map/hatch.js";
import { createViewCanvas } from "../map/view-canvas.js";

const FONT = '"Noto Sans CJK SC","Noto Sans SC","PingFang SC","Microsoft YaHei",system-ui,sans-serif';
const FILL_ALPHA = 0.74;
const ROOM_PX = 16;

export class AreasLayer {
  constructor(mapView) {
    this.mapView = mapView;
    this.places = [];
    this.fills = new Map();
    this.marks = { hovered: null, chosen: null, compared: null, selected: new Set() };
    const { L, map } = mapView;
    const pane = map.createPane("mix-areas");
    pane.style.zIndex = 270;
    pane.style.pointerEvents = "none";
    this.canvas = createViewCanvas(L, { pane: "mix-areas", paint: (pen, frame) => this.paint(pen, frame) });
    this.canvas.addTo(map);
    mapView.reserve = (pen, taken, frame) => this.writeAll(pen, taken, frame);
  }

  /** `features` of GeoJSON with {code, name, name_en}; an empty list clears the layer. */
  setPlaces(features) {
    const places = features.filter(({ geometry }) => geometry).map(placeOf);
    this.places = places.sort((a, b) => b.size - a.size); // a place within another's outline lies on top of it
    this.byCode = new Map(this.places.map((place) => [place.code, place]));
    this.canvas.schedule();
    this.mapView.names.schedule();
  }

  /** `fills`: code → {colour | null (hatch), text, isFaint}; null draws outlines only. */
  setFills(fills) {
    this.fills = fills;
    this.canvas.schedule();
    this.mapView.names.schedule();
  }

  mark(change) {
    Object.assign(this.marks, change);
    this.canvas.schedule();
  }

  repaint() {
    this.canvas.repaint();
  }

  /** The place under a geographic point, or null. */
  at({ lng, lat }) {
    return this.places.findLast(({ box, rings }) => lng >= box[0] && lng <= box[2] && lat >= box[1] && lat <= box[3] && isInside(rings, lng, lat)) ?? null;
  }

  paint(pen, frame) {
    const { theme } = this.mapView;
    const hatch = hatchPattern(pen, theme.hatch, frame.ratio);
    const drawn = this.places.map((place) => ({ place, path: pathOf(place, frame) })).filter(({ path }) => path !== null);
    for (const { place, path } of drawn) {
      const fill = this.fills?.get(place.code);
      if (!this.fills || !fill) continue;
      pen.globalAlpha = fill.isFaint ? 0.16 : FILL_ALPHA;
      pen.fillStyle = fill.colour ?? hatch;
      pen.fill(path, "evenodd");
    }
    pen.globalAlpha = 1;
    pen.lineJoin = "round";
    for (const { path } of drawn) stroke(pen, path, theme, 0.9, 0.55);
    for (const { place, path } of drawn) if (this.marks.selected.has(place.code)) stroke(pen, path, theme, 2, 1);
    for (const [code, width] of [[this.marks.hovered, 2], [this.marks.compared, 2.4], [this.marks.chosen, 3]]) {
      const found = code && drawn.find(({ place }) => place.code === code);
      if (found) stroke(pen, found.path, theme, width, 1, code === this.marks.compared);
    }
  }

  /** The figures, in the canvas of the names and before them, so that no street name runs through one. */
  writeAll(pen, taken, frame) {
    if (this.fills) for (const place of this.places) this.write(pen, taken, frame, place, this.mapView.theme);
  }

  write(pen, taken, frame, place, theme) {
    const text = this.fills.get(place.code)?.text;
    if (!text) return;
    const [left, bottom] = frame.at(place.box[0], place.box[1]);
    const [right, top] = frame.at(place.box[2], place.box[3]);
    pen.font = `600 12px ${FONT}`;
    const width = pen.measureText(text).width;
    if (right - left < width + ROOM_PX || bottom - top < 26) return;
    const [x, y] = frame.at(...place.middle);
    if (!taken.take(x - width / 2 - 3, y - 9, x + width / 2 + 3, y + 9)) return;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.lineWidth = 3;
    pen.strokeStyle = theme.halo;
    pen.strokeText(text, x, y);
    pen.fillStyle = theme.outline;
    pen.fillText(text, x, y);
  }
}

function stroke(pen, path, theme, width, alpha, isDashed = false) {
  pen.globalAlpha = alpha;
  if (width > 1.5) {
    pen.strokeStyle = theme.halo;
    pen.lineWidth = width + 3;
    pen.stroke(path);
  }
  if (isDashed) pen.setLineDash([7, 4]);
  pen.strokeStyle = theme.outline;
  pen.lineWidth = width;
  pen.stroke(path);
  pen.setLineDash([]);
  pen.globalAlpha = 1;
}

function placeOf({ properties, geometry }) {
  const polygons = geometry.type === "MultiPolygon" ? geometry.coordinates : [geometry.coordinates];
  const rings = polygons.flat();
  const box = boxOf(rings);
  const size = (box[2] - box[0]) * (box[3] - box[1]);
  return { ...properties, rings, box, size, middle: middleOf(polygons, box) };
}

export function boxOf(rings) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const ring of rings) {
    for (const [lon, lat] of ring) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box;
}

/** A point well inside: the middle of the widest stretch of the largest polygon on its box's middle line. */
export function middleOf(polygons, box) {
  const largest = polygons.reduce((best, rings) => (ringArea(rings[0]) > ringArea(best[0]) ? rings : best), polygons[0]);
  const own = boxOf([largest[0]]);
  const lat = (own[1] + own[3]) / 2;
  const crossings = largest.flatMap((ring) => crossingsOf(ring, lat)).sort((a, b) => a - b);
  let best = [(box[0] + box[2]) / 2, 0];
  for (let at = 0; at + 1 < crossings.length; at += 2) {
    const width = crossings[at + 1] - crossings[at];
    if (width > best[1]) best = [(crossings[at] + crossings[at + 1]) / 2, width];
  }
  return [best[0], lat];
}

function crossingsOf(ring, lat) {
  const found = [];
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
    const [xi, yi] = ring[i];
    const [xj, yj] = ring[j];
    if (yi > lat !== yj > lat) found.push(((xj - xi) * (lat - yi)) / (yj - yi) + xi);
  }
  return found;
}

function ringArea(ring) {
  let twice = 0;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) twice += ring[j][0] * ring[i][1] - ring[i][0] * ring[j][1];
  return Math.abs(twice / 2);
}

export function isInside(rings, lon, lat) {
  let inside = false;
  for (const ring of rings) for (const x of crossingsOf(ring, lat)) if (lon < x) inside = !inside;
  return inside;
}

/** The outline in pixels, or null where it lies outside the view. */
function pathOf({ rings, box }, frame) {
  const [left, bottom] = frame.at(box[0], box[1]);
  const [right, top] = frame.at(box[2], box[3]);
  if (right < 0 || bottom < 0 || left > frame.width || top > frame.height) return null;
  const path = new Path2D();
  for (const ring of rings) {
    ring.forEach(([lon, lat], at) => {
      const [x, y] = frame.at(lon, lat);
      if (at === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    });
    path.closePath();
  }
  return path;
}
