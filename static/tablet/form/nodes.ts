// Walking a form's tree and reading or writing one answer as the string that stands in the XML.

import { bindAttribute, isCalculated, looksLike } from "./xforms.ts";
import type {
  FormNode,
  FormRoot,
  InputNode,
  RangeNode,
  RankNode,
  RepeatRangeUncontrolledNode,
  SelectNode,
  TriggerNode,
  UploadNode,
} from "./xforms.ts";

const WANGGE = "urn:wangge:form";
const ENTITIES = "http://www.opendatakit.org/xforms/entities";

export type Kind =
  | "select_one"
  | "select_multiple"
  | "integer"
  | "decimal"
  | "text"
  | "date"
  | "time"
  | "dateTime"
  | "geopoint"
  | "geotrace"
  | "geoshape"
  | "barcode"
  | "upload"
  | "range"
  | "rank"
  | "trigger"
  | "note"
  | "unsupported";

const INPUT_KINDS: Record<string, Kind> = {
  string: "text",
  int: "integer",
  decimal: "decimal",
  boolean: "text",
  date: "date",
  time: "time",
  dateTime: "dateTime",
  geopoint: "geopoint",
  geotrace: "geotrace",
  geoshape: "geoshape",
  barcode: "barcode",
};

const DRAWINGS = ["draw", "signature", "annotate"]; // drawn by hand: this app has no pen

/** What a question asks for, and so which control draws it. */
export function kindOf(node: FormNode): Kind {
  switch (node.nodeType) {
    case "input":
      return INPUT_KINDS[node.valueType] ?? "unsupported";
    case "select":
      return node.selectType === "select" ? "select_multiple" : "select_one";
    case "upload":
      return DRAWINGS.some((appearance) => looksLike(node, appearance)) ? "unsupported" : "upload";
    case "range":
    case "rank":
    case "trigger":
    case "note":
      return node.nodeType;
    default:
      return "unsupported";
  }
}

export function isGroup(node: FormNode): boolean {
  return node.nodeType === "group";
}

export function isRepeat(node: FormNode): boolean {
  return node.nodeType === "repeat-range:controlled" || node.nodeType === "repeat-range:uncontrolled";
}

/** A question that is drawn: neither a container nor a value without a control. */
export function isQuestion(node: FormNode): boolean {
  return node.currentState.children === null && node.nodeType !== "model-value";
}

export function childrenOf(node: FormNode | FormRoot): readonly FormNode[] {
  return (node.currentState.children ?? []) as readonly FormNode[];
}

/** Every node below this one in the order of the form, containers included. */
export function* descendants(node: FormNode | FormRoot): Generator<FormNode> {
  for (const child of childrenOf(node)) {
    yield child;
    yield* descendants(child);
  }
}

export function roleOf(node: FormNode): string {
  return bindAttribute(node, WANGGE, "role");
}

/** The dwelling's property this answer is saved to, "" when none or when it belongs to another list. */
export function savedTo(node: FormNode): string {
  const [first = "", property] = bindAttribute(node, ENTITIES, "saveto").split("#");
  if (property === undefined) return first;
  return first === "dwellings" ? property : "";
}

export function pathOf(node: FormNode): string {
  return node.currentState.reference;
}

/** The answer as it stands in the XML, "" for none. */
export function answerOf(node: FormNode): string {
  const state = node.currentState as { instanceValue?: string };
  return state.instanceValue ?? "";
}

/** Whether the adapter may write here at all: not a container, not computed, not read-only. */
export function isWritable(node: FormNode): boolean {
  const isLeaf = node.currentState.children === null;
  const isOwnWord = node.nodeType === "note" || node.nodeType === "model-value";
  return isLeaf && !isOwnWord && !isCalculated(node) && !node.currentState.readonly;
}

/** Writes an answer given as it stands in the XML; "" clears it. A file is written by its name alone. */
export function writeAnswer(node: FormNode, value: string): void {
  const words = value.split(/\s+/).filter(Boolean);
  switch (node.nodeType) {
    case "select":
      (node as SelectNode).selectValues(words);
      return;
    case "rank":
      (node as RankNode).setValues(words);
      return;
    case "trigger":
      (node as TriggerNode).setValue(value !== "");
      return;
    case "range":
      (node as RangeNode<"decimal">).setValue(value === "" ? null : value);
      return;
    case "upload":
      (node as UploadNode).setValue(value === "" ? null : new File([], value));
      return;
    case "input":
      (node as InputNode<"string">).setValue(value);
  }
}

export function addRow(node: FormNode): void {
  (node as RepeatRangeUncontrolledNode).addInstances();
}

export function removeRow(node: FormNode, index: number): void {
  (node as RepeatRangeUncontrolledNode).removeInstances(index, 1);
}
