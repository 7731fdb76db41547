import assert from "node:assert/strict";
import { test } from "node:test";
import { doorNumber } from "../../../static/tablet/day/names.ts";
import { search } from "../../../static/tablet/day/search.ts";
import { building, door } from "./town.ts";

const BUILDINGS = [
  building(3, 0, { estate: { zh: "幸福里", en: "Xingfuli" } }),
  building(12, 30, { name: "", address: "建设路 12 号" }),
];
const DOORS = [door(3, 1, 5, 1), door(3, 2, 5, 1), door(3, 1, 15, 1), door(12, 1, 5, 1)];
const found = (query: string) => search(query, BUILDINGS, DOORS).doors.map((code) => code.slice(12));

test("a number finds its doors in every building, whole numbers before beginnings", () => {
  assert.deepEqual(found("501"), ["00003010501", "00003020501", "00012010501"]);
  assert.deepEqual(found("150"), ["00003011501"]);
});

test("building, stairwell and door as people write them", () => {
  for (const query of ["3-2-501", "3号楼2单元501", "幸福里 3 2 501", "３－２－５０１"]) {
    assert.deepEqual(found(query), ["00003020501"], query);
  }
});

test("a number with its measure word is that and nothing else", () => {
  assert.deepEqual(found("2号楼 501"), []);
  assert.deepEqual(found("1单元501室"), ["00003010501", "00012010501"]);
});

test("1 is not 12, and the address finds its building", () => {
  assert.deepEqual(search("1号", BUILDINGS, DOORS).buildings, []);
  assert.deepEqual(search("建设路", BUILDINGS, DOORS).buildings, [BUILDINGS[1]!.code]);
  assert.deepEqual(search("xingfu", BUILDINGS, DOORS).buildings, [BUILDINGS[0]!.code]);
});

test("an empty search finds nothing rather than everything", () => {
  assert.deepEqual(search("  ", BUILDINGS, DOORS), { buildings: [], doors: [] });
});

test("doors below the ground have a name of their own", () => {
  assert.equal(doorNumber({ floor: 5, door: 1 }), "501");
  assert.equal(doorNumber({ floor: -1, door: 2 }), "B102");
});
