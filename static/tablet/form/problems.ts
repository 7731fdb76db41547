// What stands in the way of finishing a form, each with its question and, where it has any, the form's own words.

import { hasIdNumber } from "./id_numbers.ts";
import type { LostRows } from "./memory.ts";
import * as nodes from "./nodes.ts";
import type { FormNode, FormRoot } from "./xforms.ts";

export interface Problem {
  kind: "required" | "constraint" | "id_number" | "lost_rows" | "file_missing";
  path: string;
  node: FormNode | null;
  message: string; // the form's own words, "" when it has none
}

export interface Circumstances {
  declined: ReadonlySet<string>; // node ids
  lost: readonly LostRows[];
  isKept(file: string): boolean; // its bytes are here, or the server has them
}

export function problemsOf(root: FormRoot, now: Circumstances): Problem[] {
  return [
    ...violations(root, now.declined),
    ...idNumbers(root),
    ...now.lost.map(lostProblem),
    ...uploads(root)
      .filter(([, name]) => !now.isKept(name))
      .map(([node]): Problem => ({ kind: "file_missing", path: nodes.pathOf(node), node, message: "" })),
  ];
}

function violations(root: FormRoot, declined: ReadonlySet<string>): Problem[] {
  const byId = new Map([...nodes.descendants(root)].map((node) => [node.nodeId, node]));
  return root.validationState.violations
    .filter((one) => one.violation.condition === "constraint" || !declined.has(one.nodeId))
    .map((one) => ({
      kind: one.violation.condition,
      path: one.reference,
      node: byId.get(one.nodeId) ?? null,
      message: one.violation.message?.asString ?? "",
    }));
}

function idNumbers(root: FormRoot): Problem[] {
  return [...nodes.descendants(root)]
    .filter((node) => node.currentState.relevant && ["text", "barcode"].includes(nodes.kindOf(node)))
    .filter((node) => hasIdNumber(nodes.answerOf(node)))
    .map((node) => ({ kind: "id_number", path: nodes.pathOf(node), node, message: "" }));
}

function lostProblem(lost: LostRows): Problem {
  return { kind: "lost_rows", path: lost.repeat, node: null, message: "" };
}

/** Every file the record names, with its question. */
export function uploads(root: FormRoot): [FormNode, string][] {
  return [...nodes.descendants(root)]
    .filter((node) => node.nodeType === "upload" && nodes.answerOf(node) !== "")
    .map((node) => [node, nodes.answerOf(node)]);
}
