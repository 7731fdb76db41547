// Drafts survive, in order, and never come back once finished.
import assert from "node:assert/strict";
import { test } from "node:test";
import { newSession, record, SET } from "./tablets.ts";
import { listDrafts, loadDraft, loadPhotos, removeDraft, removePhoto, saveDraft, savePhoto } from "../../../static/tablet/store/drafts.ts";
import { finishRecord, listOutbox } from "../../../static/tablet/store/outbox.ts";
import type { Draft } from "../../../static/tablet/types.ts";

function draft(id: string, step: number): Draft {
  const xml = `<data><meta><instanceID>uuid:1</instanceID></meta><n>${step}</n>${"长".repeat(1000 * (50 - step))}</data>`;
  const at = new Date(1_700_000_000_000 + step).toISOString();
  return { id, set: SET, door: "1", form_id: "hh", form_version: "1", started_at: at, changed_at: at, state: { xml, hidden: {}, page: step } };
}

test("fifty saves at once leave the last one, though the first took longest to seal", async () => {
  const session = await newSession();
  await Promise.all(Array.from({ length: 50 }, (_, step) => saveDraft(session, draft("d1", step))));
  assert.equal((await loadDraft(session, "d1"))?.state.page, 49);
});

test("drafts are listed newest first, of the set that is asked for", async () => {
  const session = await newSession();
  await saveDraft(session, draft("old", 1));
  await saveDraft(session, draft("new", 2));
  await saveDraft(session, { ...draft("elsewhere", 3), set: "other" });
  assert.deepEqual((await listDrafts(session, SET)).map((one) => one.id), ["new", "old"]);
  assert.equal((await listDrafts(session)).length, 3);
});

test("finishing takes the draft and its photos away in the same step", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1", 1));
  await savePhoto(session, "d1", { name: "1.jpg", bytes: new Uint8Array([1]), type: "image/jpeg" });
  const { record: done, about } = record("1", [new Uint8Array([1])]);
  await finishRecord(session, done, { ...about, draft_id: "d1" });
  assert.equal(await loadDraft(session, "d1"), null);
  assert.deepEqual(await loadPhotos(session, "d1"), []);
  assert.equal((await listOutbox(session))[0]?.photo_count, 1);
});

test("a save that arrives after the finish does not bring the draft back", async () => {
  const session = await newSession();
  await saveDraft(session, draft("late", 1));
  const { record: done, about } = record("1");
  const finished = finishRecord(session, done, { ...about, draft_id: "late" });
  await Promise.all([finished, saveDraft(session, draft("late", 2))]);
  assert.deepEqual(await listDrafts(session), []);
});

test("when finishing fails the draft is still there and can be saved on", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1", 1));
  const { record: done, about } = record("1");
  await finishRecord(session, done, about);
  await assert.rejects(finishRecord(session, done, { ...about, draft_id: "d1" })); // the same instance id again
  assert.ok(await loadDraft(session, "d1"));
  await saveDraft(session, draft("d1", 7));
  assert.equal((await loadDraft(session, "d1"))?.state.page, 7);
  assert.equal((await listOutbox(session)).length, 1);
});

test("photos of one draft are its own, and single ones can go", async () => {
  const session = await newSession();
  for (const name of ["1.jpg", "2.jpg"]) await savePhoto(session, "d1", { name, bytes: new Uint8Array([1]), type: "image/jpeg" });
  await savePhoto(session, "d2", { name: "1.jpg", bytes: new Uint8Array([2]), type: "image/jpeg" });
  await removePhoto(session, "d1", "1.jpg");
  assert.deepEqual((await loadPhotos(session, "d1")).map((one) => one.name), ["2.jpg"]);
  await removeDraft(session, "d1");
  assert.deepEqual(await loadPhotos(session, "d1"), []);
  assert.equal((await loadPhotos(session, "d2")).length, 1);
});
