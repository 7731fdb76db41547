// The page around the module: what it says of a right, a changed and an unreachable archive, and without WebCrypto.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { start } from "../../../static/public/verify/page.js";

const sha = (...parts) => createHash("sha256").update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest("hex");
const LP = (part) => { const bytes = Buffer.from(part), size = Buffer.alloc(8); size.writeBigUInt64BE(BigInt(bytes.length)); return Buffer.concat([size, bytes]); };
const RECEIPTS = ["R1", "R2", "R3"], NONCES = ["one", "two"], BEACON = "7", BUILDING = "99010100100100001", SECRET = "k7mfxh2q9rtbn4cvwz3a";

/** An archive made with node's hashes only; `results` when `published`. */
function archive() {
  const rules = JSON.stringify({ spec: "mix-lottery-v1", parties: ["a", "b"], facts: { draw: "d", stock: { A: { [BUILDING]: 3 } }, priorities_sha256: sha(RECEIPTS.map((one) => `1 ${one}\n`).join("")) } });
  const list = sha(RECEIPTS.map((one) => `${one}\n`).join("")), hex = (text) => Buffer.from(text, "hex");
  const seed = sha(...["mix-lottery-v1", hex(list), hex(sha(rules)), ...NONCES, BEACON].map(LP));
  const order = [...RECEIPTS].sort((x, y) => (sha(`${seed}:${x}`) < sha(`${seed}:${y}`) ? -1 : 1));
  return {
    spec: "mix-lottery-v1", draw: "d", list: RECEIPTS.map((id) => ({ id, priority: 1 })), list_hash: list, rules, rules_hash: sha(rules),
    commitments: NONCES.map((nonce, place) => ({ party: "ab"[place], sha256: sha(nonce) })), nonces: NONCES, beacon: BEACON, seed, order,
  };
}

function published() {
  const results = RECEIPTS.map((one) => ({ row: sha(...[SECRET, one, "A", BUILDING].map(LP)), class: "A", building: BUILDING })).sort((x, y) => (x.row < y.row ? -1 : 1));
  const text = results.map((one) => `${one.row} A ${BUILDING}\n`).join("");
  const whole = { ...archive(), beacon_proof: "p", full_archive_sha256: "f", results, results_hash: sha(text) };
  const sorted = (value) => (value && typeof value === "object" && !Array.isArray(value) ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])])) : Array.isArray(value) ? value.map(sorted) : value);
  return { ...whole, archive_sha256: sha(JSON.stringify(sorted(whole))) };
}

const CHECKS = ["list_sorted", "list_hash", "rules_hash", "spec", "draw", "priorities", "parties", "commitment", "seed", "order", "results_hash", "results_rows", "stock", "archive"];
const WORDS = Object.fromEntries(["running", "all_right", "so_far_right", "stopped_right", "row_never", "some_wrong", "unreadable", "no_crypto", "no_archive", "not_listed", "row_building", "row_closed", "row_short", "listed", "placed", ...CHECKS].map((key) => [key, `${key} {count}{building}{short}`]));
const STEPS = ["close", "commit", "reveal", "draw", "publish"].map((step) => `<div data-step="${step}"><ul data-checks></ul></div>`).join("");

async function opened(answer, isPublished = true, isStopped = false) {
  const state = JSON.stringify({ archive: "/a", isPublished, isStopped, buildings: { [BUILDING]: "1 号楼" }, words: { ...WORDS, right: "right", wrong: "wrong" } });
  const dom = new JSDOM(`<p data-verdict></p>${STEPS}<form data-own-form><input name="receipt"><input name="secret"><button data-own-go disabled></button></form><div data-own-answer></div><script id="verify-state" type="application/json">${state}</script>`);
  globalThis.fetch = async () => answer;
  await start(dom.window.document);
  const { document } = dom.window;
  return { document, verdict: document.querySelector("[data-verdict]").textContent, rows: document.querySelectorAll("[data-checks] li").length, window: dom.window };
}

const answers = (body) => ({ ok: true, json: async () => body });

test("a right archive is said to be right, with one line a check", async () => {
  const page = await opened(answers(published()));
  assert.equal(page.verdict.trim(), "all_right 15");
  assert.equal(page.rows, 15);
});

test("one changed letter is said, and marked", async () => {
  const page = await opened(answers({ ...published(), beacon: "8" }));
  assert.match(page.verdict, /^some_wrong [23]/);
  assert.ok(page.document.querySelector('[data-step="draw"] .is-wrong'));
});

test("a published archive from which a part was cut does not pass for one in the making", async () => {
  const { results, results_hash: _hash, archive_sha256: _seal, ...rest } = published();
  assert.equal(results.length, 3);
  assert.match((await opened(answers(rest))).verdict, /^unreadable/);
  assert.match((await opened(answers(rest), false)).verdict, /^so_far_right/);
});

test("a stopped draw is neither called right nor in the making, and opens no row", async () => {
  const { results: _rows, results_hash: _hash, archive_sha256: _seal, full_archive_sha256: _full, beacon_proof: _proof, beacon: _beacon, seed: _seed, order: _order, ...rest } = published();
  const page = await opened(answers(rest), false, true);
  assert.match(page.verdict, /^stopped_right/);
  assert.equal(page.document.querySelector("[data-verdict]").dataset.is, "stopped");
  assert.match(await asked(page, "R2", SECRET), /row_never/);
});

test("an archive that does not come or cannot be read is not called verified", async () => {
  assert.match((await opened({ ok: false, status: 500 })).verdict, /^no_archive/);
  assert.match((await opened(answers({ rules: "{" }))).verdict, /^unreadable/);
});

test("without WebCrypto the page says so and calls nothing right", async () => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    const page = await opened(answers(published()));
    assert.match(page.verdict, /^no_crypto/);
    assert.equal(page.rows, 0);
  } finally {
    Object.defineProperty(globalThis, "crypto", kept);
  }
});

async function asked(page, receipt, secret) {
  const form = page.document.querySelector("form");
  form.elements.receipt.value = receipt;
  form.elements.secret.value = secret;
  form.dispatchEvent(new page.window.Event("submit", { cancelable: true }));
  await new Promise((done) => setTimeout(done, 50));
  return page.document.querySelector("[data-own-answer]").textContent;
}

test("the own row is opened in the page, and a wrong secret is told from a missing receipt", async () => {
  const page = await opened(answers(published()));
  const row = sha(...[SECRET, "R2", "A", BUILDING].map(LP)).slice(0, 12);
  const answer = await asked(page, "R2", SECRET.toUpperCase());
  assert.match(answer, /row_building 1 号楼/);
  assert.ok(answer.includes(row));
  assert.match(await asked(page, "R2", "wrong"), /row_closed/);
  assert.match(await asked(page, "R9", SECRET), /not_listed/);
});
