// The two largest units that are left, and one word when it is over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { leftInWords, startCountdown } from "../../../static/public/placement/countdown.js";

const WORDS = { days: "{days}d {hours}h", hours: "{hours}h {minutes}m", minutes: "{minutes}m {seconds}s" };

test("the two largest units are told", () => {
  assert.equal(leftInWords(86400 + 3 * 3600 + 59, WORDS), "1d 3h");
  assert.equal(leftInWords(86399, WORDS), "23h 59m");
  assert.equal(leftInWords(61.9, WORDS), "1m 1s");
  assert.equal(leftInWords(0, WORDS), "0m 0s");
});

test("it runs down and says once that it is over", () => {
  const element = { dataset: { until: "2026-11-24T13:15:00Z" }, textContent: "" };
  let now = Date.parse("2026-11-24T13:14:58Z"), tick = null, isRunning = true, over = 0;
  const clock = { now: () => now, every: (run) => (tick = run), stop: () => (isRunning = false) };
  startCountdown(element, WORDS, () => (over += 1), clock);
  assert.equal(element.textContent, "0m 2s");
  now += 1000;
  tick();
  assert.equal(element.textContent, "0m 1s");
  now += 1000;
  tick();
  assert.deepEqual([isRunning, over], [false, 1]);
});
