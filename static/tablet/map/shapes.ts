// Geometry of the worker's buildings on the screen: no library for a few hundred polygons.
import type { PackBuilding } from "../types.ts";

export type Bounds = [west: number, south: number, east: number, north: number];

export function boundsOf(buildings: PackBuilding[], outline: GeoJSON.MultiPolygon | null): Bounds | null {
  const bounds: Bounds = [180, 90, -180, -90];
  const take = ([lon = 0, lat = 0]: number[]) => {
    bounds[0] = Math.min(bounds[0], lon);
    bounds[1] = Math.min(bounds[1], lat);
    bounds[2] = Math.max(bounds[2], lon);
    bounds[3] = Math.max(bounds[3], lat);
  };
  for (const building of buildings) {
    take(building.point);
    building.geometry.coordinates.forEach((polygon) => polygon[0]?.forEach(take));
  }
  if (buildings.length === 0) outline?.coordinates.forEach((polygon) => polygon[0]?.forEach(take));
  return bounds[0] > bounds[2] ? null : bounds;
}

/** Even-odd over all rings: a courtyard is not the house. */
export function contains({ coordinates }: GeoJSON.MultiPolygon, lon: number, lat: number): boolean {
  let isInside = false;
  for (const ring of coordinates.flat()) {
    for (let here = 0, before = ring.length - 1; here < ring.length; before = here++) {
      const [x1 = 0, y1 = 0] = ring[here] ?? [];
      const [x2 = 0, y2 = 0] = ring[before] ?? [];
      if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) isInside = !isInside;
    }
  }
  return isInside;
}

/** The building meant by a tap: the one under the finger, else the nearest glyph within `reachDegrees`. */
export function buildingAt(buildings: PackBuilding[], lon: number, lat: number, reachDegrees: number): PackBuilding | null {
  const under = buildings.find((building) => contains(building.geometry, lon, lat));
  if (under) return under;
  const shrink = Math.cos((lat * Math.PI) / 180);
  let best: PackBuilding | null = null;
  let bestHop = reachDegrees;
  for (const building of buildings) {
    const hop = Math.hypot(building.point[0] - lon, (building.point[1] - lat) / shrink);
    if (hop < bestHop) [best, bestHop] = [building, hop];
  }
  return best;
}
