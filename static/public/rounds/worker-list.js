// Workers with what each still has to visit, now and after the change that is being made. In the order of
// their letters, whatever the load: this is a plan, not a comparison of people.
import { currentTheme } from "../map/base-style.js";
import { colourOf } from "./assign-map.js";
import { figure, node, say } from "./text.js";

export class WorkerList {
  constructor(element, plan, { words, mayChange, onChoose }) {
    Object.assign(this, { element, plan, words });
    this.rows = new Map();
    for (const [index, worker] of [...plan.workers.entries(), [-1, { id: 0, name: words.nobody, label: "" }]]) {
      const radio = node("input", { type: "radio", name: "worker", value: String(worker.id), disabled: !mayChange || worker.id === 0 });
      radio.addEventListener("change", () => onChoose(worker.id));
      const letter = node("span", { class: worker.id ? "letter" : "letter letter-nobody", "aria-hidden": "true" }, worker.label);
      const row = {
        index,
        letter,
        radio,
        change: node("span", { class: "load-change" }),
        before: node("span", { class: "load-kept" }),
        added: node("span", { class: "load-added" }),
        lost: node("span", { class: "load-lost" }),
        count: node("span", { class: "number" }),
      };
      const bar = node("span", { class: "load-bar", "aria-hidden": "true" }, row.before, row.added, row.lost);
      row.element = node("li", { class: worker.id ? "" : "nobody" }, node("label", {}, radio, letter, node("span", { class: "load-name" }, worker.name), row.count, bar, row.change));
      this.rows.set(worker.id, row);
    }
    element.replaceChildren(...[...this.rows.values()].map((row) => row.element));
  }

  /** `after` is the balance that the change would make, or null. */
  show(before, after) {
    const most = Math.max(1, ...before.values(), ...(after?.values() ?? []));
    for (const [id, row] of this.rows) {
      const now = before.get(id) ?? 0;
      const then = after ? (after.get(id) ?? 0) : now;
      row.count.textContent = figure(then);
      row.before.style.width = `${(Math.min(now, then) / most) * 100}%`;
      row.added.style.width = `${(Math.max(0, then - now) / most) * 100}%`;
      row.lost.style.width = `${(Math.max(0, now - then) / most) * 100}%`;
      row.change.textContent = now === then ? "" : say(this.words.becomes, { before: now, after: then });
      row.element.classList.toggle("is-changing", now !== then);
      if (row.index >= 0) row.letter.style.backgroundColor = colourOf(row.index, currentTheme());
    }
  }

  choose(id) {
    for (const [other, row] of this.rows) row.radio.checked = other === id;
  }
}
