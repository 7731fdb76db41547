// Search comes first: addresses, estates, facilities, areas, streets; an ARIA combobox with a listbox.
import { debounced, element } from "../shell/dom.js";

const PAUSE_MS = 220;

export class Search {
  /** `address(query)` gives the request; `onPick(result)`. */
  constructor({ field, list, status, words, address, onPick }) {
    Object.assign(this, { field, list, status, words, address, onPick });
    this.results = [];
    this.active = -1;
    const ask = debounced(() => this.ask(), PAUSE_MS);
    field.addEventListener("input", ask);
    field.addEventListener("keydown", (event) => this.press(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    field.addEventListener("focus", () => this.results.length && this.open());
    list.addEventListener("pointerdown", (event) => {
      event.preventDefault(); // keep the focus in the field
      this.pick(Number(event.target.closest("[role=option]")?.dataset.at ?? -1));
    });
  }

  async ask() {
    const query = this.field.value.trim();
    this.turn = (this.turn ?? 0) + 1;
    if (!query) return this.show([]);
    const turn = this.turn;
    try {
      const response = await fetch(this.address(query), { credentials: "same-origin" });
      if (!response.ok) throw new Error(String(response.status));
      const found = await response.json();
      if (turn === this.turn) this.show(found.results ?? found, true);
    } catch {
      if (turn === this.turn) this.say(this.words.say("search_failed"));
    }
  }

  show(results, hasAsked = false) {
    this.results = results;
    this.active = -1;
    this.list.replaceChildren(...results.map((result, at) => this.option(result, at)));
    if (results.length) this.open();
    else this.close();
    this.say(hasAsked ? this.words.say(results.length ? "search_found" : "search_nothing", { n: results.length }) : "");
    this.status.classList.toggle("is-shown", hasAsked && !results.length);
  }

  say(sentence) {
    this.status.textContent = sentence;
    this.status.classList.toggle("is-shown", Boolean(sentence) && !this.results.length);
  }

  option({ kind, name, note }, at) {
    return element(
      "li",
      { role: "option", id: `found-${at}`, "data-at": at, "aria-selected": "false", class: "found" },
      element("span", { class: "found-kind" }, this.words.say(`found_${kind}`)),
      element("span", { class: "found-name" }, name),
      note ? element("span", { class: "found-note" }, note) : null,
    );
  }

  press(event) {
    if (event.key === "Escape") {
      if (!this.list.hidden) event.stopPropagation();
      this.close();
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (this.results.length) this.pick(Math.max(0, this.active));
    } else if ((event.key === "ArrowDown" || event.key === "ArrowUp") && this.results.length) {
      event.preventDefault();
      this.open();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.move((this.active + step + this.results.length) % this.results.length);
    }
  }

  move(at) {
    this.list.children[this.active]?.setAttribute("aria-selected", "false");
    this.active = at;
    const option = this.list.children[at];
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", option.id);
  }

  pick(at) {
    const result = this.results[at];
    if (!result) return;
    this.field.value = result.name;
    this.close();
    this.onPick(result);
  }

  open() {
    this.list.hidden = false;
    this.field.setAttribute("aria-expanded", "true");
  }

  close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}
