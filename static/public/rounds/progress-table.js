// The table beside the map: a row a grid, opened into its buildings. With a filter it lists only where there
// is something of it, and counts that.
import { figure, node, shareOf } from "./text.js";

export class ProgressTable {
  constructor(element, { words, states, onPoint, onShow }) {
    Object.assign(this, { element, words, states, onPoint, onShow });
    this.opened = new Set();
    element.addEventListener("mouseover", (event) => onPoint(event.target.closest("[data-place]")?.dataset.place ?? ""));
    element.addEventListener("mouseleave", () => onPoint(""));
    element.addEventListener("focusin", (event) => onPoint(event.target.closest("[data-place]")?.dataset.place ?? ""));
  }

  fill(progress, filter) {
    Object.assign(this, { progress, filter });
    const groups = new Map(progress.grids.map((grid) => [grid.code, { ...grid, buildings: [] }]));
    for (const building of progress.buildings) {
      if (!groups.has(building.grid)) groups.set(building.grid, { code: building.grid, name: this.words.no_grid, buildings: [] });
      groups.get(building.grid).buildings.push(building);
    }
    this.groups = [...groups.values()].map((group) => ({ ...group, ...this.sums(group.buildings) })).filter((group) => !filter || group.count > 0);
    const rows = this.groups.flatMap((group) => this.rowsOf(group));
    this.element.replaceChildren(...(rows.length ? rows : [node("tr", {}, node("td", { colspan: "3", class: "muted" }, this.words.no_building))]));
  }

  sums(buildings) {
    const sum = (pick) => buildings.reduce((all, one) => all + pick(one), 0);
    return { total: sum((one) => one.total), finished: sum((one) => one.finished), count: sum((one) => this.countOf(one)) };
  }

  countOf(place) {
    if (!this.filter) return place.finished;
    return this.filter === "due" ? place.due : place.states[this.states.indexOf(this.filter)];
  }

  rowsOf(group) {
    const isOpen = this.opened.has(group.code);
    const head = this.row(group, { isGrid: true, isOpen });
    const inside = isOpen ? group.buildings.filter((one) => !this.filter || this.countOf(one) > 0).map((one) => this.row(one, {})) : [];
    return [head, ...inside];
  }

  row(place, { isGrid = false, isOpen = false }) {
    const name = node("button", { type: "button", class: "place-button" }, place.name);
    if (isGrid) name.setAttribute("aria-expanded", String(isOpen));
    name.addEventListener("click", () => (isGrid ? this.toggle(place.code) : this.onShow(place.code)));
    const count = isGrid ? place.count : this.countOf(place);
    const fill = node("span", { class: "tally-fill" });
    fill.style.width = shareOf(count, place.total);
    const off = !isGrid && place.number < 0 ? node("small", { class: "muted" }, this.words.off_map) : null;
    return node(
      "tr",
      { "data-place": place.code, class: isGrid ? "grid-line" : "building-line" },
      node("th", { scope: "row" }, name, off),
      node("td", {}, node("span", { class: "tally-bar", "aria-hidden": "true" }, fill)),
      node("td", { class: "number" }, node("strong", {}, figure(count)), node("small", {}, ` / ${figure(place.total)}`)),
    );
  }

  toggle(code, { isOpen = !this.opened.has(code) } = {}) {
    if (isOpen) this.opened.add(code);
    else this.opened.delete(code);
    this.fill(this.progress, this.filter);
    this.element.querySelector(`[data-place="${CSS.escape(code)}"] button`)?.focus({ preventScroll: true });
    if (isOpen) this.onShow(code);
  }

  /** A building that was chosen on the map: its grid opens and its row is shown. */
  open(building) {
    this.opened.add(building.grid);
    this.fill(this.progress, this.filter);
    const row = this.element.querySelector(`[data-place="${CSS.escape(building.code)}"]`);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("button").focus({ preventScroll: true });
  }
}
