import assert from "node:assert/strict";
import { test } from "node:test";
import { dimensionOptions, kindOptions, settle } from "../../../static/public/mix/choices.js";

const words = { say: (key) => key };
const LEVELS = ["building", "grid", "community", "street", "town"].map((code) => ({ code, name: code }));
const MEASURES = ["w", "r_star", "share"].map((code) => ({ code, name: code }));
const free = { why: "", measures: { w: "", r_star: "", share: "" }, of: {} };
const shareOnly = { why: "", measures: { w: "too few", r_star: "too few", share: "" }, of: {} };
const never = { why: "never", measures: { w: "never", r_star: "never", share: "never" }, of: {} };
const persons = { ...free, of: { age_band: { w: "persons", r_star: "persons", share: "" } } };
const choices = {
  stock: { building: { ...free, measures: { w: "", r_star: "one building", share: "" } }, grid: free, community: free, street: free, town: free },
  sealed: { building: never, grid: shareOnly, community: persons, street: persons, town: never },
  published: { building: never, grid: never, community: shareOnly, street: shareOnly, town: shareOnly },
};
const groups = (...codes) => codes.map((code) => ({ code, name: code }));
const stock = { key: "stock", label: "register", dimensions: [{ code: "tenure", name: "tenure", groups: groups("market", "public"), levels: ["building", "grid", "community", "street", "town"] }, { code: "room_class", name: "rooms", groups: [], levels: [] }] };
const round = { key: "sealed:1", label: "spring", dimensions: [{ code: "origin", name: "origin", groups: groups("local", "moved"), levels: ["grid", "community"] }, { code: "age_band", name: "age", groups: groups("0-2"), levels: ["community"] }] };
const state = (sources) => ({ sources: { stock: null, sealed: [], published: [], ...sources }, levels: LEVELS, measures: MEASURES, choices, town: { root_code: "990102" } });
const all = state({ stock, sealed: [round] });
const asked = (view) => settle({ source: null, dim: null, level: null, measure: null, group: null, ...view }, all, words);

test("without any choice the page opens on the first source, its buildings and W", () => {
  const { view } = asked({});
  assert.deepEqual([view.source, view.dim, view.level, view.measure, view.group], ["stock", "tenure", "building", "w", null]);
});

test("without any source there is nothing to settle", () => {
  assert.equal(settle({ source: null }, state({}), words), null);
});

test("a kind without a source says what to do, and is passed over", () => {
  const options = kindOptions(state({ sealed: [round] }).sources, words);
  assert.deepEqual(options.map(({ why }) => why), ["no_stock", "", "no_published"]);
  assert.equal(settle({ source: "stock" }, state({ sealed: [round] }), words).view.source, "sealed:1");
});

test("surveyed figures never open on a building, and on a grid only with shares", () => {
  const { view, levels, measures } = asked({ source: "sealed:1", level: "building", measure: "w" });
  assert.equal(view.level, "grid");
  assert.equal(view.measure, "share");
  assert.equal(view.group, "local");
  assert.equal(levels[0].why, "never");
  assert.deepEqual(measures.map(({ why }) => why), ["too few", "too few", ""]);
});

test("a level that this source has no rows for says so", () => {
  const { levels } = asked({ source: "sealed:1" });
  assert.deepEqual(levels.map(({ why }) => why), ["never", "", "", "level_not_in_source", "never"]);
});

test("persons are not compared in pairs, whatever the level", () => {
  const { view, measures } = asked({ source: "sealed:1", dim: "age_band", level: "community", measure: "w" });
  assert.equal(measures[0].why, "persons");
  assert.equal(view.measure, "share");
});

test("a dimension that the register does not tell is in sight with its reason and never opened", () => {
  assert.equal(dimensionOptions(stock, words)[1].why, "dimension_untold");
  assert.equal(asked({ dim: "room_class" }).view.dim, "tenure");
});

test("what exists is kept as it was asked for, with the group of the address", () => {
  const { view, group } = asked({ level: "grid", measure: "share", group: "public" });
  assert.deepEqual([view.level, view.measure, view.group, group], ["grid", "share", "public", 1]);
});

test("a place that the source does not reach is let go, one that it reaches is kept", () => {
  const [building, grid] = ["99010200100100012", "990102001001003"];
  assert.equal(asked({ area: building }).view.area, building);
  assert.equal(asked({ source: "sealed:1", area: building }).view.area, null);
  assert.equal(asked({ source: "sealed:1", area: grid }).view.area, grid);
});
