import assert from "node:assert/strict";
import { test } from "node:test";
import { buildingsInOrder, firstFloors, housesOf, walkOf } from "../../../static/tablet/day/order.ts";
import { doorsNow } from "../../../static/tablet/day/doors.ts";
import { houseNow, planOf } from "../../../static/tablet/day/plan.ts";
import { NOW, ROUND, ZONE, building, door, local } from "./town.ts";

const FIRST = building(1, 0);
const FARTHEST = building(2, 60);
const BETWEEN = building(3, 30);
const short = (codes: { code: string }[]) => codes.map(({ code }) => code.slice(-6));

test("the next building is the nearest, not the next code", () => {
  assert.deepEqual(buildingsInOrder([FARTHEST, BETWEEN, FIRST]), [FIRST, BETWEEN, FARTHEST]);
});

test("an estate is finished before it is left, even where another building is nearer", () => {
  const inside = { estate: { zh: "幸福里", en: "Xingfuli" } };
  const near = building(4, 10);
  const walked = buildingsInOrder([building(1, 0, inside), near, building(2, 60, inside)]);
  assert.deepEqual(walked.map(({ name }) => name), ["1号楼", "2号楼", "4号楼"]);
});

test("a stairwell is walked upwards, the landings back and forth", () => {
  const doors = [1, 2].flatMap((floor) => [1, 2, 3].map((place) => door(1, 1, floor, place)));
  const [house] = housesOf([FIRST], doors.reverse());
  assert.ok(house);
  assert.deepEqual(short(walkOf(house)), ["010101", "010102", "010103", "010203", "010202", "010201"]);
  assert.deepEqual(house.stairwells[0]?.floors.map(({ floor }) => floor), [2, 1]); // drawn as one sees the house
});

test("with a lift one rides up and walks down", () => {
  const lift = { facts: { has_lift: "yes" } };
  const [house] = housesOf([FIRST], [door(1, 1, 1, 1, lift), door(1, 1, 9, 1, lift), door(1, 1, 5, 1, lift)]);
  assert.ok(house);
  assert.deepEqual(short(walkOf(house)), ["010901", "010501", "010101"]);
});

test("the plan: due call-backs by time, the rest in walking order without greyed doors", () => {
  const doors = [door(1, 1, 1, 1), door(1, 1, 1, 2), door(3, 1, 1, 1), door(2, 1, 1, 1), door(2, 1, 1, 2)];
  const [a, b, c, d, e] = doors as [typeof doors[0], typeof doors[0], typeof doors[0], typeof doors[0], typeof doors[0]];
  const visits = [
    local(a, "call_back", "2026-11-22T04:00:00Z", { call_back_at: "2026-11-22T05:30:00Z" }),
    local(d, "call_back", "2026-11-22T04:00:00Z", { call_back_at: "2026-11-22T05:00:00Z" }),
    local(b, "no_one_in", "2026-11-22T05:00:00Z"),
    local(e, "call_back", "2026-11-22T04:00:00Z", { call_back_at: "2026-11-22T10:00:00Z" }),
  ];
  const houses = housesOf([FIRST, FARTHEST, BETWEEN], doors);
  const now = new Map(doorsNow({ doors, visits, drafts: [], returned: [], round: ROUND }, NOW).map((one) => [one.door.code, one]));
  const plan = planOf(now, houses, NOW, ZONE);
  assert.deepEqual(plan.due.map(({ door }) => door.code), [d.code, a.code]);
  assert.deepEqual(plan.today.map(({ door }) => door.code), [e.code]);
  assert.deepEqual(plan.next.map(({ door }) => door.code), [c.code]);
  assert.deepEqual(houseNow(houses[0]!, now), { total: 2, open: 2, due: 1, returned: 0 });
});

test("a tower is drawn floor by floor, never half a floor, and whole in the end", () => {
  const doors = [1, 2].flatMap((unit) => [1, 2, 3].flatMap((floor) => [1, 2].map((place) => door(1, unit, floor, place))));
  const [house] = housesOf([FIRST], doors);
  const drawn = (count: number) => firstFloors(house!, count).map(({ stairwell, floors }) => [stairwell.unit, floors.map(({ floor }) => floor)]);
  assert.deepEqual(drawn(1), [[1, [3]]]);
  assert.deepEqual(drawn(3), [[1, [3, 2]]]);
  assert.deepEqual(drawn(6), [[1, [3, 2, 1]]]);
  assert.deepEqual(drawn(7), [[1, [3, 2, 1]], [2, [3]]]);
  assert.deepEqual(drawn(Infinity), [[1, [3, 2, 1]], [2, [3, 2, 1]]]);
});
