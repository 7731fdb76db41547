// Communities or grids, worst first, tied to the map both ways: a row outlines its area, a building
// under the pointer marks its row.
import { element } from "../shell/dom.js";

const FIRST_ROWS = 40;

export class Ranking {
  /** `onPoint(index | null)`, `onOpen(index)`, `onLevel(level)`. */
  constructor({ table, more, level, words, onPoint, onOpen, onLevel }) {
    Object.assign(this, { table, more, level, words, onPoint, onOpen });
    this.body = table.tBodies[0];
    this.sort = { key: "share", isUp: true };
    this.isWhole = false;
    level.addEventListener("change", () => onLevel(level.value));
    more.addEventListener("click", () => {
      this.isWhole = true;
      this.show(this.last);
    });
    table.tHead.addEventListener("click", (event) => this.sortBy(event.target.closest("button")));
    this.body.addEventListener("pointerover", (event) => onPoint(rowIndex(event.target)));
    this.body.addEventListener("pointerleave", () => onPoint(null));
    this.body.addEventListener("focusin", (event) => onPoint(rowIndex(event.target)));
    this.body.addEventListener("focusout", () => onPoint(null));
    this.body.addEventListener("click", (event) => {
      const index = rowIndex(event.target);
      if (index !== null) onOpen(index);
    });
  }

  sortBy(button) {
    if (!button) return;
    const key = button.dataset.key;
    this.sort = { key, isUp: this.sort.key === key ? !this.sort.isUp : key === "share" || key === "name" };
    this.show(this.last);
  }

  /** `rows` from rankAreas; `hitWord` heads the first figure; `level` "community" | "grid". */
  show({ rows, level, hitWord, shareWord, isNeutral, isScore }) {
    this.last = { rows, level, hitWord, shareWord, isNeutral, isScore };
    this.table.classList.toggle("is-score", isScore);
    this.table.classList.toggle("is-neutral", isNeutral);
    this.level.value = level;
    const sorted = sortRows(rows, this.sort);
    const shown = this.isWhole ? sorted : sorted.slice(0, FIRST_ROWS);
    this.body.replaceChildren(...shown.map((row) => this.row(row)));
    this.more.hidden = shown.length === sorted.length;
    this.more.textContent = this.words.say("show_all", { n: this.words.count(sorted.length) });
    this.table.querySelector("[data-key=hit]").textContent = hitWord;
    this.table.querySelector("[data-key=share]").textContent = shareWord;
    for (const button of this.table.tHead.querySelectorAll("button")) {
      const isOwn = button.dataset.key === this.sort.key;
      button.closest("th").setAttribute("aria-sort", isOwn ? (this.sort.isUp ? "ascending" : "descending") : "none");
    }
  }

  row({ index, name, code, hit, known, share }) {
    const bar = element("span", { class: "share-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", share);
    const link = element("button", { type: "button", class: "row-link", title: code }, name || code);
    return element(
      "tr",
      { "data-index": index },
      element("th", { scope: "row" }, link),
      element("td", {}, this.words.count(hit)),
      element("td", {}, this.words.count(known)),
      element("td", { class: "share-cell" }, bar, element("span", {}, this.words.percent(share))),
    );
  }

  /** Mark the row of the area under the pointer. */
  mark(index) {
    this.body.querySelector(".is-marked")?.classList.remove("is-marked");
    if (index !== null && index >= 0) this.body.querySelector(`[data-index="${index}"]`)?.classList.add("is-marked");
  }
}

function rowIndex(target) {
  const row = target.closest("tr");
  return row ? Number(row.dataset.index) : null;
}

export function sortRows(rows, { key, isUp }) {
  const way = isUp ? 1 : -1;
  const compare = key === "name" ? (a, b) => a.name.localeCompare(b.name, "zh-Hans-CN", { numeric: true }) : (a, b) => a[key] - b[key];
  return [...rows].sort((a, b) => way * compare(a, b) || a.index - b.index);
}
