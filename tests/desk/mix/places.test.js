import assert from "node:assert/strict";
import { test } from "node:test";
import { address, isStep, levelOfCode, readCorners, writeCorners } from "../../../static/public/mix/address.js";
import { boxOf, isInside, middleOf } from "../../../static/public/mix/areas-layer.js";
import { Asking } from "../../../static/public/mix/asking.js";
import { askView, listedLevel, paintsFootprints } from "../../../static/public/mix/questions.js";

test("an address opens in the state it was copied in, and keeps what is not its own", () => {
  const view = { ...address.read(""), source: "sealed:7", dim: "origin", level: "grid", measure: "share", group: "local", area: "990102001001003", with: "990102001001004", class: 2, sort: "-value", open: "compare,trend", draw: "7.41000,43.73000;7.42000,43.73000;7.42000,43.74000", z: 15, lon: -3.7, lat: -33.4 };
  const written = address.write(view, "?town=x&lang=en");
  assert.deepEqual(address.read(written), view);
  assert.equal(new URLSearchParams(written).get("town"), "x");
  assert.equal(address.write(address.read(""), "?town=x"), "town=x");
});

test("choices are steps for the back button; moving, sorting and filtering are not", () => {
  assert.deepEqual([{ level: "grid" }, { area: "1" }, { draw: "" }, { z: 3 }, { sort: "name" }, { class: 1 }, { open: "trend" }].map(isStep), [true, true, true, false, false, false, false]);
});

test("a code names its level by its length, the town by its own code", () => {
  assert.deepEqual(["990102", "990102001", "990102001001", "990102001001003", "99010200100100012"].map((code) => levelOfCode(code, "990102")), ["town", "street", "community", "grid", "building"]);
  assert.equal(levelOfCode("990102001001", "990102001001"), "town");
});

test("corners survive the address; two corners or nonsense are no polygon", () => {
  const corners = [[7.41, 43.73], [7.42, 43.73], [-7.42, -43.74]];
  assert.deepEqual(readCorners(writeCorners(corners)), corners);
  assert.equal(readCorners("7,43;8,43"), null);
  assert.equal(readCorners("7,43;8,x;9,43"), null);
});

// A square of side 4 with a hole of side 2 in its middle, and a far small square: x is longitude.
const ring = (x, y, side) => [[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]];
const withHole = [ring(0, 0, 4), ring(1, 1, 2)];

test("a point in a hole is not in the place", () => {
  assert.ok(isInside(withHole, 0.5, 2.1));
  assert.ok(!isInside(withHole, 2, 2.1));
  assert.ok(!isInside(withHole, 5, 2.1));
});

test("the figure of a place stands inside it, beside its hole, in its largest part", () => {
  const polygons = [[ring(10, 10, 1)], withHole];
  const [lon, lat] = middleOf(polygons, boxOf(polygons.flat()));
  assert.ok(isInside(withHole, lon, lat));
  assert.deepEqual(boxOf(withHole), [0, 0, 4, 4]);
});

test("the same question is asked once, and asked again after it failed", async () => {
  const asked = [];
  let fails = true;
  const asking = new Asking({ api: "/api/v1/mix", town: "x", fetchJson: (address) => (asked.push(address), fails ? Promise.reject(new Error("no")) : Promise.resolve({ ok: 1 })) });
  await assert.rejects(asking.get("split", { source: "stock", area: null }));
  fails = false;
  assert.deepEqual(await asking.get("split", { source: "stock", area: "" }), { ok: 1 });
  await asking.get("split", { source: "stock" });
  assert.deepEqual(asked, ["/api/v1/mix/split/?town=x&source=stock", "/api/v1/mix/split/?town=x&source=stock"]);
});

const settled = (view) => ({ kind: "stock", view: { source: "stock", dim: "tenure", level: "building", measure: "w", area: null, draw: "", ...view } });

test("only the stock's buildings are coloured one by one", () => {
  assert.ok(paintsFootprints(settled({})));
  assert.ok(!paintsFootprints(settled({ level: "grid" })));
  assert.ok(!paintsFootprints({ ...settled({}), kind: "sealed" }));
});

test("half a million buildings are listed place by place, a few thousand at once", () => {
  assert.equal(listedLevel(settled({}), 500000), "community");
  assert.equal(listedLevel(settled({ area: "990102001001" }), 500000), "building");
  assert.equal(listedLevel(settled({}), 300), "building");
});

test("the place looked at comes from the list where it is in it, else from its own level; a lone row speaks for all", async () => {
  const asked = [];
  const rows = { grid: [{ code: "990102001001003", w: 0.1 }], community: [{ code: "990102001001", w: 0.2 }] };
  const asking = { get: (_what, { level, area }) => (asked.push([level, area]), Promise.resolve({ rows: rows[level], whole: null })) };
  const state = { building_count: 300, town: { root_code: "990102" } };
  const own = await askView({ asking, state, settled: settled({ level: "grid", area: "990102001001003" }) });
  assert.equal(own.row.w, 0.1);
  const other = await askView({ asking, state, settled: settled({ level: "grid", area: "990102001001" }) });
  assert.equal(other.row.w, 0.2);
  const none = await askView({ asking, state, settled: settled({ level: "community" }) });
  assert.equal(none.row.w, 0.2);
  assert.deepEqual(asked, [["grid", ""], ["grid", ""], ["community", "990102001001"], ["community", ""]]);
});
