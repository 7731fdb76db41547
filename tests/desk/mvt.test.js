import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeTile } from "../../static/public/map/mvt.js";
import { sortByClass } from "../../static/public/map/paint-buildings.js";
import { indexOfId, pickPolygon, realEdges } from "../../static/public/map/pick.js";
import { TileStore } from "../../static/public/map/tile-store.js";
import { encodeTile, square } from "./tile-writer.js";

// Two houses; the second has a courtyard from (220, 220) to (280, 280).
const HOUSES = encodeTile({
  buildings: [
    { id: 7, type: 3, geometry: [square(0, 0, 100)], properties: { k: "residential" } },
    { id: 3, type: 3, geometry: [square(200, 200, 100), square(220, 220, 60).reverse()], properties: { k: "public" } },
  ],
  roads: [{ type: 2, geometry: [[[0, 0], [10, 0]], [[20, 5], [30, 5], [40, 5]]], properties: { kind: "primary", bridge: true } }],
});

test("a tile comes back with every id, ring, point and property", () => {
  const { buildings, roads } = decodeTile(HOUSES);
  assert.deepEqual([...buildings.ids], [7, 3]);
  assert.deepEqual([...buildings.parts], [0, 1, 3]);
  assert.deepEqual([...buildings.starts], [0, 4, 8, 12]);
  assert.deepEqual([...buildings.boxes], [0, 0, 100, 100, 200, 200, 300, 300]);
  assert.deepEqual(buildings.columns.k, ["residential", "public"]);
  assert.deepEqual([...roads.xy], [0, 0, 10, 0, 20, 5, 30, 5, 40, 5]);
  assert.equal(roads.columns.bridge[0], true);
  assert.deepEqual([...roads.ids], [-1]);
});

test("a layer after a layer with many features is read too", () => {
  const many = Array.from({ length: 300 }, (_, at) => ({ id: at, type: 3, geometry: [square(at, at, 8)] }));
  const tile = decodeTile(encodeTile({ buildings: many, water: [{ type: 3, geometry: [square(0, 0, 4096)] }] }));
  assert.equal(tile.buildings.count, 300);
  assert.equal(tile.buildings.ids[299], 299);
  assert.equal(tile.water.count, 1);
});

test("the house under the pointer is found, its courtyard is not the house", () => {
  const { buildings } = decodeTile(HOUSES);
  assert.equal(pickPolygon(buildings, 50, 50), 0);
  assert.equal(pickPolygon(buildings, 210, 210), 1);
  assert.equal(pickPolygon(buildings, 250, 250), -1);
  assert.equal(pickPolygon(buildings, 150, 150), -1);
  assert.equal(indexOfId(buildings, 3), 1);
});

test("the outline leaves out the line along which a tile cut the house", () => {
  const cut = decodeTile(encodeTile({ buildings: [{ id: 1, type: 3, geometry: [[[-64, 10], [40, 10], [40, 50], [-64, 50]]] }] }));
  assert.equal(realEdges(cut.buildings, 0).length, 3);
  assert.equal(realEdges(decodeTile(HOUSES).buildings, 1).length, 8);
});

test("houses are painted class by class, unknown numbers as unknown", () => {
  const { buildings } = decodeTile(HOUSES);
  const classOf = new Uint8Array(256).fill(0);
  classOf[30] = 1;
  classOf[255] = 2;
  const values = new Uint8Array([0, 0, 0, 30]); // building 3 has a value, building 7 is beyond the array
  const { order, bounds } = sortByClass(buildings, { values, classOf, fills: ["a", "b", null] });
  assert.deepEqual([...order], [1, 0]);
  assert.deepEqual([...bounds], [0, 0, 1, 2]);
});

test("beyond the deepest tile the parent is enlarged, not fetched again", async () => {
  const asked = [];
  const store = new TileStore({ template: "/t/{z}/{x}/{y}.mvt", minZoom: 10, maxZoom: 16, fetchTile: async (address) => (asked.push(address), HOUSES) });
  // Map zoom 19 = tile zoom 18: tile (5, 6) lies in the parent (1, 1), one of 4 x 4, at column 1, row 2.
  const place = store.placement({ z: 19, x: 5, y: 6 });
  assert.deepEqual({ key: place.key, across: place.pixelsAcross, left: place.left, top: place.top }, { key: "16/1/1", across: 2048, left: -512, top: -1024 });
  await Promise.all([store.get(place), store.get(store.placement({ z: 19, x: 6, y: 6 }))]);
  assert.deepEqual(asked, ["/t/16/1/1.mvt"]);
});

test("the store keeps the tiles last used and reports those that did not come", async () => {
  const store = new TileStore({ template: "{z}/{x}/{y}", minZoom: 0, maxZoom: 16, kept: 2, fetchTile: async () => HOUSES });
  const at = (x) => store.placement({ z: 15, x, y: 0 });
  await store.get(at(0));
  await store.get(at(1));
  store.peek(at(0).key);
  await store.get(at(2));
  assert.ok(store.peek(at(0).key));
  assert.equal(store.peek(at(1).key), undefined);

  const broken = new TileStore({ template: "{z}", minZoom: 0, maxZoom: 16, fetchTile: async () => { throw new Error("500"); } });
  let failures = 0;
  broken.addEventListener("failed", () => failures++);
  await assert.rejects(broken.get(at(0)));
  assert.equal(failures, 1);
  assert.equal(broken.isBusy, false);
});
