import assert from "node:assert/strict";
import { test } from "node:test";
import { shallFirst } from "../../static/public/coverage/category-list.js";
import { address } from "../../static/public/coverage/address.js";
import { boundsOf, hullOf } from "../../static/public/coverage/outlines.js";
import { sortRows } from "../../static/public/coverage/ranking.js";
import { TakenBoxes } from "../../static/public/map/boxes.js";
import { withQuery } from "../../static/public/map/furniture.js";
import { middleOf } from "../../static/public/map/focus.js";
import { letterAngle, lettersAlong } from "../../static/public/map/line-label.js";
import { roundScale } from "../../static/public/map/scale-bar.js";
import { mercatorShare } from "../../static/public/map/view-canvas.js";
import { ViewState } from "../../static/public/shell/view-state.js";
import { Words } from "../../static/public/shell/words.js";

const { read: readView, write: writeView } = address;

test("an address opens in the state it was copied in", () => {
  const view = { ...readView(""), cat: "EDU-KIN", mode: "time-older", weight: "residents", level: "grid", class: 0, b: 0, walk: "EDU-KIN", z: 16, lon: -3.7, lat: -33.4 };
  const address = writeView(view, "?town=monaco&lang=en");
  assert.deepEqual(readView(address), view);
  assert.equal(new URLSearchParams(address).get("town"), "monaco");
});

test("what is usual is left out of the address, nonsense is ignored", () => {
  assert.equal(writeView(readView(""), "?town=x"), "town=x");
  assert.equal(readView("?b=seven&class=").b, null);
});

test("choosing a building is a step for the back button, moving the map is not", () => {
  const steps = [];
  const history = { pushState: (_s, _t, address) => steps.push(["push", address]), replaceState: (_s, _t, address) => steps.push(["replace", address]) };
  const seen = [];
  const state = new ViewState(readView(""), { address, history, location: { pathname: "/coverage/", search: "?town=m" }, onChange: (changed) => seen.push([...changed]) });
  state.set({ b: 12 }, { push: true });
  state.set({ b: 12 }, { push: true });
  state.set({ z: 15 });
  assert.deepEqual(steps, [["push", "/coverage/?town=m&b=12"], ["replace", "/coverage/?town=m&b=12&z=15"]]);
  assert.deepEqual(seen, [["b"], ["z"]]);
});

test("numbers read as people write them", () => {
  const zh = new Words({ a: "{n} 户" }, "zh-Hans");
  const en = new Words({}, "en");
  assert.equal(zh.count(9999), "9,999");
  assert.equal(zh.count(123456), "12.3 万");
  assert.equal(en.count(123456), "123,456");
  assert.equal(zh.percent(0.9999), ">99.9%");
  assert.equal(zh.percent(1), "100%");
  assert.equal(zh.percent(0.0001), "<0.1%");
  assert.equal(zh.metres(412.4), "412 m");
  assert.equal(zh.metres(1250), "1.25 km");
  assert.equal(zh.metres(null), "–");
  assert.equal(zh.say("a", { n: 3 }), "3 户");
  assert.equal(zh.say("missing"), "missing");
});

test("what the standard demands leads its heading, and every category stays", () => {
  const headings = [
    { name: "A", categories: [{ code: "a", provision: "seed" }, { code: "b", provision: "rec" }] },
    { name: "B", categories: [{ code: "c", provision: "may" }, { code: "d", provision: "shall" }] },
  ];
  const sorted = shallFirst(headings);
  assert.deepEqual(sorted.map(({ categories }) => categories.map(({ code }) => code)), [["d", "c"], ["b", "a"]]);
});

test("rows sort by any column, both ways", () => {
  const rows = [{ index: 0, name: "第10网格", share: 0.5 }, { index: 1, name: "第2网格", share: 0.1 }];
  assert.deepEqual(sortRows(rows, { key: "name", isUp: true }).map(({ index }) => index), [1, 0]);
  assert.deepEqual(sortRows(rows, { key: "share", isUp: false }).map(({ index }) => index), [0, 1]);
});

test("the scale bar is 1, 2 or 5 of something", () => {
  assert.deepEqual([999, 1000, 7.5, 250].map(roundScale), [500, 1000, 5, 200]);
  assert.equal(withQuery("/x/?town=a", { q: "b c" }), "/x/?town=a&q=b+c");
});

test("the hull of a community holds its corners only", () => {
  const points = new Float32Array([0, 0, 4, 0, 4, 4, 0, 4, 2, 2, 9, 9]);
  const rings = hullOf(points, new Uint16Array([1, 1, 1, 1, 1, 0]), 1);
  assert.equal(rings[0].length, 4);
  assert.deepEqual(boundsOf(rings), [[0, 0], [4, 4]]);
});

test("a label gives way to what stands there already", () => {
  const taken = new TakenBoxes();
  assert.ok(taken.take(0, 0, 100, 20));
  assert.ok(!taken.take(90, 10, 190, 30));
  assert.ok(taken.take(100, 0, 200, 20));
  assert.ok(taken.take(-300, -300, -250, -280));
});

test("street names read to the right, and Chinese ones on steep streets downwards", () => {
  const advances = [10, 10, 10];
  const leftwards = lettersAlong([[100, 0], [0, 0]], advances, true);
  assert.ok(leftwards.letters[0].x < leftwards.letters[2].x);
  const upwards = lettersAlong([[0, 100], [0, 0]], advances, true);
  assert.ok(upwards.isUpright);
  assert.ok(upwards.letters[0].y < upwards.letters[2].y);
  assert.ok(Math.abs(letterAngle(upwards.letters[0].angle, true)) < 1e-9);
  assert.equal(lettersAlong([[0, 0], [20, 0]], advances, true), null);
  assert.equal(lettersAlong([[0, 0], [20, 0], [20, 20]], advances, true), null, "a sharp corner tears no name");
});

test("mercator puts the equator and Greenwich in the middle, south below, west left", () => {
  assert.deepEqual(mercatorShare(0, 0), [0.5, 0.5]);
  const [west, south] = mercatorShare(-70.6, -33.4);
  assert.ok(west < 0.5 && south > 0.5);
  assert.deepEqual(middleOf([[0, 0], [10, 0], [10, 10]]), [10, 0]);
});
