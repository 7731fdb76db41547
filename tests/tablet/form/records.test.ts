import assert from "node:assert/strict";
import { test } from "node:test";
import type { ReturnedRecord } from "../../../static/tablet/types.ts";
import { engine, nodes, outcome } from "./node_engine.ts";
import { answer, at, builtInForm, CONTEXT, DOOR, ENTITY, formFromMarkdown, xmlOf } from "./world.ts";

const { openForm } = engine;
const sixty = formFromMarkdown("sixty.md");
const household = builtInForm("household");
const visit = builtInForm("visit");

async function sent(): Promise<ReturnedRecord> {
  const session = await openForm(sixty, CONTEXT);
  answer(session, "/data/door/result", "met");
  answer(session, "/data/door/consent", "yes");
  answer(session, "/data/people/area_m2", "56.5");
  session.decline(at(session, "/data/rooms_page/repair[1]/repair_urgency"));
  session.attach(at(session, "/data/facilities/place_photo"), "before.jpg", { bytes: new Uint8Array([1]), type: "image/jpeg" });
  const record = await session.finish();
  return {
    instance_id: record.instance_id,
    form_id: record.form_id,
    form_version: record.form_version,
    door: DOOR.code,
    xml: record.xml,
    files: record.files.map((file) => file.name),
    message: "面积请核对",
    comments: [{ path: "/data/people/area_m2", text: "图纸上是 65.5" }],
    by: "director",
    at: "2026-11-22T08:00:00Z",
  };
}

test("correcting a returned record makes a new instance that names the old one, even through a draft", async () => {
  const returned = await sent();
  const first = await openForm(sixty, CONTEXT, undefined, { returned });
  answer(first, "/data/people/area_m2", "65.5");
  const again = await openForm(sixty, CONTEXT, first.toDraft(0));
  again.decline(at(again, "/data/rooms_page/repair[1]/repair_urgency"));
  const record = await again.finish();
  assert.notEqual(record.instance_id, returned.instance_id);
  assert.match(record.xml, new RegExp(`<deprecatedID>${returned.instance_id}</deprecatedID>`));
  assert.match(record.xml, /<area_m2>65\.5<\/area_m2>/);
  assert.match(record.xml, new RegExp(`<place_photo>${returned.files[0]}</place_photo>`)); // the server has it already
  assert.deepEqual(record.files, []);
});

test("a photo that is replaced in a correction goes along, the old name does not", async () => {
  const returned = await sent();
  const session = await openForm(sixty, CONTEXT, undefined, { returned });
  session.decline(at(session, "/data/rooms_page/repair[1]/repair_urgency"));
  const photo = at(session, "/data/facilities/place_photo");
  assert.equal(nodes.answerOf(photo), returned.files[0]);
  session.attach(photo, "after.jpg", { bytes: new Uint8Array([9]), type: "image/jpeg" });
  const record = await session.finish();
  assert.deepEqual(record.files.map((file) => file.name), ["after.jpg"]);
  assert.ok(!record.xml.includes(returned.files[0] ?? "?"));
});

test("one tap makes a whole record of the visit form", async () => {
  const record = await outcome.recordOutcome(visit, CONTEXT, "call_back", { call_back_slot: "tonight" });
  assert.equal(record.form_id, "wangge_visit");
  assert.match(record.xml, new RegExp(`<dwelling>${ENTITY}</dwelling><outcome>call_back</outcome>`));
  assert.match(record.xml, /<call_back_slot>tonight<\/call_back_slot>/);
  assert.match(record.xml, /<visited_at>\d{4}-\d\d-\d\dT/);
});

test("every outcome can be recorded, a vacant dwelling saves its occupancy", async () => {
  for (const result of ["unchanged", "no_one_in", "call_back", "declined", "vacant", "not_found", "group_let"] as const) {
    const record = await outcome.recordOutcome(visit, CONTEXT, result);
    assert.match(record.xml, new RegExp(`<outcome>${result}</outcome>`));
    assert.equal(/dataset="dwellings"[^>]*update="(1|true)"/.test(record.xml), result === "vacant" || result === "group_let");
    assert.equal(/<occupancy>(vacant|group_let)</.test(record.xml), result === "vacant" || result === "group_let");
  }
});

test("the household form: refusal leaves nothing but the refusal", async () => {
  const session = await openForm(household, CONTEXT);
  session.setByRole("consent", "yes");
  session.setByRole("household_type", "couple");
  session.setByRole("consent", "no");
  const record = await session.finish();
  assert.match(record.xml, /<consent>no<\/consent>/);
  assert.doesNotMatch(record.xml, /couple|rented/);
});

test("the household form asks one group a page, and only consent and call back before the answer", async () => {
  const { isPageVisible } = await import("../../../static/tablet/form/pages.ts");
  const session = await openForm(household, CONTEXT);
  const shown = () => session.pages.filter(isPageVisible).map((page) => page.groups[0]?.currentState.label?.asString);
  assert.deepEqual(shown(), ["征得同意", "改天再来"]);
  session.setByRole("consent", "yes");
  assert.ok(xmlOf(session).includes("<occupancy>rented</occupancy>"));
});
