import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf, doorsNow, type Known } from "../../../static/tablet/day/doors.ts";
import { NOW, ROUND, door, local, visited } from "./town.ts";

const A = door(1, 1, 1, 1);

function only(known: Partial<Known>, now = NOW) {
  const [found] = doorsNow({ doors: [A], visits: [], drafts: [], returned: [], round: ROUND, ...known }, now);
  assert.ok(found);
  return found;
}

test("a door nobody has visited is to do", () => {
  const found = only({});
  assert.equal(found.state, "todo");
  assert.equal(found.is_open, true);
});

test("a visit of this tablet wins over the pack's older one", () => {
  const before = door(1, 1, 1, 1, { last_visit: visited("no_one_in", "2026-11-21T10:00:00Z"), attempts: 1 });
  const found = only({ doors: [before], visits: [local(before, "met", "2026-11-22T05:00:00Z")] });
  assert.equal(found.state, "met");
  assert.equal(found.is_waiting, true);
});

test("a fresh pack that holds a newer visit wins over what the tablet recorded before", () => {
  const fresh = door(1, 1, 1, 1, { last_visit: visited("met", "2026-11-22T05:30:00Z"), attempts: 1 });
  const found = only({ doors: [fresh], visits: [local(fresh, "no_one_in", "2026-11-22T01:00:00Z", { is_waiting: false })] });
  assert.equal(found.state, "met");
  assert.equal(found.attempts, 1);
});

test("nobody in at 11:00 with four hours between attempts: greyed until 15:00", () => {
  const at = "2026-11-22T11:00:00+08:00";
  const found = only({ visits: [local(A, "no_one_in", at)] });
  assert.equal(found.state, "cooling");
  assert.equal(found.from, "2026-11-22T07:00:00.000Z");
  assert.equal(only({ visits: [local(A, "no_one_in", at)] }, new Date("2026-11-22T15:00:00+08:00")).state, "no_one_in");
});

test("four hours after 19:00 is night: the door may be tried again at eight in the morning", () => {
  const evening = new Date("2026-11-22T19:30:00+08:00");
  const found = only({ visits: [local(A, "no_one_in", "2026-11-22T19:00:00+08:00")] }, evening);
  assert.deepEqual([found.state, found.from], ["cooling", "2026-11-23T00:00:00.000Z"]);
});

test("the third attempt without an answer is the last of this round", () => {
  const twice = door(1, 1, 1, 1, { attempts: 2, last_visit: visited("no_one_in", "2026-11-20T10:00:00Z") });
  assert.equal(only({ doors: [twice] }).state, "no_one_in");
  const found = only({ doors: [twice], visits: [local(twice, "no_one_in", "2026-11-22T05:00:00Z")] });
  assert.equal(found.attempts, 3);
  assert.equal(found.state, "capped");
  assert.equal(found.is_open, false);
});

test("a time the resident asked for is kept beyond cap and cool-down", () => {
  const asked = door(1, 1, 1, 1, { attempts: 3, last_visit: visited("call_back", "2026-11-22T05:50:00Z", "2026-11-22T06:05:00Z") });
  const found = only({ doors: [asked] });
  assert.equal(found.state, "call_back_due"); // five minutes early is on time
  assert.equal(found.from, "2026-11-22T06:05:00Z");
});

test("a call-back for tomorrow is not due today", () => {
  const visits = [local(A, "call_back", "2026-11-22T05:00:00Z", { call_back_at: "2026-11-23T01:00:00Z" })];
  assert.equal(only({ visits }).state, "call_back_later");
});

test("a call-back of the pack that names only a slot is due when the slot begins", () => {
  const evening = { outcome: "call_back", at: "2026-11-22T02:00:00Z", call_back_at: null, call_back_slot: "tonight" } as const;
  const asked = door(1, 1, 1, 1, { attempts: 1, last_visit: evening });
  assert.deepEqual([only({ doors: [asked] }).state, only({ doors: [asked] }).from], ["call_back_later", "2026-11-22T10:00:00.000Z"]);
});

test("declined is final: no draft, no later visit and no record sent back opens the door again", () => {
  const refused = door(1, 1, 1, 1, { is_declined: true });
  const found = only({
    doors: [refused],
    visits: [local(refused, "call_back", "2026-11-22T05:00:00Z", { call_back_at: "2026-11-22T05:30:00Z" })],
    drafts: [{ id: "d", door: refused.code }],
    returned: [{ instance_id: "uuid:1", door: refused.code }],
  });
  assert.equal(found.state, "declined");
  assert.equal(found.is_open, false);
});

test("a refusal recorded here a minute ago holds before the server knows it", () => {
  assert.equal(only({ visits: [local(A, "declined", "2026-11-22T05:59:00Z")] }).state, "declined");
});

test("a record sent back opens a door that was done", () => {
  const done = door(1, 1, 1, 1, { last_visit: visited("met", "2026-11-21T10:00:00Z") });
  const found = only({ doors: [done], returned: [{ instance_id: "uuid:7", door: done.code }] });
  assert.equal(found.state, "returned");
  assert.equal(found.is_open, true);
});

test("counts: open and closed make the total, waiting counts what the server has not", () => {
  const doors = [1, 2, 3, 4].map((place) => door(1, 1, 1, place));
  const [first, second, third] = doors as [typeof A, typeof A, typeof A];
  const found = doorsNow(
    {
      doors,
      visits: [
        local(first, "met", "2026-11-22T05:00:00Z", { is_waiting: false }),
        local(second, "vacant", "2026-11-22T05:10:00Z"),
        local(third, "call_back", "2026-11-22T05:10:00Z", { call_back_at: "2026-11-22T05:40:00Z" }),
      ],
      drafts: [],
      returned: [],
      round: ROUND,
    },
    NOW,
  );
  assert.deepEqual(countsOf(found), { total: 4, open: 2, closed: 2, due: 1, waiting: 2, returned: 0 });
});
