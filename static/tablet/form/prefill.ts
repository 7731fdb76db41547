// What a new form already knows: the dwelling, its facts and the needs that are still open.
// Who lives there is never filled in from an earlier visit (DESIGN §6.2), whatever the form says.

import { openNeeds, type VisitedDoor } from "./dwelling_list.ts";
import { addRow, answerOf, childrenOf, descendants, isQuestion, isRepeat, isWritable, roleOf, savedTo, writeAnswer } from "./nodes.ts";
import type { FormNode, FormRoot, SelectNode } from "./xforms.ts";

const PERSONAL = /^(age_band:|household_type$|origin$|contact_|consent)/;

export function prefill(root: FormRoot, door: VisitedDoor): void {
  for (const node of [...descendants(root)]) {
    if (isQuestion(node)) prefillAnswer(node, knownAnswer(node, door));
  }
  prefillNeeds(root, door);
}

function knownAnswer(node: FormNode, door: VisitedDoor): string {
  const role = roleOf(node);
  if (PERSONAL.test(role)) return "";
  if (role === "dwelling") return door.entity;
  if (role === "occupancy") return door.occupancy;
  if (role === "needs") return openNeeds(door).join(" ");
  return door.facts[savedTo(node)] ?? "";
}

function prefillAnswer(node: FormNode, answer: string): void {
  if (answer === "" || answerOf(node) !== "" || !isWritable(node)) return;
  const offered = node.nodeType === "select" ? offeredOf(node as SelectNode, answer) : answer;
  if (offered !== "") writeAnswer(node, offered);
}

/** Those of the values that the question offers: a code that left the form is not forced back in. */
function offeredOf(node: SelectNode, answer: string): string {
  return answer
    .split(" ")
    .filter((value) => node.getValueOption(value) !== null)
    .join(" ");
}

/** One row for each open need, where the form asks them row by row. */
function prefillNeeds(root: FormRoot, door: VisitedDoor): void {
  const range = needRows(root);
  if (range === undefined) return;
  const needs = openNeeds(door).map((category) => door.open_needs.find((need) => need.category === category));
  while (range.nodeType === "repeat-range:uncontrolled" && childrenOf(range).length < needs.length) addRow(range);
  childrenOf(range).forEach((row, i) => {
    const questions = [...descendants(row)];
    const category = questions.find((node) => roleOf(node) === "need_category");
    if (category === undefined) return;
    prefillAnswer(category, needs[i]?.category ?? "");
    const need = needs.find((known) => known?.category === answerOf(category));
    const urgency = questions.find((node) => roleOf(node) === "need_urgency");
    if (urgency !== undefined) prefillAnswer(urgency, need?.urgency ?? "");
  });
}

function needRows(root: FormRoot): FormNode | undefined {
  return [...descendants(root)].find(
    (node) => isRepeat(node) && [...descendants(node)].some((child) => roleOf(child) === "need_category"),
  );
}
