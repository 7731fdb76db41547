// What one question shows: its answer, whether it was declined, what is wrong with it.
import { computed, shallowRef, type ComputedRef, type ShallowRef } from "vue";
import type { FormNode } from "../form/engine.ts";
import { hasIdNumber } from "../form/id_numbers.ts";
import { answerOf, kindOf, pathOf, roleOf } from "../form/nodes.ts";
import type { SelectNode } from "../form/xforms.ts";
import { t } from "../words/index.ts";
import { isCommentOn, useForm } from "./form-context.ts";

export interface Answer {
  text: ComputedRef<string>;
  set(value: string): void;
  clear(): void;
}

export function useAnswer(node: FormNode): Answer {
  const { session } = useForm();
  return {
    text: computed(() => answerOf(node)),
    set: (value) => session.answer(node, value),
    clear: () => session.answer(node, ""),
  };
}

export interface QuestionState {
  isTyping: ShallowRef<boolean>;
  isDeclined: ComputedRef<boolean>;
  problem: ComputedRef<string>;
  comments: ComputedRef<readonly { text: string }[]>;
}

export function useQuestion(node: FormNode, isAttempted: () => boolean): QuestionState {
  const { session, comments } = useForm();
  const isTyping = shallowRef(false);
  const isDeclined = computed(() => session.state.declined.has(node.nodeId));
  return {
    isTyping,
    isDeclined,
    problem: computed(() => (isTyping.value ? "" : problemOf(node, isAttempted(), isDeclined.value))),
    comments: computed(() => comments.filter((one) => isCommentOn(pathOf(node), one))),
  };
}

function problemOf(node: FormNode, isAttempted: boolean, isDeclined: boolean): string {
  const state = node.validationState as { violation?: { condition: string; message: { asString: string } | null } | null };
  const violation = state.violation ?? null;
  const message = violation?.message?.asString ?? "";
  if (violation?.condition === "constraint") return message || t("form_constraint");
  if (violation?.condition === "required" && isAttempted && !isDeclined) return message || t("form_required_missing");
  const isFreeText = kindOf(node) === "text" || kindOf(node) === "barcode";
  return isFreeText && hasIdNumber(answerOf(node)) ? t("form_id_number") : "";
}

/** Questions whose own choices already hold the refusal, or that are no question to the resident. */
const NOT_TO_DECLINE = new Set(["dwelling", "outcome", "consent", "visited_at"]);

const REFUSALS = ["no_answer", "declined", "refused", "not_said"];

export function mayDecline(node: FormNode): boolean {
  if (kindOf(node) === "note" || node.currentState.readonly || NOT_TO_DECLINE.has(roleOf(node))) return false;
  return node.nodeType !== "select" || !REFUSALS.some((value) => (node as SelectNode).getValueOption(value) !== null);
}

const LINE_WORDS = 30; // half-width letters of a question that leave room for its answer
const LINE_CHOICE = 12;

/** Short questions with a number or a plain yes or no stand on one line with their answer. */
export function fitsOneLine(node: FormNode): boolean {
  const kind = kindOf(node);
  if (kind === "integer" || kind === "decimal") return true;
  if (kind !== "select_one" || letterWidth(node.currentState.label?.asString ?? "") > LINE_WORDS) return false;
  const options = (node as SelectNode).currentState.valueOptions;
  return options.length === 2 && options.every((option) => letterWidth(option.label.asString) <= LINE_CHOICE);
}

/** Width in half-width letters: a Chinese character counts two. */
export function letterWidth(text: string): number {
  return [...text.trim()].reduce((sum, letter) => sum + (letter.charCodeAt(0) > 255 ? 2 : 1), 0);
}
