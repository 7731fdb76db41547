// Whatever the network does, each record is on the server once, whole, and leaves the tablet only after that.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, test } from "node:test";
import { FaultServer, type Fault } from "./server.ts";
import { afterReload, newSession, PASSPHRASE, record, SET } from "./tablets.ts";
import { finishRecord, listOutbox, recordsOf } from "../../../static/tablet/store/outbox.ts";
import type { Session } from "../../../static/tablet/store/session.ts";
import { localVisits } from "../../../static/tablet/store/visits.ts";
import { Server } from "../../../static/tablet/sync/server.ts";
import { Sync, type SyncPhase } from "../../../static/tablet/sync/sync.ts";

let server: FaultServer;
beforeEach(async () => {
  server = new FaultServer();
  await server.start();
});
afterEach(() => server.stop());

const photo = (byte: number, size = 1000): Uint8Array => new Uint8Array(size).fill(byte);

async function finish(session: Session, count: number, photos: Uint8Array[] = []): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const { record: done, about } = record(String(n), photos);
    await finishRecord(session, done, about);
    ids.push(done.instance_id);
  }
  return ids;
}

const syncOf = (session: Session): Sync => new Sync(session, new Server(session.database, server.address));

test("records with photos arrive whole, and only then leave the tablet", async () => {
  const session = await newSession();
  const ids = await finish(session, 3, [photo(1), photo(2)]);
  const sealed = new Map((await session.database.outboxFiles.toArray()).map((file) => [file.key, createHash("sha256").update(file.bytes).digest("hex")]));
  await syncOf(session).now();
  assert.deepEqual([...server.stored.keys()].sort(), [...ids].sort());
  for (const [id, stored] of server.stored) {
    assert.equal(stored.files.size, 3); // two photos and the sealed XML
    for (const [name, sha256] of stored.files) assert.equal(sha256, sealed.get(`${session.owner.id}/${id}/${name}`));
  }
  assert.deepEqual(await listOutbox(session), []);
  assert.equal(await session.database.outboxFiles.count(), 0);
});

test("a door stays visited after its record was received and before a new pack knows it", async () => {
  const session = await newSession();
  await finish(session, 1);
  assert.equal((await localVisits(session, SET))[0]?.state, "queued");
  await syncOf(session).now();
  const [visit] = await localVisits(session, SET);
  assert.deepEqual([visit?.state, visit?.outcome, visit?.door], ["received", "no_one_in", "0"]);
});

const LOST: Fault[] = ["drop_before", "drop_after", "cut_answer", "portal", "error"];
for (const fault of LOST) {
  test(`a fault on the line (${fault}) loses nothing and doubles nothing`, async () => {
    const session = await newSession();
    const ids = await finish(session, 3, [photo(1)]);
    server.faults = [fault];
    const sync = syncOf(session);
    for (let n = 0; n < 4 && (await listOutbox(session)).length; n += 1) await sync.now();
    assert.deepEqual([...server.stored.keys()].sort(), [...ids].sort());
    assert.deepEqual(server.conflicts, []);
    assert.deepEqual(await listOutbox(session), []);
  });
}

test("a lost answer is asked for: the record is not sent a second time", async () => {
  const session = await newSession();
  await finish(session, 1, [photo(1)]);
  server.faults = ["drop_after"];
  const sync = syncOf(session);
  await sync.now();
  assert.equal((await listOutbox(session))[0]?.state, "queued");
  await sync.now();
  assert.deepEqual([server.posts, server.asked], [1, 1]);
  assert.deepEqual(await listOutbox(session), []);
});

test("photos beyond one post follow in others, and one that arrived is not sent again", async () => {
  const session = await newSession();
  const [id] = await finish(session, 1, [photo(1, 3 * 2 ** 20), photo(2, 3 * 2 ** 20), photo(3, 3 * 2 ** 20)]);
  const sync = syncOf(session);
  await sync.now();
  assert.equal(server.posts, 3); // XML with the first photo, then one each: 4 MB a post
  assert.equal(server.stored.get(id!)?.files.size, 4);
  assert.deepEqual(await listOutbox(session), []);
});

test("a record cut between its photos goes on where it stopped", async () => {
  const session = await newSession();
  const [id] = await finish(session, 1, [photo(1, 3 * 2 ** 20), photo(2, 3 * 2 ** 20)]);
  const sync = syncOf(session);
  const send = sync.now();
  while (server.posts < 1) await new Promise((done) => setTimeout(done, 5));
  server.faults = ["drop_before"];
  await send;
  const [row] = await listOutbox(session);
  assert.equal(row?.photos_sent, 1);
  const again = new Sync(session, new Server(session.database, server.address));
  await again.now();
  assert.equal(server.stored.get(id!)?.files.size, 3);
  assert.deepEqual(await listOutbox(session), []);
});

test("413 makes the posts smaller", async () => {
  const session = await newSession();
  await finish(session, 1, [photo(1, 300_000), photo(2, 300_000), photo(3, 300_000)]);
  server.largest_bytes = 500_000;
  await syncOf(session).now();
  assert.deepEqual(await listOutbox(session), []);
});

test("a tab that died while sending: after the restart the record counts as waiting and goes", async () => {
  const session = await newSession();
  await finish(session, 2);
  const [row] = await recordsOf(session, session.owner.id);
  await session.database.outbox.update(row!.seq!, { state: "sending", tries: 1 });
  const again = afterReload(session);
  await again.openVault((await again.listAccounts())[0]!, PASSPHRASE);
  await syncOf(again).now();
  assert.equal(server.stored.size, 2);
  assert.deepEqual(await listOutbox(again), []);
});

test("401 asks to sign in and keeps the whole queue", async () => {
  const session = await newSession();
  await finish(session, 3);
  server.faults = ["unauthorised"];
  const sync = syncOf(session);
  await sync.now();
  assert.equal(sync.state.phase, "signed_out");
  assert.deepEqual((await listOutbox(session)).map((row) => row.state), ["queued", "queued", "queued"]);
  await session.keepToken("a new token");
  await sync.now();
  assert.equal(server.stored.size, 3);
});

test("without an opened vault there is no token, and nothing is sent or lost", async () => {
  const session = await newSession();
  await finish(session, 1);
  const again = afterReload(session);
  const sync = syncOf(again);
  await sync.now();
  assert.deepEqual([sync.state.phase, server.posts], ["locked", 0]);
  assert.equal((await recordsOf(again, session.owner.id)).length, 1);
});

test("the outbox empties while the screen is locked", async () => {
  const session = await newSession();
  await finish(session, 2, [photo(1)]);
  session.lock();
  await syncOf(session).now();
  assert.equal(server.stored.size, 2);
  assert.equal(await session.database.outbox.count(), 0);
});

test("201 without our receipt deletes nothing", async () => {
  const session = await newSession();
  await finish(session, 1);
  server.refuseReceipt = true;
  const sync = syncOf(session);
  await sync.now();
  assert.equal(sync.state.phase, "pausing");
  assert.equal((await listOutbox(session)).length, 1);
});

test("a receipt for other bytes under the same id deletes nothing that was not sent", async () => {
  const session = await newSession();
  const [id] = await finish(session, 1);
  server.stored.set(id!, { sha256: "f".repeat(64), files: new Map(), expected: [] });
  const sync = syncOf(session);
  const [row] = await recordsOf(session, session.owner.id);
  await session.database.outbox.update(row!.seq!, { tries: 1 }); // asks for its receipt first, and gets the other's
  await sync.now();
  assert.deepEqual(server.conflicts, [row!.sha256]); // our bytes are on the server, kept as a conflict
  assert.deepEqual(await listOutbox(session), []);
});

test("one record that the server cannot digest does not hold up the others", async () => {
  const session = await newSession();
  await finish(session, 3);
  server.faults = ["too_large"];
  await syncOf(session).now();
  assert.equal(server.stored.size, 2);
  const left = await listOutbox(session);
  assert.deepEqual(left.map((row) => [row.state, row.last_error]), [["refused", "too_large"]]);
});

test("a refused record waits for somebody to press the button", async () => {
  const session = await newSession();
  await finish(session, 1);
  server.faults = ["too_large"];
  const sync = syncOf(session);
  await sync.now();
  await sync.now();
  assert.equal(server.posts, 1);
  await sync.now({ again: true });
  assert.deepEqual(await listOutbox(session), []);
});

test("two tabs of one tablet do not both send", async () => {
  const session = await newSession();
  await finish(session, 5);
  server.slow_ms = 30;
  const [first, second] = [syncOf(session), syncOf(session)];
  const phases: SyncPhase[] = [];
  second.subscribe((state) => phases.push(state.phase));
  const sending = first.now();
  await new Promise((done) => setTimeout(done, 40));
  await second.now();
  await sending;
  assert.ok(phases.includes("elsewhere"));
  assert.equal(server.posts, 5);
});

test("the pauses grow, and no two tablets keep the same beat", async () => {
  const session = await newSession();
  await finish(session, 1);
  const sync = syncOf(session);
  await server.stop();
  const pauses: number[] = [];
  sync.start();
  for (let n = 0; n < 8; n += 1) {
    await sync.now();
    pauses.push(Date.parse(sync.state.next_try_at!) - Date.now());
  }
  sync.stop();
  assert.ok(pauses[0]! > 2_000 && pauses[0]! <= 5_100, `${pauses}`);
  assert.ok(pauses[7]! > 140_000 && pauses[7]! <= 300_100, `${pauses}`);
  await server.start();
});

test("the server's clock and its last word are kept", async () => {
  const session = await newSession();
  await finish(session, 1);
  const sync = syncOf(session);
  assert.equal(sync.state.last_answer_at, null);
  await sync.now();
  assert.ok(Math.abs(Date.parse(sync.state.last_answer_at!) - Date.now()) < 2_000);
  assert.ok(Math.abs(sync.state.offset_ms) < 2_000);
});

test("a hundred random faults over forty records: each is there once, whole", async () => {
  const session = await newSession();
  const ids = await finish(session, 40, [photo(7)]);
  let seed = 20261122;
  const next = (): number => (seed = (seed * 48271) % 2147483647) / 2147483647;
  server.faults = Array.from({ length: 100 }, () => LOST[Math.floor(next() * LOST.length)]!);
  const sync = syncOf(session);
  for (let n = 0; n < 200 && (await listOutbox(session)).length; n += 1) await sync.now({ again: true });
  assert.deepEqual([...server.stored.keys()].sort(), [...ids].sort());
  assert.ok([...server.stored.values()].every((stored) => stored.files.size === 2));
  assert.deepEqual(await listOutbox(session), []);
});
