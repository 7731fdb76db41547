import assert from "node:assert/strict";
import { test } from "node:test";
import { boundsOf, buildingAt, contains } from "../../../static/tablet/map/shapes.ts";
import { building } from "./town.ts";

/** A square of `side` degrees with its south-west corner at (lon, lat). */
function square(lon: number, lat: number, side: number): number[][] {
  return [[lon, lat], [lon + side, lat], [lon + side, lat + side], [lon, lat + side], [lon, lat]];
}

function house(number: number, lon: number, lat: number, hole: number[][][] = []) {
  const geometry: GeoJSON.MultiPolygon = { type: "MultiPolygon", coordinates: [[square(lon, lat, 0.001), ...hole]] };
  return building(number, 0, { geometry, point: [lon + 0.0005, lat + 0.0005] });
}

// South of the equator and west of Greenwich, so that a swapped pair of coordinates would show.
const COURT = house(1, -70.5, -33.5, [square(-70.4997, -33.4997, 0.0004)]);
const NEXT = house(2, -70.497, -33.5);

test("a point in the house is in it, one in its courtyard or outside is not", () => {
  assert.equal(contains(COURT.geometry, -70.4999, -33.4999), true);
  assert.equal(contains(COURT.geometry, -70.4995, -33.4995), false);
  assert.equal(contains(COURT.geometry, -70.4989, -33.4995), false);
  assert.equal(contains(COURT.geometry, -33.4999, -70.4999), false);
});

test("a tap means the house under the finger, else the nearest glyph within reach", () => {
  assert.equal(buildingAt([COURT, NEXT], -70.4999, -33.4999, 0)?.code, COURT.code);
  assert.equal(buildingAt([COURT, NEXT], -70.4956, -33.4995, 0.001)?.code, NEXT.code);
  assert.equal(buildingAt([COURT, NEXT], -70.49, -33.4995, 0.001), null);
});

test("the bounds hold every house; without houses the outline; without both there are none", () => {
  assert.deepEqual(boundsOf([COURT, NEXT], null), [-70.5, -33.5, -70.497 + 0.001, -33.5 + 0.001]);
  const outline: GeoJSON.MultiPolygon = { type: "MultiPolygon", coordinates: [[square(-70.5, -33.5, 0.01)]] };
  assert.deepEqual(boundsOf([], outline), [-70.5, -33.5, -70.5 + 0.01, -33.5 + 0.01]);
  assert.equal(boundsOf([], null), null);
});
