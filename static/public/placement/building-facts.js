// One building of the site in figures: who lives there before and after, by tenure.
import { element } from "../shell/dom.js";

export class BuildingFacts {
  /** `onPick(number)` when another building is chosen from the list. */
  constructor(box, { buildings, tenures, groups, words, onPick }) {
    Object.assign(this, { buildings, tenures, groups, words });
    this.list = element("select", { id: "site-building" }, ...buildings.map(({ number, name }) => element("option", { value: number, translate: "no" }, name)));
    this.list.addEventListener("change", () => onPick(Number(this.list.value)));
    this.table = element("table", { class: "facts-table" });
    box.replaceChildren(element("label", { for: "site-building" }, words.say("building")), this.list, element("div", { class: "table-scroll" }, this.table));
  }

  show(number) {
    const found = this.buildings.find((one) => one.number === number);
    if (!found) return;
    this.list.value = String(number);
    const { words, tenures } = this;
    const head = element("tr", {}, element("th", { scope: "col" }, words.say("tenure")), ...["before", "after"].map((when) => element("th", { scope: "col", class: "number" }, words.say(when))));
    const rows = tenures.map((name, at) => [name, at, found.before.counts[at], found.after.counts[at]]).filter(([, , before, after]) => before || after);
    const w = ["before", "after"].map((when) => (found[when].w === null ? "–" : words.percent(found[when].w)));
    this.table.replaceChildren(
      element("thead", {}, head),
      element("tbody", {}, ...rows.map((row) => this.row(...row))),
      element("tfoot", {}, line(words.say("all"), [sum(found.before.counts), sum(found.after.counts)].map((count) => words.count(count))), line("W", w)),
    );
  }

  row(name, at, before, after) {
    const swatch = element("span", { class: "swatch-dot", "aria-hidden": "true" });
    swatch.style.background = this.groups[at % this.groups.length];
    return line(element("span", {}, swatch, name), [this.words.count(before), this.words.count(after)]);
  }
}

const sum = (counts) => counts.reduce((total, count) => total + count, 0);

function line(head, figures) {
  return element("tr", {}, element("th", { scope: "row" }, head), ...figures.map((figure) => element("td", { class: "number" }, figure)));
}
