// Every statement of a public archive that follows from others, worked out again. No network, no page.
import { byBytes, canonical, listHash, orderOf, seedOf, sha256Hex, SPEC } from "./lottery.js";

const same = (one, other) => canonical(one) === canonical(other);
const prioritiesText = (list) => list.map((one) => `${one.priority} ${one.id}\n`).join("");
const resultsText = (rows) => rows.map((one) => `${one.row} ${one.class} ${one.building || "-"}\n`).join("");
const rises = (texts) => texts.every((text, place) => place === 0 || byBytes(texts[place - 1], text) < 0);

/**
 * The checks in the order of the steps: [{code, step, isRight, found, stated}]. A step that has not been taken
 * yet has none. An archive that cannot be read through throws: it is wrong as well.
 */
export async function checkArchive(archive, { withSeal = true } = {}) {
  const rules = JSON.parse(archive.rules);
  const found = [...(await listChecks(archive, rules)), ...(await partyChecks(archive, rules))];
  if ("seed" in archive) found.push(...(await drawChecks(archive)));
  if ("results" in archive) found.push(...(await resultChecks(archive, rules.facts.stock)));
  if ("archive_sha256" in archive && withSeal) found.push(await sealCheck(archive));
  return found;
}

/** Did every step leave its part behind? A published archive from which a part was cut is not a younger one. */
export function isComplete(archive) {
  return ["seed", "beacon", "beacon_proof", "order", "results", "results_hash", "full_archive_sha256", "archive_sha256"].every((key) => key in archive);
}

const check = (step, code, found, stated) => ({ step, code, found, stated, isRight: same(found, stated) });

async function listChecks(archive, rules) {
  const ids = archive.list.map((one) => one.id);
  return [
    check("close", "list_sorted", rises(ids), true),
    check("close", "list_hash", await listHash(ids), archive.list_hash),
    check("close", "rules_hash", await sha256Hex(archive.rules), archive.rules_hash),
    check("close", "spec", [archive.spec, rules.spec], [SPEC, SPEC]),
    check("close", "draw", archive.draw, rules.facts.draw),
    check("close", "priorities", await sha256Hex(prioritiesText(archive.list)), rules.facts.priorities_sha256),
  ];
}

async function partyChecks(archive, rules) {
  const parties = archive.commitments.map((one) => one.party);
  const isAll = parties.length === rules.parties.length;
  const found = isAll ? [check("commit", "parties", [parties, new Set(parties).size >= 2], [rules.parties, true])] : [];
  if (archive.nonces.length !== archive.commitments.length) {
    if ("seed" in archive) found.push(check("reveal", "commitment", archive.nonces.length, archive.commitments.length));
    return found;
  }
  for (const [place, nonce] of archive.nonces.entries()) {
    const { party, sha256 } = archive.commitments[place];
    found.push({ ...check("reveal", "commitment", await sha256Hex(nonce), sha256), party });
  }
  return found;
}

async function drawChecks(archive) {
  const { list_hash: list, rules_hash: rulesHash, nonces, beacon } = archive;
  const seed = await seedOf({ listHash: list, rulesHash, nonces, beacon });
  const order = await orderOf(seed, archive.list);
  return [check("draw", "seed", seed, archive.seed), check("draw", "order", order.map((one) => one.id), archive.order)];
}

async function resultChecks(archive, stock) {
  const rows = archive.results.map((one) => one.row);
  const taken = {};
  for (const { class: label, building } of archive.results) {
    if (building) taken[`${label} ${building}`] = (taken[`${label} ${building}`] ?? 0) + 1;
  }
  const over = Object.keys(taken).filter((place) => {
    const [label, building] = place.split(" ");
    return taken[place] > (stock[label]?.[building] ?? 0);
  });
  return [
    check("publish", "results_hash", await sha256Hex(resultsText(archive.results)), archive.results_hash),
    check("publish", "results_rows", [rises(rows), rows.length], [true, archive.list.length]),
    check("publish", "stock", over, []),
  ];
}

async function sealCheck(archive) {
  const { archive_sha256: stated, ...rest } = archive;
  return check("publish", "archive", await sha256Hex(canonical(rest)), stated);
}
