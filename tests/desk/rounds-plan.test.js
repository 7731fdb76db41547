// Whose stairwell is whose: the page's arithmetic of an assignment, on a town that fits on one hand.
//
//   grid 1: building a (stairwells 1: 4, 2: 6 dwellings), building b (1: 5)      grid 2: building c (1: 10, 2: 10)
import assert from "node:assert/strict";
import { test } from "node:test";
import { Plan, isInside } from "../../static/public/rounds/plan.js";

const GRID = ["330100001001001", "330100001001002"];
const CODE = ["33010000100100001", "33010000100100002", "33010000100100003"];
const ANNA = 7;
const BO = 9;

function drawnPlan() {
  const plan = new Plan({
    buildings: [
      { code: CODE[0], grid: GRID[0], number: 0, at: [0, 0], units: [[1, 4], [2, 6]] },
      { code: CODE[1], grid: GRID[0], number: 1, at: [1, 0], units: [[1, 5]] },
      { code: CODE[2], grid: GRID[1], number: 2, at: [2, 0], units: [[1, 10], [2, 10]] },
    ],
    grids: GRID.map((code) => ({ code })),
    workers: [
      { id: ANNA, areas: ["330100001001"], grids: [], buildings: [] },
      { id: BO, areas: [], grids: [GRID[1]], buildings: [CODE[1]] },
    ],
  });
  plan.owners = [ANNA, ANNA, 0, BO, BO];
  return plan;
}

test("the balance counts every dwelling once, and those that nobody visits", () => {
  assert.deepEqual([...drawnPlan().balance()], [[0, 5], [ANNA, 10], [BO, 20]]);
});

test("a preview moves the selected dwellings and nothing else", () => {
  const plan = drawnPlan();
  assert.deepEqual([...plan.preview(new Set([2, 3]), ANNA)], [[0, 0], [ANNA, 25], [BO, 10]]);
  assert.deepEqual([...plan.balance()], [[0, 5], [ANNA, 10], [BO, 20]]);
});

test("a preview of withdrawing leaves them to nobody", () => {
  assert.equal(drawnPlan().preview(new Set([0, 1]), 0).get(0), 15);
});

test("what is selected is written as the fewest places that are exactly it", () => {
  const plan = drawnPlan();
  const written = (...keys) => plan.places(new Set(keys));
  assert.deepEqual(written(0, 1, 2), [`g:${GRID[0]}`]);
  assert.deepEqual(written(0, 1), [`b:${CODE[0]}`]);
  assert.deepEqual(written(1), [`b:${CODE[0]}/2`]);
  assert.deepEqual(written(0, 1, 2, 4), [`g:${GRID[0]}`, `b:${CODE[2]}/2`]);
  assert.deepEqual(written(), []);
});

test("a worker is held where an area, a grid or a building of a duty holds the building", () => {
  const plan = drawnPlan();
  assert.deepEqual(plan.outside(new Set([0, 1, 2, 3, 4]), ANNA), []);
  assert.deepEqual(plan.outside(new Set([0, 1, 2, 3, 4]), BO), [0]);
});

test("a grid's code is compared whole: building …00100 does not lie in grid …001", () => {
  const plan = drawnPlan();
  plan.buildings[0].code = `${GRID[0]}00`;
  plan.workers[1].grids = [GRID[0]];
  plan.buildings[0].grid = GRID[1];
  assert.deepEqual(plan.outside(new Set([0]), BO), [0]);
});

test("owners of a building are named once each", () => {
  const plan = drawnPlan();
  assert.deepEqual(plan.ownersOf(0), [ANNA]);
  plan.owners[1] = BO;
  assert.deepEqual(plan.ownersOf(0), [ANNA, BO]);
});

test("a point is inside a drawn line by the even-odd rule", () => {
  const horseshoe = [[0, 0], [9, 0], [9, 9], [6, 9], [6, 3], [3, 3], [3, 9], [0, 9]];
  assert.equal(isInside(horseshoe, 1, 8), true);
  assert.equal(isInside(horseshoe, 4.5, 6), false);
  assert.equal(isInside(horseshoe, 4.5, 1), true);
  assert.equal(isInside(horseshoe, 20, 1), false);
});
