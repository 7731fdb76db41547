// The page's lottery against the published vector and against node's own hashes.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { byBytes, canonical, lengthPrefixed, listHash, orderOf, rowHash, seedOf, sha256Hex } from "../../../static/public/verify/lottery.js";
import { findReceipt, openRow, plainSecret } from "../../../static/public/verify/own-row.js";

const IDS = ["A000001", "A000002", "A000003", "A000004", "A000005"];
const SEED = "739f773b35421ec236051b6812eda96da61945bf710e08e12e1e23a5856f633a";
const node = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest("hex");

test("the published vector is met", async () => {
  const list = await listHash(IDS);
  assert.match(list, /^581ca431.*132ad8e$/);
  const seed = await seedOf({
    listHash: list, rulesHash: await sha256Hex("rules v1"), nonces: ["officer-nonce-0001", "notary-nonce-0002"], beacon: "beacon-round-123456",
  });
  assert.equal(seed, SEED);
  const order = await orderOf(seed, IDS.map((id) => ({ id, priority: 1 })));
  assert.deepEqual(order.map((one) => one.id), ["A000004", "A000002", "A000005", "A000003", "A000001"]);
});

test("priority comes before the ticket", async () => {
  const order = await orderOf(SEED, [{ id: "A000004", priority: 10 }, { id: "A000001", priority: 9 }, { id: "A000002", priority: 9 }]);
  assert.deepEqual(order.map((one) => one.id), ["A000002", "A000001", "A000004"]);
});

test("lengths are eight bytes, big-endian, counted in bytes and not in letters", () => {
  assert.deepEqual([...lengthPrefixed([new TextEncoder().encode("网"), new Uint8Array()])], [0, 0, 0, 0, 0, 0, 0, 3, 0xe7, 0xbd, 0x91, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test("texts sort as their UTF-8 bytes do", () => {
  const words = ["A-1", "A1", "a", "", "B", "é", "网", "\u{ffff}", "\u{1f600}", "A"];
  const expected = [...words].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  assert.deepEqual([...words].sort(byBytes), expected);
});

test("one value has one text", () => {
  assert.equal(canonical({ b: [1, "网\n\"", null, true], a: {} }), '{"a":{},"b":[1,"网\\n\\"",null,true]}');
});

const LP = (text) => { const size = Buffer.alloc(8); size.writeBigUInt64BE(BigInt(Buffer.byteLength(text))); return Buffer.concat([size, Buffer.from(text)]); };
const SECRET = "k7mfxh2q9rtbn4cvwz3a";
const own = node(LP(SECRET), LP("R007"), LP("B"), LP("99010100100100002"));
const other = node(LP("p".repeat(20)), LP("R008"), LP("A"), LP(""));
const ARCHIVE = {
  seed: SEED, list: [{ id: "R007", priority: 2 }, { id: "R008", priority: 1 }], order: ["R008", "R007"],
  results: [{ row: own, class: "B", building: "99010100100100002" }, { row: other, class: "A", building: "" }],
};

test("a receipt number and its secret open one row, however the secret is typed", async () => {
  assert.equal(await rowHash(SECRET, "R007", "B", "99010100100100002"), own);
  for (const typed of [SECRET, "K7MFX-H2Q9R-TBN4C-VWZ3A", " k7mfx h2q9r tbn4c vwz3a\n", "ｋ7mfxh2q9rtbn4cvwz3a"]) {
    assert.deepEqual(await openRow(ARCHIVE, "R007", typed), ARCHIVE.results[0]);
  }
  assert.equal(plainSecret("K7-m f"), "k7mf");
  assert.equal((await openRow(ARCHIVE, "R008", "p".repeat(20))).building, "");
});

test("another's receipt, a wrong secret or a changed building open nothing", async () => {
  assert.equal(await openRow(ARCHIVE, "R008", SECRET), null);
  assert.equal(await openRow(ARCHIVE, "R007", SECRET.replace("k", "m")), null);
  const moved = structuredClone(ARCHIVE);
  moved.results[0].building = "99010100100100003";
  assert.equal(await openRow(moved, "R007", SECRET), null);
});

test("a receipt number is found in the list and in the order without a secret", async () => {
  const found = await findReceipt(ARCHIVE, " R007 ");
  assert.deepEqual([found.line, found.priority, found.place, found.ticket], [1, 2, 2, node(`${SEED}:R007`)]);
  assert.equal((await findReceipt(ARCHIVE, "R009")).isListed, false);
});
