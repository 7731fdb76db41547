// The page 摇号: the nonce stays in the page, a wrong one is said, and time that runs out does not take typed text away.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { JSDOM } from "jsdom";
import { start } from "../../../static/public/placement/draw-page.js";

const sha = (text) => createHash("sha256").update(text).digest("hex");
const KEYS = ["days", "hours", "minutes", "over", "over_typing", "fits", "fits_not", "edges", "short", "hashed", "no_crypto"];
const STATE = JSON.stringify({ words: Object.fromEntries(KEYS.map((key) => [key, key])) });
const MAKER = `<form><input data-hash name="sha256"><div data-hash-maker hidden><input data-nonce><button type="button" data-make></button><p data-said></p></div></form>`;

function opened(body, reload) {
  const dom = new JSDOM(`<main>${body}</main><script id="draw-state" type="application/json">${STATE}</script>`);
  const { document } = dom.window;
  start(document, reload);
  return { document, window: dom.window, one: (name) => document.querySelector(name) };
}

async function type(page, field, text) {
  field.value = text;
  field.dispatchEvent(new page.window.Event("input", { bubbles: true }));
  await new Promise((done) => setTimeout(done, 30));
}

test("a typed nonce fills in its hash and has no name to be sent under", async () => {
  const page = opened(MAKER);
  assert.equal(page.one("[data-hash-maker]").hidden, false);
  await type(page, page.one("[data-nonce]"), "notary-nonce-0002");
  assert.equal(page.one("[data-hash]").value, sha("notary-nonce-0002"));
  assert.equal(page.one("[data-nonce]").name, "");
});

test("a short nonce is not hashed, and takes the hash before it away", async () => {
  const page = opened(MAKER);
  await type(page, page.one("[data-nonce]"), "notary-nonce-0002");
  await type(page, page.one("[data-nonce]"), "notary");
  assert.equal(page.one("[data-hash]").value, "");
  assert.equal(page.one("[data-said]").textContent, "short");
});

test("spaces at the ends are left out of the hash, and of the field once it is left", async () => {
  const page = opened(MAKER), nonce = page.one("[data-nonce]");
  await type(page, nonce, " notary-nonce-0002 ");
  assert.equal(page.one("[data-hash]").value, sha("notary-nonce-0002"));
  assert.equal(page.one("[data-said]").textContent, "edges");
  nonce.dispatchEvent(new page.window.Event("change"));
  assert.equal(nonce.value, "notary-nonce-0002");
});

test("the button makes a nonce and its hash", async () => {
  const page = opened(MAKER);
  page.one("[data-make]").click();
  await new Promise((done) => setTimeout(done, 30));
  assert.equal(page.one("[data-hash]").value, sha(page.one("[data-nonce]").value));
});

test("a nonce is tried against its commitment before it is handed in", async () => {
  const page = opened(`<form data-opens="${sha("delegate's 3")}"><input data-nonce name="nonce"><p data-said></p></form>`);
  await type(page, page.one("[data-nonce]"), "delegates 3");
  assert.ok(page.one("[data-said]").classList.contains("is-wrong"));
  await type(page, page.one("[data-nonce]"), "delegate's 3");
  assert.equal(page.one("[data-said]").textContent, "fits");
  assert.ok(!page.one("[data-said]").classList.contains("is-wrong"));
});

test("when time is up the page loads again, unless something is typed in it", (t) => {
  let reloads = 0;
  t.mock.timers.enable({ apis: ["setInterval", "setTimeout", "Date"], now: Date.parse("2020-01-01T00:00:00Z") - 500 });
  const past = '<p data-until="2020-01-01T00:00:00Z"></p>';
  const reload = () => (reloads += 1);
  const page = opened(past, reload);
  assert.equal(page.one("[data-until]").textContent, "minutes");
  t.mock.timers.tick(1000);
  assert.equal(page.one("[data-until]").textContent, "over");
  assert.equal(reloads, 1);
  // Past at once, the clock here is ahead of the server's: not again and again, but after a while.
  opened(past, reload);
  assert.equal(reloads, 1);
  t.mock.timers.tick(15_000);
  assert.equal(reloads, 2);
  const dom = new JSDOM(`<main>${past}<input value=""></main><script id="draw-state" type="application/json">${STATE}</script>`);
  dom.window.document.querySelector("input").value = "typed";
  start(dom.window.document, reload);
  assert.equal(dom.window.document.querySelector("[data-until]").textContent, "over_typing");
  t.mock.timers.tick(60_000);
  assert.equal(reloads, 2);
});

test("without WebCrypto the maker says what to run instead", () => {
  const kept = Object.getOwnPropertyDescriptor(globalThis, "crypto");
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  try {
    const page = opened(MAKER);
    assert.equal(page.one("[data-said]").textContent, "no_crypto");
    assert.ok(page.one("[data-make]").disabled);
  } finally {
    Object.defineProperty(globalThis, "crypto", kept);
  }
});
