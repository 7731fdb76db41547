import assert from "node:assert/strict";
import { test } from "node:test";
import { sortRows } from "../../../static/public/mix/area-table.js";
import { byteClasses, byteValues, classLabel, classOfValue, countBytes, countClasses, figureOf, margin, marginOf, shown } from "../../../static/public/mix/scales.js";
import { topOf } from "../../../static/public/mix/lines.js";
import { Words } from "../../../static/public/shell/words.js";

const percent = { unit: "percent", bounds: [0, 0.15, 0.3, 0.45, 0.6, null] };
const number = { unit: "number", bounds: [1.2, 1.5, 2, 2.5, 3.5, null] };
const legend = { steps: 200, no_homes: 253, too_few: 254, unknown: 255 };
const words = new Words({ margin_points: "± {n} points" }, "en");

test("a bound belongs to the lower class, and the byte of a figure falls into the figure's own class", () => {
  assert.deepEqual([0, 0.001, 0.15, 0.1501, 0.6, 0.61, null].map((value) => classOfValue(percent, value)), [0, 1, 1, 2, 4, 5, -1]);
  const table = byteClasses(percent, legend);
  for (let byte = 0; byte <= 200; byte++) assert.equal(table[byte], classOfValue(percent, byte / 200), String(byte));
});

test("too few, untold and no homes are three classes of their own, outside the ramp", () => {
  const table = byteClasses(percent, legend);
  assert.deepEqual([254, 255, 253].map((byte) => table[byte]), [6, 7, 8]);
  const gain = byteValues(legend);
  assert.equal(gain[100], 0.5);
  assert.ok([253, 254, 255].every((byte) => Number.isNaN(gain[byte])));
});

test("every building is counted in exactly one class", () => {
  const bytes = new Uint8Array([0, 30, 31, 200, 253, 254, 255, 255]);
  const counts = countBytes(bytes, byteClasses(percent, legend));
  assert.deepEqual([...counts], [1, 1, 1, 0, 0, 1, 1, 2, 1]);
  assert.equal(countBytes(bytes, byteClasses(percent, legend), new Uint16Array([1, 2, 4, 8, 16, 32, 64, 128]))[7], 192);
});

test("places without a figure are counted last, not as nought", () => {
  assert.deepEqual([...countClasses(percent, [0, 0.2, null, 0.2, undefined])], [1, 0, 2, 0, 0, 0, 2]);
});

test("labels name both ends with their unit", () => {
  assert.deepEqual([0, 1, 5].map((at) => classLabel(percent, at)), ["0%", "0–15%", "> 60%"]);
  assert.deepEqual([0, 1, 5].map((at) => classLabel(number, at)), ["≤ 1.2", "1.2–1.5", "> 3.5"]);
});

test("figures and margins are written in their unit; an exact figure has no margin", () => {
  assert.equal(shown(0.242, percent, words), "24.2%");
  assert.equal(shown(-0.006, percent, words), "−0.6%");
  assert.equal(shown(null, percent, words), "–");
  assert.equal(shown(2.345, number, words), "2.35");
  assert.equal(margin(0.0123, percent, words), "± 1.2 points");
  assert.equal(margin(0.0001, percent, words), "± <0.1 points");
  assert.equal(margin(null, percent, words), "");
});

const rows = [
  { code: "10", name: "乙", answered: 5, shown: true, w: 0.4, w_margin: 0.01, counts: [{ share: 0.5, share_margin: 0.1 }, { share: 0.5 }], quotients: [1, null] },
  { code: "9", name: "甲", answered: 9, shown: true, w: null, counts: [{ share: 0.1 }, { share: 0.9 }], quotients: [0.2, 1.8] },
  { code: "11", name: "丙", answered: null, shown: false, w: 0.9, counts: [] },
];

test("what must not be shown has neither figure nor margin, even if it came along", () => {
  assert.deepEqual(rows.map((row) => figureOf(row, "w", 0)), [0.4, null, null]);
  assert.equal(marginOf(rows[0], "w", 0), 0.01);
  assert.equal(marginOf(rows[0], "share", 0), 0.1);
  assert.equal(marginOf(rows[2], "w", 0), null);
  assert.equal(figureOf(rows[1], "quotient", 1), 1.8);
});

test("the table begins by code; by figure, what has none comes last either way", () => {
  const codes = (sort, measure = "w") => sortRows(rows, sort, measure, 0).map(({ code }) => code);
  assert.deepEqual(codes("code"), ["9", "10", "11"]);
  assert.deepEqual(codes("-code"), ["11", "10", "9"]);
  assert.deepEqual(codes("value"), ["10", "9", "11"]);
  assert.deepEqual(codes("-value"), ["10", "9", "11"]);
  assert.deepEqual(codes("value", "share"), ["9", "10", "11"]);
  assert.deepEqual(codes("-value", "share"), ["10", "9", "11"]);
  assert.deepEqual(codes("-base"), ["9", "10", "11"]);
});

test("an axis ends at a round figure that holds everything", () => {
  assert.deepEqual([[0.01], [0.31, 0.2], [0.62], [1.2], [9.3]].map(topOf), [0.05, 0.4, 0.8, 2, 10]);
});
