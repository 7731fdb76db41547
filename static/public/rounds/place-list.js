// Grids, buildings and stairwells as rows with boxes to tick: everything that the lasso does, by keyboard.
import { figure, node, say } from "./text.js";

export class PlaceList {
  constructor(element, plan, { words, mayChange, onPick, onPoint }) {
    Object.assign(this, { element, plan, words, mayChange, onPick, onPoint });
    this.boxes = [];
    this.opened = new Set();
    this.letters = new Map(plan.workers.map(({ id, label }) => [id, label]));
    this.buildingsIn = new Map();
    plan.buildings.forEach((building, at) => {
      if (!this.buildingsIn.has(building.grid)) this.buildingsIn.set(building.grid, []);
      this.buildingsIn.get(building.grid).push(at);
    });
    element.addEventListener("mouseleave", () => onPoint([]));
  }

  /** Draw it all again; only opened grids and buildings have rows inside. */
  draw() {
    this.boxes = [];
    const grids = [...this.plan.grids, ...(this.buildingsIn.has("") ? [{ code: "", name: this.words.no_grid }] : [])];
    this.element.replaceChildren(...grids.filter(({ code }) => this.buildingsIn.has(code)).map((grid) => this.gridRow(grid)));
    this.refresh(this.selected ?? new Set());
  }

  gridRow({ code, name }) {
    const keys = this.plan.inGrid.get(code);
    const inside = this.buildingsIn.get(code);
    const row = this.row({ id: `g${code}`, name, keys, buildings: inside, grid: code, canOpen: true });
    if (this.opened.has(`g${code}`)) row.append(node("ul", {}, ...inside.map((at) => this.buildingRow(at))));
    return row;
  }

  buildingRow(at) {
    const building = this.plan.buildings[at];
    const keys = this.plan.inBuilding[at];
    const row = this.row({ id: `b${at}`, name: building.name, keys, buildings: [at], canOpen: keys.length > 1 });
    if (this.opened.has(`b${at}`)) {
      const units = keys.map((key) => this.row({ id: `u${key}`, name: say(this.words.unit, { unit: String(this.plan.stairwells[key].unit) }), keys: [key], buildings: [at] }));
      row.append(node("ul", {}, ...units));
    }
    return row;
  }

  row({ id, name, keys, buildings, grid, canOpen = false }) {
    const box = node("input", { type: "checkbox", disabled: !this.mayChange, "aria-label": say(this.words.pick, { name }) });
    box.addEventListener("change", () => this.onPick(keys, box.checked));
    this.boxes.push({ box, keys });
    const opener = canOpen ? node("button", { type: "button", class: "opener", "aria-expanded": String(this.opened.has(id)) }, name) : node("span", { class: "opener is-leaf" }, name);
    if (canOpen) opener.addEventListener("click", () => this.toggle(id));
    const line = node("div", { class: "place-line" }, box, opener, this.ownersOf(keys), node("span", { class: "number" }, figure(this.plan.dwellingsOf(keys))));
    line.addEventListener("mouseenter", () => this.onPoint(buildings, grid));
    line.addEventListener("focusin", () => this.onPoint(buildings, grid));
    return node("li", { class: `level-${id[0]}`, "data-row": id }, line);
  }

  ownersOf(keys) {
    const owners = new Set(keys.map((key) => this.plan.owners[key]));
    const words = [...owners].map((id) => (id ? this.letters.get(id) ?? "?" : "—"));
    return node("span", { class: owners.has(0) ? "row-owners has-nobody" : "row-owners" }, words.sort().join(" "));
  }

  toggle(id) {
    if (!this.opened.delete(id)) this.opened.add(id);
    this.draw();
    this.element.querySelector(`[data-row="${CSS.escape(id)}"] .opener`)?.focus({ preventScroll: true });
  }

  /** Ticks follow the selection, wherever it was made. */
  refresh(selected) {
    this.selected = selected;
    for (const { box, keys } of this.boxes) {
      let count = 0;
      for (const key of keys) count += selected.has(key);
      box.checked = count === keys.length;
      box.indeterminate = count > 0 && count < keys.length;
    }
  }
}
