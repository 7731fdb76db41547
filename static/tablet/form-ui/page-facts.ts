// What the contents and the last page say of each page: its title, how much is answered, what is open.
import type { FormSession, Problem } from "../form/engine.ts";
import { answerOf, descendants, isQuestion, kindOf, pathOf } from "../form/nodes.ts";
import { isPageVisible, type Page } from "../form/pages.ts";
import type { FormNode } from "../form/xforms.ts";
import { t } from "../words/index.ts";
import { isCommentOn } from "./form-context.ts";

export interface PageFacts {
  page: Page;
  index: number;
  title: string;
  answered: number;
  questions: number;
  declined: number;
  problems: Problem[];
  comments: number;
}

export function pageTitle(session: FormSession, page: Page): string {
  const words = page.groups.map((group) => group.currentState.label?.asString ?? "").filter(Boolean);
  const title = words.join(" › ");
  if (title === "") return t("form_other");
  const same = session.pages.filter((one) => one.groups.at(-1) === page.groups.at(-1));
  return same.length > 1 ? `${title} (${same.indexOf(page) + 1}/${same.length})` : title;
}

export function questionsOf(page: Page): FormNode[] {
  return page.nodes.flatMap((node) => (isQuestion(node) ? [node] : [...descendants(node)].filter(isQuestion)));
}

export function factsOfPages(session: FormSession, comments: readonly { path: string }[]): PageFacts[] {
  const problems = session.problems();
  return session.pages
    .map((page, index) => ({ page, index }))
    .filter(({ page }) => isPageVisible(page))
    .map(({ page, index }) => {
      const questions = questionsOf(page).filter((node) => node.currentState.relevant && kindOf(node) !== "note");
      return {
        page,
        index,
        title: pageTitle(session, page),
        questions: questions.length,
        answered: questions.filter((node) => answerOf(node) !== "").length,
        declined: questions.filter((node) => session.state.declined.has(node.nodeId)).length,
        problems: problems.filter((one) => isOnPage(page, one)),
        comments: comments.filter((one) => questions.some((node) => isCommentOn(pathOf(node), one))).length,
      };
    });
}

function isOnPage(page: Page, problem: Problem): boolean {
  if (problem.node !== null) return questionsOf(page).includes(problem.node);
  const containers = page.nodes.flatMap((node) => [node, ...descendants(node)]);
  return containers.some((node) => pathOf(node) === problem.path);
}

/** What is wrong, in words; the form's own where it has them. */
export function problemText(problem: Problem, lostRows: number): string {
  if (problem.message !== "") return problem.message;
  switch (problem.kind) {
    case "required":
      return t("form_required_missing");
    case "constraint":
      return t("form_constraint");
    case "id_number":
      return t("form_id_number");
    case "file_missing":
      return t("form_file_missing");
    case "lost_rows":
      return t("form_lost_rows", { n: lostRows });
  }
}
