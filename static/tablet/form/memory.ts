// What the engine forgets and a worker must not lose. Answers of a question that stops being relevant
// are not serialised, and lowering a repeat count destroys rows. Both are remembered here by path,
// travel in the draft, and go back as soon as the question or the row exists again.

import { addRow, answerOf, childrenOf, descendants, isQuestion, isRepeat, isWritable, pathOf, writeAnswer } from "./nodes.ts";
import type { FormNode, FormRoot } from "./xforms.ts";

/** Answers by path; `<repeat>[]` holds the number of rows of a hidden repeat. */
export type HiddenAnswers = Record<string, string>;

export interface LostRows {
  repeat: string; // path of the repeat
  rows: number; // rows that held answers
}

export interface Memory {
  /** Every answer is written here, so that one given to a question not yet relevant is known too. */
  write(node: FormNode, answer: string): void;
  /** Call after every change: keeps what vanished, gives back what has a place again. */
  notice(): void;
  hidden(): HiddenAnswers;
  lostRows(): LostRows[];
  dropLostRows(repeat: string): void;
  /** Call before a row is removed on purpose: its answers are not to be kept. */
  forgetRow(row: FormNode): void;
}

export function rememberAnswers(root: FormRoot, restored: HiddenAnswers): Memory {
  const known = new Map<string, string>(); // node id -> last answer while it was relevant
  const waiting = new Map<string, string>(Object.entries(restored)); // path -> answer without a place
  let places = new Map<string, string>(); // path -> node id, of questions that hold an answer

  function look(): void {
    places = new Map();
    for (const node of descendants(root)) {
      if (!isQuestion(node)) continue;
      if (node.currentState.relevant) known.set(node.nodeId, answerOf(node));
      if (known.get(node.nodeId)) places.set(pathOf(node), node.nodeId);
    }
  }

  function keepVanished(): void {
    const present = new Set<string>();
    for (const node of descendants(root)) if (isQuestion(node)) present.add(node.nodeId);
    for (const [path, id] of places) {
      if (!present.has(id)) waiting.set(path, known.get(id) ?? "");
    }
  }

  function giveBack(): void {
    for (let isMoving = waiting.size > 0; isMoving; ) {
      isMoving = false;
      for (const node of [...descendants(root)]) {
        if (isRepeat(node) && restoreRows(node)) isMoving = true;
        if (isQuestion(node) && restoreAnswer(node)) isMoving = true;
      }
    }
  }

  function restoreRows(range: FormNode): boolean {
    const key = `${pathOf(range)}[]`;
    const count = Number(waiting.get(key) ?? 0);
    if (!waiting.delete(key) || range.nodeType !== "repeat-range:uncontrolled") return false;
    while (childrenOf(range).length < count) addRow(range);
    return true;
  }

  function restoreAnswer(node: FormNode): boolean {
    const path = pathOf(node);
    const answer = waiting.get(path);
    if (answer === undefined || !isWritable(node)) return false;
    waiting.delete(path);
    write(node, answer);
    return true;
  }

  function write(node: FormNode, answer: string): void {
    known.set(node.nodeId, answer);
    writeAnswer(node, answer);
  }

  function hidden(): HiddenAnswers {
    const kept: HiddenAnswers = Object.fromEntries(waiting);
    for (const node of descendants(root)) {
      if (node.currentState.relevant) continue;
      if (node.nodeType === "repeat-range:uncontrolled") kept[`${pathOf(node)}[]`] = String(childrenOf(node).length);
      const answer = known.get(node.nodeId);
      if (isQuestion(node) && isWritable(node) && answer !== undefined) kept[pathOf(node)] = answer;
    }
    return kept;
  }

  function lostRows(): LostRows[] {
    const lost: LostRows[] = [];
    for (const range of descendants(root)) {
      if (range.nodeType !== "repeat-range:controlled" || !range.currentState.relevant) continue;
      const start = `${pathOf(range)}[`;
      const paths = [...waiting].filter(([path, answer]) => answer !== "" && path.startsWith(start));
      const rows = new Set(paths.map(([path]) => path.slice(0, path.indexOf("]", start.length)))).size;
      if (rows > 0) lost.push({ repeat: pathOf(range), rows });
    }
    return lost;
  }

  function dropLostRows(repeat: string): void {
    for (const path of [...waiting.keys()]) if (path.startsWith(`${repeat}[`)) waiting.delete(path);
  }

  function forgetRow(row: FormNode): void {
    for (const node of descendants(row)) {
      known.delete(node.nodeId);
      places.delete(pathOf(node));
    }
  }

  giveBack();
  look();
  return {
    write,
    notice: () => {
      keepVanished();
      giveBack();
      look();
    },
    hidden,
    lostRows,
    dropLostRows,
    forgetRow,
  };
}
