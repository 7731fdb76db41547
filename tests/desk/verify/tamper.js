// `node tamper.js archive.json count [sealed]`: change one field at a time and ask the page's own module.
// Prints {"tried", "missed": [paths]} ; used by tests/grids/placement/test_public_archive.py.
import { readFileSync } from "node:fs";
import { checkArchive, isComplete } from "../../../static/public/verify/archive-check.js";

const FREE = new Set(["beacon_proof", "full_archive_sha256", "archive_sha256"]); // only the seal covers these

export function leaves(value, path = []) {
  if (value === null || typeof value !== "object") return [path];
  return Object.keys(value).flatMap((key) => leaves(value[key], [...path, key]));
}

export function* randomNumbers(seed) {
  let state = seed;
  for (;;) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

export function changed(value, random) {
  const draw = () => random.next().value;
  if (typeof value === "number") return value + [-1, 1, 7][Math.floor(draw() * 3)];
  if (value === "") return "x";
  const place = Math.floor(draw() * value.length);
  return value.slice(0, place) + String.fromCharCode(value.charCodeAt(place) ^ 1) + value.slice(place + 1);
}

export async function isFound(archive, options) {
  try {
    return !isComplete(archive) || (await checkArchive(archive, options)).some((one) => !one.isRight);
  } catch {
    return true;
  }
}

export async function tamper(archive, count, { withSeal }) {
  const random = randomNumbers(20261122);
  const paths = leaves(archive).filter((path) => withSeal || !FREE.has(path[0]));
  const missed = [];
  for (let turn = 0; turn < count; turn += 1) {
    const path = paths[Math.floor(random.next().value * paths.length)];
    const wrong = structuredClone(archive);
    const holder = path.slice(0, -1).reduce((part, key) => part[key], wrong);
    holder[path.at(-1)] = changed(holder[path.at(-1)], random);
    if (!(await isFound(wrong, { withSeal }))) missed.push(path.join("."));
  }
  return { tried: count, missed };
}

if (process.argv[1] === import.meta.filename) {
  const [file, count, sealed] = process.argv.slice(2);
  const archive = JSON.parse(readFileSync(file, "utf8"));
  const whole = await checkArchive(archive);
  if (whole.some((one) => !one.isRight)) throw new Error(`wrong before any change: ${JSON.stringify(whole.filter((one) => !one.isRight))}`);
  const findings = whole.map((one) => one.code);
  console.log(JSON.stringify({ ...(await tamper(archive, Number(count), { withSeal: sealed === "sealed" })), findings }));
}
