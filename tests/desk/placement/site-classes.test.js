import assert from "node:assert/strict";
import { test } from "node:test";
import { classOfState, largestGroup, legendRows } from "../../../static/public/placement/site-classes.js";
import { Words } from "../../../static/public/shell/words.js";

const scale = { bounds: [0, 0.5, null], unit: "percent" };
const words = new Words({ too_few: "no two", nobody: "empty" }, "en");
const state = (w, ...counts) => ({ w, counts });
const buildings = [
  { number: 3, before: state(null, 0, 0), after: state(0, 4, 0) },
  { number: 5, before: state(0, 0, 2), after: state(0.5, 1, 2) },
  { number: 9, before: state(null, 1, 0), after: state(0.667, 2, 2) },
];
const look = (when, what) => legendRows(buildings, { when, what, scale, tenures: ["rental", "market"], colours: ["a", "b", "c"], neutral: "n", words }).map(({ label, colour, count }) => [label, colour, count]);

test("the largest group is the first of equals, and none where nobody lives", () => {
  assert.deepEqual([largestGroup([0, 0]), largestGroup([1, 3, 2]), largestGroup([2, 2])], [-1, 1, 0]);
});

test("a building falls into the class of its W, one without two homes into none", () => {
  assert.deepEqual(buildings.map(({ after }) => classOfState(after, "w", scale)), [0, 1, 2]);
  assert.equal(classOfState(state(null, 1), "w", scale), -1);
});

test("the legend of W keeps every class, and tells those that cannot be compared", () => {
  assert.deepEqual(look("before", "w"), [["0%", "a", 1], ["0–50%", "b", 0], ["> 50%", "c", 0], ["no two", "n", 2]]);
  assert.deepEqual(look("after", "w"), [["0%", "a", 1], ["0–50%", "b", 1], ["> 50%", "c", 1]]);
});

test("the legend of tenures lists those that lead somewhere, in their own colours", () => {
  assert.deepEqual(look("before", "most"), [["rental", "a", 1], ["market", "b", 1], ["empty", "n", 1]]);
});
