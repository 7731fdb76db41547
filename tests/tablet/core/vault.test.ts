// What lies on the disk can be read with the passphrase, and with nothing else.
import assert from "node:assert/strict";
import { test } from "node:test";
import { afterReload, newSession, PASSPHRASE, PIN, record, SET } from "./tablets.ts";
import { listDrafts, loadDraft, loadPhotos, saveDraft, savePhoto, countStranded } from "../../../static/tablet/store/drafts.ts";
import { exportOutbox, finishRecord, listOutbox } from "../../../static/tablet/store/outbox.ts";
import { TabletDatabase } from "../../../static/tablet/store/database.ts";
import { TooShort, VaultLocked } from "../../../static/tablet/store/session.ts";
import { ITERATIONS, seal, unseal, unwrap, wrap, WrongSecret, importKey } from "../../../static/tablet/store/vault.ts";
import type { Draft } from "../../../static/tablet/types.ts";

const SECRET_ANSWER = "三代同住-elderly-80+";

function draft(id: string, text = SECRET_ANSWER): Draft {
  const xml = `<data><meta><instanceID>uuid:${crypto.randomUUID()}</instanceID></meta><a>${text}</a></data>`;
  const at = "2026-11-22T08:00:00Z";
  return { id, set: SET, door: "1".repeat(23), form_id: "hh", form_version: "1", started_at: at, changed_at: at, state: { xml, hidden: {}, page: 0 } };
}

/** Every byte of every table, as one text. */
async function everythingIn(database: TabletDatabase): Promise<string> {
  const tables = await Promise.all(database.tables.map((table) => table.toArray()));
  return JSON.stringify(tables, (_key, value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : value));
}

test("the vault's key is wrapped by 600,000 rounds of PBKDF2-SHA256", async () => {
  assert.equal(ITERATIONS, 600_000);
  const raw = crypto.getRandomValues(new Uint8Array(32));
  const wrapped = await wrap(raw.slice(), PASSPHRASE, "vault 1");
  assert.equal(wrapped.iterations, 600_000);
  assert.deepEqual(await unwrap(wrapped, PASSPHRASE, "vault 1"), raw);
  await assert.rejects(unwrap(wrapped, `${PASSPHRASE} `, "vault 1"), WrongSecret);
});

test("sealed bytes open only in their own place", async () => {
  const key = await importKey(crypto.getRandomValues(new Uint8Array(32)));
  const sealed = await seal(key, new Uint8Array([1, 2, 3]), "draft a");
  assert.deepEqual(await unseal(key, sealed, "draft a"), new Uint8Array([1, 2, 3]));
  await assert.rejects(unseal(key, sealed, "draft b"), WrongSecret);
  sealed.content[0]! ^= 1;
  await assert.rejects(unseal(key, sealed, "draft a"), WrongSecret);
});

test("no answer, photo, token or door of a worker lies on the disk in clear", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1"));
  await savePhoto(session, "d1", { name: "1.jpg", bytes: new TextEncoder().encode("PHOTO-BYTES"), type: "image/jpeg" });
  const { record: done, about } = record("330100001001000010101001", [new TextEncoder().encode("OTHER-PHOTO")]);
  await finishRecord(session, done, about);
  const disk = await everythingIn(session.database);
  for (const secret of [SECRET_ANSWER, "三代同住", "PHOTO-BYTES", "OTHER-PHOTO", "token-of-wang", "330100001001000010101001", "no_one_in", PASSPHRASE, PIN]) {
    assert.ok(!disk.includes(secret) && !disk.includes(Buffer.from(secret).toString("latin1")), secret);
  }
});

test("after a restart the passphrase brings drafts and photos back", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1"));
  await savePhoto(session, "d1", { name: "1.jpg", bytes: new Uint8Array([1, 2, 3]), type: "image/jpeg" });
  const again = afterReload(session);
  const [account] = await again.listAccounts();
  await again.openVault(account!, PASSPHRASE);
  assert.ok((await loadDraft(again, "d1"))?.state.xml.includes(SECRET_ANSWER));
  assert.deepEqual((await loadPhotos(again, "d1"))[0]?.bytes, new Uint8Array([1, 2, 3]));
  assert.equal(again.token, "token-of-wang");
});

test("a hundred wrong passphrases cost no draft and no record", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1"));
  const { record: done, about } = record("1");
  await finishRecord(session, done, about);
  const again = afterReload(session);
  const [account] = await again.listAccounts();
  for (let n = 0; n < 100; n += 1) await assert.rejects(again.openVault(account!, `wrong-${n}-wrong`), WrongSecret);
  assert.ok(!again.isUnlocked);
  await again.openVault(account!, PASSPHRASE);
  assert.equal((await listDrafts(again)).length, 1);
  assert.equal((await listOutbox(again)).length, 1);
});

test("locked means locked: nothing is read until the PIN opens", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1"));
  session.lock();
  await assert.rejects(loadDraft(session, "d1"), VaultLocked);
  await assert.rejects(session.openWithPin("000000"), WrongSecret);
  await session.openWithPin(PIN);
  assert.ok(await loadDraft(session, "d1"));
});

test("five wrong PINs end the PIN; the passphrase still opens", async () => {
  const session = await newSession();
  session.lock();
  for (let n = 0; n < 5; n += 1) await assert.rejects(session.openWithPin(`00000${n}`), WrongSecret);
  assert.ok(!session.hasPin);
  await assert.rejects(session.openWithPin(PIN), WrongSecret);
  await session.openVault(session.account!, PASSPHRASE);
  assert.ok(session.isUnlocked && session.hasPin);
});

test("wrong PINs asked all at once are not more tries", async () => {
  const session = await newSession();
  session.lock();
  const guesses = Array.from({ length: 20 }, (_, n) => session.openWithPin(`1111${String(n).padStart(2, "0")}`).catch(() => "no"));
  await Promise.all([...guesses, session.openWithPin(PIN).catch(() => "no")]);
  assert.ok(!session.hasPin);
});

test("a reload leaves no PIN: it was in memory only", async () => {
  const session = await newSession();
  const again = afterReload(session);
  [again.account] = await again.listAccounts();
  await assert.rejects(again.openWithPin(PIN), WrongSecret);
});

test("short passphrases and PINs that are none are refused", async () => {
  const session = await newSession();
  await assert.rejects(session.makeVault({ username: "li", display_name: "李" }, "1234567", PIN), TooShort);
  await assert.rejects(session.makeVault({ username: "li", display_name: "李" }, PASSPHRASE, "12345"), TooShort);
  await assert.rejects(session.changePassphrase(PASSPHRASE, "short"), TooShort);
});

test("changed secrets open, the old ones do not", async () => {
  const session = await newSession();
  await session.changePassphrase(PASSPHRASE, "一个全新的口令！");
  await session.changePin("一个全新的口令！", "135791");
  session.lock();
  await assert.rejects(session.openWithPin(PIN), WrongSecret);
  await session.openWithPin("135791");
  const again = afterReload(session);
  const [account] = await again.listAccounts();
  await assert.rejects(again.openVault(account!, PASSPHRASE), WrongSecret);
  await again.openVault(account!, "一个全新的口令！");
});

test("two people on one tablet see nothing of each other", async () => {
  const wang = await newSession("wang");
  await saveDraft(wang, draft("d-wang"));
  const { record: done, about } = record("1");
  await finishRecord(wang, done, about);
  const li = await newSession("li", wang.database);
  assert.deepEqual(await listDrafts(li), []);
  assert.deepEqual(await listOutbox(li), []);
  assert.equal(await loadDraft(li, "d-wang"), null);
  await li.openVault((await li.accountOf("li"))!, PASSPHRASE);
  assert.equal(li.token, "token-of-li");
});

test("a forgotten passphrase costs no record, and drafts stay readable for the server", async () => {
  const session = await newSession();
  await saveDraft(session, draft("d1"));
  const { record: done, about } = record("1");
  await finishRecord(session, done, about);
  const again = afterReload(session);
  await again.makeVault({ username: "wang", display_name: "王" }, "忘了以后的新口令", "112233");
  assert.equal((await again.listAccounts()).length, 1);
  assert.equal((await listOutbox(again)).length, 1);
  assert.deepEqual(await listDrafts(again), []);
  assert.equal(await countStranded(again), 1);
  const lines = (await (await exportOutbox(again)).text()).trim().split("\n").map((line) => JSON.parse(line) as { kind?: string });
  assert.deepEqual(lines.slice(1).map((line) => line.kind), ["record", "draft"]);
});
