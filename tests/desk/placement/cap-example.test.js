// The example beside a factor says what the server's cap of the same cell would be.
import assert from "node:assert/strict";
import test from "node:test";
import { factorOf, mostOf } from "../../../static/public/placement/cap-example.js";

test("a cap is the factor times the share, rounded up", () => {
  assert.equal(mostOf("1.25", 29, 73, 10), 5); // 1.25 × 29 ÷ 73 × 10 = 4.97
  assert.equal(mostOf("1", 1, 2, 10), 5);
  assert.equal(mostOf("1.1", 1, 3, 10), 4); // 3.67
});

test("a cap that is a whole number is not rounded up by a binary fraction", () => {
  assert.equal(mostOf("1.1", 1, 11, 10), 1); // 1.1 × 10 ÷ 11 = 1 exactly; in floats 1.0000000000000002
  assert.equal(mostOf("1.4", 1, 2, 10), 7);
});

test("nothing gets more flats than there are, nor any where nobody asks", () => {
  assert.equal(mostOf("100", 3, 4, 10), 10);
  assert.equal(mostOf("2", 0, 4, 10), 0);
  assert.equal(mostOf("2", 0, 0, 10), null);
});

test("an empty field is no cap, and words are no number", () => {
  for (const text of ["", " ", "很多", "0", "-1", "1.2.3", "1e3"]) assert.equal(factorOf(text), null);
  assert.equal(factorOf(" 1，25 "), 1.25);
});
