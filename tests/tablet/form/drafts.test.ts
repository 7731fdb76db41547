// Killing the tab at any keystroke: what the store last got opens again as the very same record.
import assert from "node:assert/strict";
import { test } from "node:test";
import { engine } from "./node_engine.ts";
import { answer, at, CONTEXT, formFromMarkdown, xmlOf } from "./world.ts";
import type { FormFile, FormSession } from "../../../static/tablet/form/engine.ts";

const { openForm } = engine;
const sixty = formFromMarkdown("sixty.md");

const typed = (path: string, text: string): [string, string][] =>
  [...text].map((_, i) => [path, [...text].slice(0, i + 1).join("")]);

/** A whole visit, key by key: typing, choosing, changing one's mind, hiding a group and showing it again. */
const KEYS: [string, string][] = [
  ["/data/door/result", "met"],
  ["/data/door/consent", "yes"],
  ...["1", "0", "2", "0", "2", "1", "0"].map((n, i): [string, string] => [`/data/people/age_${i}`, n]),
  ["/data/people/household_type", "family_children"],
  ...typed("/data/people/area_m2", "86.5"),
  ["/data/people/since", "2019-05-01"],
  ["/data/facilities/has_lift", "no"],
  ["/data/facilities/has_lift", "yes"],
  ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((i): [string, string] => [`/data/facilities/fac_${i}`, i % 3 ? "yes" : "no"]),
  ["/data/facilities/place_point", "31.2304 121.4737 4.5 6.0"],
  ["/data/wants/needs", "n1 n7"],
  ["/data/wants/needs", "n1 n7 n9"],
  ["/data/wants/want_0", "urgent"],
  ["/data/wants/want_8", "soon"],
  ...typed("/data/wants/note_text", "窗<&>\"'𠮷👵🏽 坏了"),
  ["/data/rooms_page/n_rooms", "3"],
  ...typed("/data/rooms_page/room[1]/room_name", "主卧"),
  ["/data/rooms_page/room[2]/room_area", "12"],
  ["/data/rooms_page/room[3]/room_name", "储物"],
  ["/data/rooms_page/n_rooms", "2"],
  ["/data/rooms_page/n_rooms", "3"],
  ...typed("/data/rooms_page/repair[1]/repair_what", "水龙头"),
  ["/data/rooms_page/repair[1]/repair_urgency", "soon"],
  ["/data/door/result", "vacant"],
  ["/data/door/result", "met"],
  ["/data/closing/close_0", "好"],
  ["/data/closing/best_time", "19:30:00.000+08:00"],
  ["/data/closing/call_back_at", "2026-11-23T19:30:00.000+08:00"],
  ["/data/closing/comfort", "7"],
  ["/data/closing/order", "single couple family_children shared"],
  ["/data/closing/read_out", "OK"],
];

function press(session: FormSession, [path, value]: [string, string]): void {
  answer(session, path, value);
}

test("a draft taken at every keystroke opens again as an equal record", async () => {
  const session = await openForm(sixty, CONTEXT);
  for (const key of KEYS) {
    press(session, key);
    const again = await openForm(sixty, CONTEXT, JSON.parse(JSON.stringify(session.toDraft(1))));
    assert.equal(xmlOf(again), xmlOf(session), `after ${key.join(" = ")}`);
  }
});

test("a visit killed at every keystroke ends in the same record as one never killed", async () => {
  const whole = await openForm(sixty, CONTEXT);
  let killed = await openForm(sixty, CONTEXT, whole.toDraft(0));
  for (const key of KEYS) {
    press(whole, key);
    killed = await openForm(sixty, CONTEXT, JSON.parse(JSON.stringify(killed.toDraft(0))));
    press(killed, key);
  }
  assert.equal(xmlOf(killed), xmlOf(whole));
  assert.deepEqual(killed.problems(), whole.problems());
});

const photo = (byte: number): FormFile => ({ bytes: new Uint8Array([255, 216, byte]), type: "image/jpeg" });

async function withPhotos(): Promise<FormSession> {
  const session = await openForm(sixty, CONTEXT);
  press(session, ["/data/door/result", "met"]);
  press(session, ["/data/door/consent", "yes"]);
  session.decline(at(session, "/data/rooms_page/repair[1]/repair_urgency"));
  session.attach(at(session, "/data/facilities/place_photo"), "stairwell.jpg", photo(1));
  session.attach(at(session, "/data/rooms_page/repair[1]/repair_photo"), "tap.jpg", photo(2));
  return session;
}

test("photos of a restored draft are in the finished record, each under the name the XML gives it", async () => {
  const first = await withPhotos();
  const again = await openForm(sixty, CONTEXT, first.toDraft(0), { files: new Map(first.files) });
  const record = await again.finish();
  assert.deepEqual(record.files.map((file) => file.bytes[2]), [1, 2]);
  for (const file of record.files) assert.ok(record.xml.includes(`>${file.name}<`));
});

test("a photo taken out of a restored draft leaves the record, its question and its file", async () => {
  const first = await withPhotos();
  const again = await openForm(sixty, CONTEXT, first.toDraft(0), { files: new Map(first.files) });
  press(again, ["/data/facilities/place_photo", ""]);
  const record = await again.finish();
  assert.match(record.xml, /<place_photo\/>/);
  assert.deepEqual(record.files.map((file) => file.bytes[2]), [2]);
});

test("a photo whose bytes are gone stands in the way instead of being left out in silence", async () => {
  const first = await withPhotos();
  const again = await openForm(sixty, CONTEXT, first.toDraft(0));
  assert.deepEqual(again.problems().map((one) => one.kind), ["file_missing", "file_missing"]);
});

test("a photo under a hidden question is not sent, and is back with its question", async () => {
  const first = await withPhotos();
  press(first, ["/data/door/result", "no_one_in"]);
  const again = await openForm(sixty, CONTEXT, first.toDraft(0), { files: new Map(first.files) });
  assert.doesNotMatch(xmlOf(again), /\.jpg/);
  press(again, ["/data/door/result", "met"]);
  assert.deepEqual((await again.finish()).files.map((file) => file.bytes[2]), [1, 2]);
});
