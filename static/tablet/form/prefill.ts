// What a new form already knows: the dwelling, its facts and the needs that are still open.
// Who lives there is never filled in from an earlier visit (DESIGN §6.2), whatever the form says.

import { openNeeds, type VisitedDoor } from "./dwelling_list.ts";
import type { HiddenAnswers } from "./memory.ts";
import { addRow, answerOf, childrenOf, descendants, isQuestion, isRepeat, isWritable, pathOf, roleOf, savedTo } from "./nodes.ts";
import type { FormNode, FormRoot, SelectNode } from "./xforms.ts";

const PERSONAL = /^(age_band:|household_type$|origin$|contact_|consent)/;

/** The answers a new form begins with, by path. Adds the rows that open needs ask for. */
export function prefilled(root: FormRoot, door: VisitedDoor): HiddenAnswers {
  const rows = needRows(root);
  if (rows !== undefined) makeRows(rows, openNeeds(door).length);
  const known: HiddenAnswers = {};
  for (const node of descendants(root)) {
    if (isQuestion(node)) note(known, node, knownAnswer(node, door));
  }
  if (rows !== undefined) childrenOf(rows).forEach((row, i) => noteNeed(known, row, door, openNeeds(door)[i]));
  return known;
}

function knownAnswer(node: FormNode, door: VisitedDoor): string {
  const role = roleOf(node);
  if (PERSONAL.test(role)) return "";
  if (role === "dwelling") return door.entity;
  if (role === "occupancy") return door.occupancy;
  if (role === "needs") return openNeeds(door).join(" ");
  return door.facts[savedTo(node)] ?? "";
}

function note(known: HiddenAnswers, node: FormNode, answer: string): void {
  if (answer === "" || answerOf(node) !== "" || !isWritable(node)) return;
  const offered = node.nodeType === "select" ? offeredOf(node as SelectNode, answer) : answer;
  if (offered !== "") known[pathOf(node)] = offered;
}

/** Those of the values that the question offers: a code that left the form is not forced back in. */
function offeredOf(node: SelectNode, answer: string): string {
  return answer
    .split(" ")
    .filter((value) => node.getValueOption(value) !== null)
    .join(" ");
}

function makeRows(range: FormNode, count: number): void {
  while (range.nodeType === "repeat-range:uncontrolled" && childrenOf(range).length < count) addRow(range);
}

/** One row for each open need, where the form asks them row by row. */
function noteNeed(known: HiddenAnswers, row: FormNode, door: VisitedDoor, category = ""): void {
  const need = door.open_needs.find((one) => one.category === category);
  for (const node of descendants(row)) {
    if (roleOf(node) === "need_category") note(known, node, category);
    if (roleOf(node) === "need_urgency") note(known, node, need?.urgency ?? "");
  }
}

function needRows(root: FormRoot): FormNode | undefined {
  return [...descendants(root)].find(
    (node) => isRepeat(node) && [...descendants(node)].some((child) => roleOf(child) === "need_category"),
  );
}
