import assert from "node:assert/strict";
import { test } from "node:test";
import { dwellingList } from "../../../static/tablet/form/dwelling_list.ts";
import { hasIdNumber } from "../../../static/tablet/form/id_numbers.ts";
import { keepDraft } from "../../../static/tablet/form-ui/draft-keeper.ts";
import { lineText, pointsOf } from "../../../static/tablet/form-ui/lines.ts";
import { pickedText, writtenText } from "../../../static/tablet/form-ui/when.ts";

test("only a number with a real date and the right check digit is an identity number", () => {
  for (const text of ["11010519491231002X", "号码11010519491231002x。", "是 440524188001010014 吗"]) {
    assert.ok(hasIdNumber(text), text);
  }
  for (const text of ["110105194912310021", "11010519491331002X", "13800138000", "911010519491231002X", "民族路 1 号"]) {
    assert.ok(!hasIdNumber(text), text);
  }
});

test("the list of one dwelling survives commas, quotes and line breaks", () => {
  const door = { label: '1号楼 "甲", 301\n后门', entity: "e", version: 4, code: "c", facts: {}, open_needs: [], occupancy: "rented" };
  const [head, row] = [dwellingList(door as never).split("\n")[0], dwellingList(door as never)];
  assert.equal(head, "name,label,__version,__trunkVersion,__branchId,dwelling_code,open_needs,occupancy");
  assert.ok(row.includes('"1号楼 ""甲"", 301\n后门"'));
});

test("a picked time keeps its zone in the record and its clock on the screen", () => {
  const written = writtenText("dateTime", "2026-11-23T19:30");
  assert.match(written, /^2026-11-23T19:30:00\.000[+-]\d\d:\d\d$/);
  assert.equal(pickedText("dateTime", written), "2026-11-23T19:30");
  assert.equal(pickedText("time", writtenText("time", "09:05")), "09:05");
  assert.equal(pickedText("date", "2026-11-23"), "2026-11-23");
});

test("a line needs two points, an area three and ends where it began", () => {
  const points = ["30 120 0 5", "30.001 120 0 5", "30.001 120.001 0 5"];
  assert.equal(lineText(points.slice(0, 1), false), "");
  assert.equal(lineText(points.slice(0, 2), false), "30 120 0 5;30.001 120 0 5");
  assert.equal(lineText(points.slice(0, 2), true), "");
  assert.deepEqual(pointsOf(lineText(points, true), true), points);
});

test("drafts are written one after the other, and the newest state always last", async () => {
  const states: number[] = [];
  let state = 0;
  let isWriting = false;
  const keeper = keepDraft(async () => {
    assert.ok(!isWriting);
    isWriting = true;
    const taken = state;
    await new Promise((resolve) => setTimeout(resolve, 20));
    states.push(taken);
    isWriting = false;
  });
  for (state = 1; state <= 5; state += 1) {
    keeper.changed();
    if (state === 2) void keeper.flush();
  }
  state = 5;
  await keeper.flush();
  assert.equal(states.at(-1), 5);
  assert.ok(keeper.isSaved.value);
});

test("a draft that could not be written says so and is written at the next occasion", async () => {
  let isFull = true;
  let written = 0;
  const keeper = keepDraft(async () => {
    if (isFull) throw new Error("full");
    written += 1;
  });
  keeper.changed();
  await keeper.flush();
  assert.equal(keeper.isSaved.value, false);
  isFull = false;
  await keeper.flush();
  assert.deepEqual([keeper.isSaved.value, written], [true, 1]);
});
