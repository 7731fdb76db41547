import assert from "node:assert/strict";
import { test } from "node:test";
import { cellColourOf, classLabel, classesFor, gainOf, shareColour } from "../../static/public/coverage/classes.js";
import { countByClass, countByValue, headlineOf, histogramBins, rankAreas, tallyAreas } from "../../static/public/coverage/tally.js";
import { cellSums, gridCells } from "../../static/public/map/cells.js";

const COLOURS = ["#08519c", "#4292c6", "#a6cee8", "#fdd49e", "#f57c2a", "#8c2d04"];
const SHARES = [1 / 3, 2 / 3, 1, 1.5, 2, null];
const definitions = {
  norm: SHARES.map((upto_share, at) => ({ upto_share, colour: COLOURS[at], colour_dark: COLOURS[at] })),
  time: SHARES.map((upto_share, at) => ({ upto_share, colour: COLOURS[at], colour_dark: COLOURS[at] })),
  score: [0.2, 0.4, 0.6, 0.8, 1].map((upto, at) => ({ upto, colour: COLOURS[at], colour_dark: COLOURS[at] })),
};
const kindergarten = { code: "EDU-KIN", threshold_m: 300, threshold_min: 5 };
const norm = classesFor({ mode: "norm", category: kindergarten, classes: definitions });

test("a walk of exactly the threshold is the last covered class, ten metres more the first of the others", () => {
  assert.deepEqual(norm.bounds, [10, 20, 30, 45, 60, 254]);
  assert.equal(norm.classOf[30], 2); // 300 m
  assert.equal(norm.classOf[31], 3); // 301-310 m
  assert.equal(norm.classOf[254], 5); // farther than the cutoff
  assert.equal(norm.classOf[255], 6); // nothing known: a class of its own
  const gain = gainOf(norm);
  assert.equal(gain[30], 1);
  assert.equal(gain[31], 0);
  assert.ok(Number.isNaN(gain[255]));
});

test("every threshold of the catalogue ends a class", () => {
  for (const threshold_m of [70, 150, 300, 400, 500, 800, 1000]) {
    const classes = classesFor({ mode: "norm", category: { code: "X", threshold_m }, classes: definitions });
    assert.equal(classes.bounds[2] * 10, threshold_m);
    assert.ok(classes.bounds.every((bound, at) => at === 0 || bound > classes.bounds[at - 1]), String(threshold_m));
  }
});

test("labels carry their unit", () => {
  assert.deepEqual([0, 1, 5].map((at) => classLabel(norm, at)), ["≤ 100 m", "100–200 m", "> 600 m"]);
  const time = classesFor({ mode: "time-older", category: kindergarten, classes: definitions });
  assert.deepEqual([0, 2, 5].map((at) => classLabel(time, at)), ["≤ 2 min", "3–5 min", "> 10 min"]);
  const score = classesFor({ mode: "norm", category: { code: "score" }, classes: definitions });
  assert.deepEqual([0, 4].map((at) => classLabel(score, at)), ["0–20%", "80–100%"]);
});

// Five buildings with 1, 2, 4, 8, 16 dwellings: a sum tells which were counted.
const values = new Uint8Array([10, 30, 31, 254, 255]);
const dwellings = new Uint16Array([1, 2, 4, 8, 16]);

test("headline, classes and histogram are the same dwellings", () => {
  const counts = countByValue(values, dwellings);
  assert.deepEqual(headlineOf(counts, gainOf(norm)), { hit: 3, known: 15, unknown: 16, share: 0.2 });
  assert.deepEqual([...countByClass(counts, norm.classOf, 6)], [1, 0, 2, 4, 0, 8, 16]);
  const bins = histogramBins(counts, norm);
  assert.equal(bins.reduce((sum, { byClass }) => sum + byClass.reduce((a, b) => a + b, 0), 0), 15);
  assert.equal(bins[bins.length - 1].byClass[5], 8);
  assert.ok(bins.some(({ to }) => to === 30), "a bar ends at the threshold");
});

test("without weights every building counts one", () => {
  assert.equal(headlineOf(countByValue(values), gainOf(norm)).share, 0.5);
});

test("an isolated class counts only itself", () => {
  const counts = countByValue(values, dwellings);
  assert.equal(headlineOf(counts, gainOf(norm, 3)).hit, 4);
});

test("the worst area leads the table, areas without anything known are left out", () => {
  const areaOf = new Uint16Array([0, 1, 1, 0, 2]);
  const tally = tallyAreas(values, dwellings, areaOf, 3, gainOf(norm));
  const areas = [0, 1, 2].map((index) => ({ index, code: `C${index}`, name: `C${index}` }));
  const rows = rankAreas(tally, areas);
  assert.deepEqual(rows.map(({ index, hit, known }) => [index, hit, known]), [[0, 1, 9], [1, 2, 6]]);
});

test("a building in no grid is in no row", () => {
  const tally = tallyAreas(values, dwellings, new Uint16Array(5).fill(65535), 2, gainOf(norm));
  assert.deepEqual([...tally.total], [0, 0]);
});

test("cells of 1000 m hold the buildings that stand in them, at any latitude", () => {
  // 60° north: a degree of longitude is half as long. Two points 6 m apart, one 5 km east.
  const points = new Float32Array([10.003, 60.0051, 10.0031, 60.0051, 10.1, 60.0051]);
  const grid = gridCells(points, 1000);
  assert.equal(grid.cellOf[0], grid.cellOf[1]);
  assert.notEqual(grid.cellOf[0], grid.cellOf[2]);
  const sums = cellSums(grid, new Uint8Array([10, 254, 255]), new Uint16Array([1, 2, 4]), gainOf(norm));
  assert.deepEqual([...sums.hit], [1, 0]);
  assert.deepEqual([...sums.total], [3, 0]);
  assert.deepEqual([...sums.all], [3, 4]);
});

test("cells take the worst colour at none covered and the best at all", () => {
  const colour = cellColourOf(norm, COLOURS);
  assert.equal(colour(0), "#8c2d04");
  assert.equal(colour(1), "#08519c");
  assert.equal(shareColour(0.5, [...COLOURS].reverse()), "#fdd49e");
  assert.equal(shareColour(0.51, [...COLOURS].reverse()), "#a6cee8");
});
