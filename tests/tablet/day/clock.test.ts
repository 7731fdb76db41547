import assert from "node:assert/strict";
import { test } from "node:test";
import { daysAhead, fromLocalInput, slotStart, slotsOffered, toLocalInput } from "../../../static/tablet/day/clock.ts";
import { NOW, ZONE } from "./town.ts";

test("tonight is 18:00 where the door is, whatever zone the tablet is set to", () => {
  assert.equal(slotStart("tonight", NOW, ZONE).toISOString(), "2026-11-22T10:00:00.000Z");
  assert.equal(slotStart("tonight", NOW, "America/Santiago").toISOString(), "2026-11-22T21:00:00.000Z"); // 03:00 there, UTC−3
});

test("tonight said at 19:00 is from now on, and is not offered after 20:00", () => {
  const seven = new Date("2026-11-22T19:00:00+08:00");
  assert.equal(slotStart("tonight", seven, ZONE).getTime(), seven.getTime());
  assert.ok(slotsOffered(seven, ZONE).includes("tonight"));
  assert.ok(!slotsOffered(new Date("2026-11-22T20:01:00+08:00"), ZONE).includes("tonight"));
});

test("tomorrow morning crosses the end of a month", () => {
  const last = new Date("2026-11-30T15:00:00+08:00");
  assert.equal(slotStart("tomorrow_morning", last, ZONE).toISOString(), "2026-12-01T01:00:00.000Z");
});

test("the weekend is Saturday; said on Saturday it is Sunday, said on Sunday the Saturday after", () => {
  const at = (text: string) => slotStart("weekend", new Date(text), ZONE).toISOString();
  assert.equal(at("2026-11-18T15:00:00+08:00"), "2026-11-21T01:00:00.000Z"); // a Wednesday
  assert.equal(at("2026-11-21T15:00:00+08:00"), "2026-11-22T01:00:00.000Z");
  assert.equal(at("2026-11-22T15:00:00+08:00"), "2026-11-28T01:00:00.000Z");
});

test("the clock's hour that daylight saving skips or doubles still gives an instant of that hour", () => {
  const noon = new Date("2026-03-28T12:00:00Z");
  assert.equal(slotStart("tomorrow_morning", noon, "Europe/Monaco").toISOString(), "2026-03-29T07:00:00.000Z"); // UTC+2 from 02:00 on
});

test("a picked time reads back as it was picked", () => {
  const at = fromLocalInput("2026-12-01T08:30", ZONE);
  assert.equal(at?.toISOString(), "2026-12-01T00:30:00.000Z");
  assert.equal(toLocalInput(at!, ZONE), "2026-12-01T08:30");
  assert.equal(fromLocalInput("", ZONE), null);
});

test("days ahead are counted by the wall's calendar, not by 24 hours", () => {
  assert.equal(daysAhead(new Date("2026-11-22T17:30:00Z"), NOW, ZONE), 1); // 01:30 on Monday there
});
