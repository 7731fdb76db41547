// The folded parts of the column: whom one meets, near and far, over the rounds, two places side by side,
// how exact a sealed figure is. Each is asked for when it is opened, and again when the view changes.
import { element } from "../shell/dom.js";
import { groupMark } from "./bars.js";
import { figureOf, margin, marginOf, shown } from "./scales.js";
import { drawProfile, drawTrend } from "./lines.js";

/** One <details>: `load(page)` asks, `draw(box, answer, page)` shows; the open ones are in the address. */
export class FoldedPart {
  constructor(details, { page, load, draw }) {
    Object.assign(this, { details, page, load, draw });
    this.name = details.dataset.part;
    this.box = details.querySelector("[data-part-body]");
    details.open = page.view.open.split(",").includes(this.name);
    details.addEventListener("toggle", () => this.toggled());
  }

  toggled() {
    const open = new Set(this.page.view.open.split(",").filter(Boolean));
    if (this.details.open) open.add(this.name);
    else open.delete(this.name);
    this.page.change({ open: [...open].sort().join(",") });
    if (this.details.open) void this.refresh();
  }

  async refresh() {
    if (!this.details.open || !this.page.shown) return;
    const turn = (this.turn = (this.turn ?? 0) + 1);
    const { words } = this.page;
    this.box.setAttribute("aria-busy", "true");
    try {
      const answer = await this.load(this.page);
      if (turn !== this.turn) return;
      this.draw(this.box, answer, this.page);
    } catch (error) {
      if (turn !== this.turn) return;
      this.box.replaceChildren(element("p", { class: "remark" }, error.message || words.say("part_failed")));
    } finally {
      if (turn === this.turn) this.box.removeAttribute("aria-busy");
    }
  }
}

/** Rows: who; columns: whom they meet in the own building; last column: the place as a whole, to compare with. */
export function drawExposure(box, answer, page) {
  const { words, settled } = page;
  const { legend } = page.state;
  const { groups, matrix, defined, shares } = answer;
  const head = element("tr", {}, element("th", { scope: "col" }, words.say("exposure_who")), ...groups.map(({ name }, at) => element("th", { scope: "col", title: name }, groupMark(at, legend), element("span", { class: groups.length > 3 ? "visually-hidden" : "" }, name))));
  const rows = groups.map(({ name }, who) =>
    element("tr", {}, element("th", { scope: "row" }, groupMark(who, legend), name), ...groups.map((_other, whom) => exposureCell(defined[who] ? matrix[who][whom] : null, who === whom, words))),
  );
  const all = element("tr", { class: "whole-row" }, element("th", { scope: "row" }, words.say("exposure_all")), ...(shares ?? []).map((share) => element("td", {}, words.percent(share))));
  const table = element("table", { class: "small-table exposure-table" }, element("caption", { class: "visually-hidden" }, words.say("exposure_title")), element("thead", {}, head), element("tbody", {}, ...rows, all));
  box.replaceChildren(element("p", {}, exposureSentence(answer, settled, words)), element("div", { class: "table-scroll-quiet", tabindex: "0", role: "region", "aria-label": words.say("exposure_title") }, table), groups.length > 3 ? groupKey(groups, legend) : "");
}

function exposureCell(value, isOwn, words) {
  const cell = element("td", { class: isOwn ? "is-own" : null }, value === null ? "–" : words.percent(value));
  if (value !== null) cell.style.setProperty("--depth", value);
  return cell;
}

/** "租户遇到的同楼邻居里，62% 是商品房住户" for the smallest group that is not alone. */
function exposureSentence({ groups, matrix, defined, shares }, settled, words) {
  const known = groups.map((_group, at) => at).filter((at) => defined[at]);
  if (!known.length) return words.say("exposure_none");
  const who = known.reduce((best, at) => ((shares?.[at] ?? 1) < (shares?.[best] ?? 1) ? at : best), known[0]);
  const others = matrix[who].map((share, at) => (at === who ? -1 : share));
  const whom = others.indexOf(Math.max(...others));
  return words.say("exposure_sentence", { who: groups[who].name, whom: groups[whom].name, n: words.percent(matrix[who][whom]), own: words.percent(matrix[who][who]) });
}

function groupKey(groups, legend) {
  return element("ul", { class: "group-key" }, ...groups.map(({ name }, at) => element("li", {}, groupMark(at, legend), name)));
}

export function drawNear(box, answer, page) {
  const { words } = page;
  const { radii_m: radii, h, r } = answer;
  const rows = radii.map((metres, at) => element("tr", {}, element("th", { scope: "row" }, words.metres(metres)), element("td", {}, words.percent(r[at])), element("td", {}, words.percent(h[at]))));
  const head = element("tr", {}, element("th", { scope: "col" }, words.say("radius")), element("th", { scope: "col" }, words.say("profile_r")), element("th", { scope: "col" }, words.say("profile_h")));
  const table = element("table", { class: "small-table" }, element("caption", { class: "visually-hidden" }, words.say("profile_title")), element("thead", {}, head), element("tbody", {}, ...rows));
  box.replaceChildren(element("p", {}, words.say("profile_sentence", { near: words.percent(r[0]), far: words.percent(r.at(-1)), m: radii[0], km: radii.at(-1) })), drawProfile(answer, words), table, element("p", { class: "quiet" }, answer.note ?? words.say("profile_note")));
}

export function drawChange(box, answer, page) {
  const { words, settled, scale } = page;
  const points = answer.points.map((point) => ({ ...point, value: figureOf(point.row, settled.view.measure, settled.group), margin: marginOf(point.row, settled.view.measure, settled.group) }));
  if (points.length < 2) return box.replaceChildren(element("p", {}, words.say(points.length ? "trend_one" : "trend_none")));
  const rows = points.map(({ label, date, value, margin: own, is_estimate: isEstimate }) =>
    element("tr", {}, element("th", { scope: "row" }, label, element("small", {}, [date ? words.date(date) : "", isEstimate ? words.say("estimate") : ""].filter(Boolean).join(" · "))), element("td", {}, shown(value, scale, words), own === null ? null : element("small", {}, margin(own, scale, words)))),
  );
  const table = element("table", { class: "small-table" }, element("caption", { class: "visually-hidden" }, words.say("trend_title")), element("tbody", {}, ...rows));
  box.replaceChildren(drawTrend(points, scale, words), table, ...(points.some((point) => point.is_estimate) ? [element("p", { class: "quiet" }, words.say("trend_estimate"))] : []));
}

/** Two places, the same figures in the same order; neither is called the better one. */
export function drawCompared(box, { first, second }, page) {
  const { words, settled, state } = page;
  const measures = settled.measures.filter(({ code, why }) => !why && code !== "share" && code !== "quotient");
  const figures = measures.map(({ code, name }) => {
    const scale = state.legend.scales[code];
    return element("tr", {}, element("th", { scope: "row" }, name), ...[first, second].map((row) => element("td", {}, shown(figureOf(row, code, 0), scale, words), smallMargin(row, code, scale, words))));
  });
  const shares = settled.groups.map(({ name }, at) =>
    element("tr", {}, element("th", { scope: "row" }, groupMark(at, state.legend), name), ...[first, second].map((row) => element("td", {}, words.percent(row?.counts?.[at]?.share ?? NaN), smallMargin(row, "share", { unit: "percent" }, words, at)))),
  );
  const head = element("tr", {}, element("td", {}), element("th", { scope: "col" }, nameOf(first)), element("th", { scope: "col" }, nameOf(second)));
  const counted = element("tr", {}, element("th", { scope: "row" }, words.say("counted")), ...[first, second].map((row) => element("td", {}, row?.answered === null || row?.answered === undefined ? "–" : words.count(row.answered))));
  const table = element("table", { class: "small-table compare-table" }, element("caption", { class: "visually-hidden" }, words.say("compare_title")), element("thead", {}, head), element("tbody", {}, counted, ...figures, ...shares));
  box.replaceChildren(table);
}

function smallMargin(row, code, scale, words, group = 0) {
  const own = margin(marginOf(row, code, group), scale, words);
  return own ? element("small", {}, own) : null;
}

const nameOf = (row) => row?.name || row?.code || "–";

/** What the year has spent, what that promises, and how exact 100, 200, 400 answering households come out. */
export function drawPrivacy(box, { budget, accuracy }, page) {
  const { words } = page;
  const rows = (accuracy ?? []).map((one) =>
    element("tr", {}, element("th", { scope: "row" }, words.say("households_n", { n: one.households })), element("td", {}, margin(one.share_margin, { unit: "percent" }, words)), element("td", {}, one.w_margin === null || one.w_margin === undefined ? "–" : margin(one.w_margin, { unit: "percent" }, words))),
  );
  const head = element("tr", {}, element("th", { scope: "col" }, words.say("accuracy_who")), element("th", { scope: "col" }, words.say("accuracy_share")), element("th", { scope: "col" }, words.say("accuracy_w")));
  box.replaceChildren(
    element("p", {}, budget?.sentence ?? ""),
    budget ? element("dl", { class: "facts-line" }, ...factPair(words.say("budget_year", { year: budget.year }), words.say("budget_spent", { spent: budget.spent, most: budget.most }))) : "",
    rows.length ? element("table", { class: "small-table" }, element("caption", {}, words.say("accuracy_title")), element("thead", {}, head), element("tbody", {}, ...rows)) : "",
    element("p", { class: "quiet" }, words.say("accuracy_note")),
  );
}

const factPair = (name, value) => [element("dt", {}, name), element("dd", {}, String(value))];
