// One group a page. Questions that stand between groups share a page; a group too long for a page is
// split at its own groups, and a run of questions without any group is cut into handy pieces.

import { childrenOf, descendants, isGroup, isQuestion, isRepeat } from "./nodes.ts";
import type { FormNode, FormRoot } from "./xforms.ts";

const LONG_PAGE = 14; // questions; a longer group is split where it can be
const PIECE = 10; // questions on each page of a long run

export interface Page {
  key: string;
  groups: FormNode[]; // the groups this page lies in, outermost first: their labels are its title
  nodes: FormNode[]; // questions, groups and repeats drawn on it
}

/** All pages of the form, whether or not they are relevant now. */
export function pagesOf(root: FormRoot): Page[] {
  return splitPages(childrenOf(root), []);
}

function splitPages(nodes: readonly FormNode[], groups: FormNode[]): Page[] {
  const pages: Page[] = [];
  let run: FormNode[] = [];
  const endRun = () => {
    for (const piece of pieces(run)) pages.push(pageOf(piece, groups));
    run = [];
  };
  for (const node of nodes) {
    if (isQuestion(node)) {
      run.push(node);
    } else if (isRepeat(node)) {
      endRun();
      pages.push(pageOf([node], [...groups, node]));
    } else if (isGroup(node) && countQuestions(node) > 0) {
      endRun();
      pages.push(...groupPages(node, groups));
    }
  }
  endRun();
  return pages;
}

function groupPages(group: FormNode, groups: FormNode[]): Page[] {
  const inside = [...groups, group];
  if (countQuestions(group) <= LONG_PAGE) return [pageOf(childrenOf(group).filter(isDrawn), inside)];
  return splitPages(childrenOf(group), inside);
}

function pageOf(nodes: FormNode[], groups: FormNode[]): Page {
  return { key: nodes[0]?.nodeId ?? "", groups, nodes };
}

function pieces(run: FormNode[]): FormNode[][] {
  if (run.length === 0) return [];
  if (run.length <= LONG_PAGE) return [run];
  const count = Math.ceil(run.length / PIECE);
  const size = Math.ceil(run.length / count);
  return Array.from({ length: count }, (_, i) => run.slice(i * size, (i + 1) * size));
}

function countQuestions(node: FormNode): number {
  let count = 0;
  for (const child of descendants(node)) if (isQuestion(child) || isRepeat(child)) count += 1;
  return count;
}

function isDrawn(node: FormNode): boolean {
  return isQuestion(node) || isRepeat(node) || (isGroup(node) && countQuestions(node) > 0);
}

/** Whether the worker sees anything of this node now. */
export function isVisible(node: FormNode): boolean {
  if (!node.currentState.relevant) return false;
  if (node.nodeType === "repeat-range:uncontrolled") return true;
  return isQuestion(node) || childrenOf(node).some(isVisible);
}

export function isPageVisible(page: Page): boolean {
  return page.nodes.some(isVisible);
}
