// A party's nonce: every letter equally likely, hashed as sha256sum would, doubts said before it is hashed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { commitmentOf, doubtAbout, newNonce } from "../../../static/public/placement/nonce.js";

const LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"; // 31: none that is mistaken for another on paper

test("a made nonce is six groups of four unmistakable letters", () => {
  for (let time = 0; time < 200; time += 1) assert.match(newNonce(), new RegExp(`^[${LETTERS}]{4}(-[${LETTERS}]{4}){5}$`));
});

test("the eight bytes that would favour some letters are thrown away", () => {
  // 248 = 8 × 31. Each call brings the eight bytes above it first, which must leave no letter behind.
  assert.equal(newNonce((room) => room.map((_, at) => (at < 8 ? 248 + at : at - 8))).replaceAll("-", ""), `${LETTERS.slice(0, 16)}${LETTERS.slice(0, 8)}`);
});

test("the commitment is the SHA-256 of the nonce's bytes", async () => {
  for (const nonce of ["officer-nonce-0001", "第十七号 随机数", "delegate's 3"]) {
    assert.equal(await commitmentOf(nonce), createHash("sha256").update(nonce, "utf8").digest("hex"));
  }
});

test("spaces at an end and words that can be tried out are doubted", () => {
  assert.equal(doubtAbout("k7mf-xh2q-9rtb-n4cv"), "");
  assert.equal(doubtAbout(" k7mf-xh2q-9rtb-n4cv"), "edges");
  assert.equal(doubtAbout("fifteen letters"), "short");
  assert.equal(doubtAbout("sixteen letters!"), "");
});
