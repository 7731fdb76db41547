// The places of the level as a plain table. It begins in the order of their codes: no place leads it for its figure.
import { element } from "../shell/dom.js";
import { figureOf, margin, marginOf, shown } from "./scales.js";

const FIRST_ROWS = 15;

export class AreaTable {
  /** `onPoint(code | null)`, `onOpen(code)`, `onSort(key)`. */
  constructor({ table, more, empty, words, onPoint, onOpen, onSort }) {
    Object.assign(this, { table, more, empty, words, onSort });
    this.body = table.tBodies[0];
    this.isWhole = false;
    more.addEventListener("click", () => {
      this.isWhole = true;
      this.show(this.last);
    });
    table.tHead.addEventListener("click", (event) => this.sortBy(event.target.closest("button")));
    this.body.addEventListener("pointerover", (event) => onPoint(codeAt(event.target)));
    this.body.addEventListener("pointerleave", () => onPoint(null));
    this.body.addEventListener("focusin", (event) => onPoint(codeAt(event.target)));
    this.body.addEventListener("click", (event) => {
      const code = codeAt(event.target);
      if (code) onOpen(code);
    });
  }

  sortBy(button) {
    if (!button) return;
    const { key } = button.dataset;
    this.onSort(this.last.sort === key ? `-${key}` : key);
  }

  /** `rows` of the figures; `sort` "code", "name", "base", "value", with "-" for downwards. */
  show(given) {
    this.last = given;
    const { rows, measure, group, scale, sort, measureName, baseName, chosen, caption, emptySentence } = given;
    this.empty.hidden = rows.length > 0;
    this.empty.textContent = emptySentence;
    this.table.hidden = rows.length === 0;
    const sorted = sortRows(rows, sort, measure, group);
    const kept = this.isWhole ? sorted : sorted.slice(0, FIRST_ROWS);
    const shownRows = chosen && !kept.some(({ code }) => code === chosen) ? [...kept, ...sorted.filter(({ code }) => code === chosen)] : kept;
    this.body.replaceChildren(...shownRows.map((row) => this.row(row, { measure, group, scale, chosen })));
    this.more.hidden = shownRows.length >= sorted.length;
    this.more.textContent = this.words.say("show_all", { n: this.words.count(sorted.length) });
    this.table.caption.textContent = caption;
    this.table.querySelector("[data-key=value]").textContent = measureName;
    this.table.querySelector("[data-key=base]").textContent = baseName;
    const [key, isDown] = sort.startsWith("-") ? [sort.slice(1), true] : [sort, false];
    for (const button of this.table.tHead.querySelectorAll("button")) {
      const isOwn = button.dataset.key === key;
      if (isOwn) button.dataset.way = isDown ? "down" : "up";
      else delete button.dataset.way;
    }
    for (const head of this.table.tHead.querySelectorAll("th")) {
      const isOwn = Boolean(head.querySelector("[data-way]"));
      head.setAttribute("aria-sort", isOwn ? (isDown ? "descending" : "ascending") : "none");
    }
  }

  row(row, { measure, group, scale, chosen }) {
    const { words } = this;
    const value = figureOf(row, measure, group);
    const own = margin(marginOf(row, measure, group), scale, words);
    const link = element("button", { type: "button", class: "row-link", title: row.code, "aria-pressed": String(row.code === chosen) }, row.name || row.code);
    const figure = value === null ? element("span", { class: "why", title: row.why || words.say("not_defined") }, words.say("hidden_short")) : element("span", {}, shown(value, scale, words));
    return element(
      "tr",
      { "data-code": row.code, class: row.code === chosen ? "is-chosen" : null },
      element("th", { scope: "row" }, link, row.merged ? element("small", {}, words.say("merged_with", { name: row.merged })) : null),
      element("td", {}, row.answered === null || row.answered === undefined ? "–" : words.count(row.answered)),
      element("td", {}, figure, own ? element("small", {}, own) : null),
    );
  }

  mark(code) {
    this.body.querySelector(".is-marked")?.classList.remove("is-marked");
    if (code) this.body.querySelector(`[data-code="${CSS.escape(code)}"]`)?.classList.add("is-marked");
  }
}

function codeAt(target) {
  return target.closest("tr")?.dataset.code ?? null;
}

/** Rows in the asked order; what has no figure comes last either way, equal ones by code. */
export function sortRows(rows, sort, measure, group) {
  const [key, way] = sort.startsWith("-") ? [sort.slice(1), -1] : [sort, 1];
  const of = { code: ({ code }) => code, name: ({ name }) => name, base: ({ answered }) => answered ?? null, value: (row) => figureOf(row, measure, group) }[key] ?? (({ code }) => code);
  return [...rows].sort((a, b) => {
    const [x, y] = [of(a), of(b)];
    if (x === null || y === null) return (x === null) - (y === null) || compareText(a.code, b.code);
    const found = typeof x === "string" ? compareText(x, y) : x - y;
    return way * found || compareText(a.code, b.code);
  });
}

function compareText(a, b) {
  return a.localeCompare(b, "zh-Hans-CN", { numeric: true });
}
