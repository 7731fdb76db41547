import assert from "node:assert/strict";
import { test } from "node:test";
import { engine, nodes } from "./node_engine.ts";
import { answer, at, builtInForm, CONTEXT, DOOR, ENTITY, formFromMarkdown, xmlOf } from "./world.ts";

const { openForm } = engine;
const sixty = formFromMarkdown("sixty.md");
const household = builtInForm("household");

async function metAndAgreed() {
  const session = await openForm(sixty, CONTEXT);
  answer(session, "/data/door/result", "met");
  answer(session, "/data/door/consent", "yes");
  return session;
}

test("the form has sixty questions and one group a page", async () => {
  const session = await openForm(sixty, CONTEXT);
  const questions = [...nodes.descendants(session.root)].filter(nodes.isQuestion);
  assert.equal(questions.length, 58); // and the room's two, once there is a room
  const titles = session.pages.map((page) => page.groups.map((group) => group.currentState.label?.asString));
  assert.deepEqual(titles, [
    ["到户"],
    ["家庭"],
    ["设施"], // 16 questions without groups of their own: two pages
    ["设施"],
    ["需要"],
    ["房间"],
    ["结束"],
  ]);
});

test("the dwelling being visited is chosen, facts are filled in, who lives there never", async () => {
  const session = await metAndAgreed();
  const xml = xmlOf(session);
  assert.match(xml, new RegExp(`<dwelling>${ENTITY}</dwelling>`));
  assert.match(xml, /<has_lift>yes<\/has_lift>/);
  assert.match(xml, /<needs>n7<\/needs>/);
  assert.match(xml, /<household_type\/>/); // though the door's facts had one
  assert.match(xml, /baseVersion="3" trunkVersion="2" branchId="b4dbd3a1-6b44-4d6b-9df0-2f6d2c7b3f10"/);
});

test("answers of a group that is hidden come back, also after the draft was taken up again", async () => {
  const first = await metAndAgreed();
  answer(first, "/data/people/area_m2", "56.5");
  answer(first, "/data/rooms_page/n_rooms", "2");
  answer(first, "/data/rooms_page/room[2]/room_name", "次卧");
  first.addRow(at(first, "/data/rooms_page/repair"));
  answer(first, "/data/rooms_page/repair[2]/repair_what", "水管");
  const before = xmlOf(first);
  answer(first, "/data/door/result", "no_one_in");
  assert.doesNotMatch(xmlOf(first), /次卧|56\.5|水管/);

  const second = await openForm(sixty, CONTEXT, first.toDraft(0));
  answer(second, "/data/door/result", "met");
  assert.equal(xmlOf(second), before);
});

test("lowering a count keeps the rows until the worker says they may go", async () => {
  const session = await metAndAgreed();
  answer(session, "/data/rooms_page/n_rooms", "3");
  for (const i of [1, 2, 3]) answer(session, `/data/rooms_page/room[${i}]/room_name`, `房间${i}`);
  const before = xmlOf(session);
  answer(session, "/data/rooms_page/n_rooms", "1");
  assert.deepEqual(session.state.lost, [{ repeat: "/data/rooms_page/room", rows: 2 }]);
  assert.ok(session.problems().some((one) => one.kind === "lost_rows"));

  const again = await openForm(sixty, CONTEXT, session.toDraft(0));
  answer(again, "/data/rooms_page/n_rooms", "3");
  assert.equal(xmlOf(again), before);
  assert.deepEqual(again.state.lost, []);

  session.dropLostRows("/data/rooms_page/room");
  answer(session, "/data/rooms_page/n_rooms", "3");
  assert.match(xmlOf(session), /<room_name>房间1<\/room_name>/);
  assert.doesNotMatch(xmlOf(session), /房间2/);
});

test("a removed row is gone and the rows after it move up with their own answers", async () => {
  const session = await metAndAgreed();
  const repair = at(session, "/data/rooms_page/repair");
  session.addRow(repair);
  session.addRow(repair);
  for (const i of [1, 2, 3]) answer(session, `/data/rooms_page/repair[${i}]/repair_what`, `事${i}`);
  session.removeRow(repair, 1);
  const names = [...xmlOf(session).matchAll(/<repair_what>([^<]*)</g)].map((found) => found[1]);
  assert.deepEqual(names, ["事1", "事3"]);
  assert.deepEqual(session.state.lost, []);
});

test("a declined question is blank, passes though required, and is still declined in the draft", async () => {
  const session = await metAndAgreed();
  const required = at(session, "/data/rooms_page/repair[1]/repair_urgency");
  assert.deepEqual(session.problems().map((one) => one.path), ["/data/rooms_page/repair[1]/repair_urgency"]);
  session.decline(required);
  assert.deepEqual(session.problems(), []);
  const again = await openForm(sixty, CONTEXT, session.toDraft(0));
  assert.deepEqual(again.problems(), []);
  again.answer(at(again, "/data/rooms_page/repair[1]/repair_urgency"), "soon");
  assert.equal(again.state.declined.size, 0);
});

test("an identity number in a free text stands in the way, a phone number does not", async () => {
  const session = await openForm(household, CONTEXT);
  session.setByRole("consent", "yes");
  session.setByRole("contact_phone", "13800138000");
  assert.deepEqual(session.problems(), []);
  session.setByRole("needs", session.answersByRole("needs")[0] ?? "");
  const form = await metAndAgreed();
  form.decline(at(form, "/data/rooms_page/repair[1]/repair_urgency"));
  answer(form, "/data/wants/note_text", "证件 11010519491231002X 已看");
  assert.deepEqual(form.problems().map((one) => one.kind), ["id_number"]);
  await assert.rejects(form.finish(), /id_number at \/data\/wants\/note_text/);
});

test("finishing freezes the bytes: asked twice, the record is the same", async () => {
  const session = await openForm(household, CONTEXT);
  session.setByRole("consent", "yes");
  const first = await session.finish();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(await session.finish(), first);
  assert.match(first.instance_id, /^uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(first.form_id, "wangge_household");
});

test("the door of the draft is the base of the change, whatever a newer pack says", async () => {
  const first = await metAndAgreed();
  const newer = { ...CONTEXT, door: { ...DOOR, version: 9, label: "改名" } };
  const again = await openForm(sixty, newer, first.toDraft(2));
  assert.equal(xmlOf(again), xmlOf(first));
});
