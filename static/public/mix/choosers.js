// Source, dimension, level, measure, group. What cannot exist stays in sight, can be reached by keyboard, and
// says why when it is pointed at or chosen.
import { element } from "../shell/dom.js";

export class Choosers {
  /** `onChange(change)`; `find(name)` gives the element with that data attribute. */
  constructor({ find, words, onChange }) {
    Object.assign(this, { find, words, onChange });
    this.why = find("choice-why");
    this.kinds = new RadioRow(find("kinds"), this, (kind) => onChange({ source: kind, dim: null, level: null, measure: null, group: null }));
    this.dims = new RadioRow(find("dims"), this, (dim) => onChange({ dim, group: null }));
    this.levels = new RadioRow(find("levels"), this, (level) => onChange({ level }));
    this.measures = new RadioRow(find("measures"), this, (measure) => onChange({ measure }));
    find("rounds").addEventListener("change", ({ target }) => onChange({ source: target.value }));
    find("groups").addEventListener("change", ({ target }) => onChange({ group: target.value }));
  }

  /** `settled` of choices.js. */
  show(settled) {
    const { find, words } = this;
    const { view, kind, kinds, sources, dimensions, levels, measures, groups } = settled;
    this.kinds.show(kinds, kind);
    fillSelect(find("rounds"), sources.map(({ key, label }) => ({ code: key, name: label })), view.source);
    find("rounds-label").hidden = kind === "stock";
    find("rounds-word").textContent = words.say(`which_${kind}`);
    this.dims.show(dimensions, view.dim);
    find("dims").hidden = kind === "published";
    this.levels.show(levels, view.level);
    this.measures.show(measures, view.measure);
    fillSelect(find("groups"), groups, view.group ?? groups[0]?.code);
    find("groups-label").hidden = view.group === null;
    this.explain("");
  }

  explain(sentence) {
    this.why.textContent = sentence;
    this.why.hidden = !sentence;
  }
}

/** A row of radio buttons in which some cannot be chosen; arrows walk over all, so that every reason can be heard. */
class RadioRow {
  constructor(box, owner, onPick) {
    Object.assign(this, { box, owner, onPick });
    box.addEventListener("click", (event) => this.pick(event.target.closest("[role=radio]")));
    box.addEventListener("keydown", (event) => this.press(event));
    box.addEventListener("pointerover", (event) => this.tell(event.target.closest("[role=radio]")));
    box.addEventListener("pointerleave", () => owner.explain(""));
    box.addEventListener("focusin", (event) => this.tell(event.target.closest("[role=radio]")));
  }

  show(options, chosen) {
    const focused = this.box.contains(document.activeElement) ? document.activeElement.dataset.code : null;
    const legend = this.box.querySelector("legend");
    const buttons = options.map(({ code, name, why }) =>
      element(
        "button",
        {
          type: "button", role: "radio", class: "chip", "data-code": code, "data-why": why || null, title: why || null,
          "aria-checked": String(code === chosen), "aria-disabled": why ? "true" : null,
          "aria-description": why || null, tabindex: code === chosen ? "0" : "-1",
        },
        name,
      ),
    );
    this.box.replaceChildren(...(legend ? [legend] : []), ...buttons);
    if (focused) this.box.querySelector(`[data-code="${CSS.escape(focused)}"]`)?.focus();
  }

  get buttons() {
    return [...this.box.querySelectorAll("[role=radio]")];
  }

  tell(button) {
    this.owner.explain(button?.dataset.why ?? "");
  }

  pick(button) {
    if (!button) return;
    this.tell(button);
    if (button.dataset.why || button.getAttribute("aria-checked") === "true") return;
    this.onPick(button.dataset.code);
  }

  press(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    const { buttons } = this;
    const at = buttons.indexOf(document.activeElement);
    if (step && at >= 0) {
      event.preventDefault();
      this.move(buttons, buttons[(at + step + buttons.length) % buttons.length]);
    } else if (event.key === " " || event.key === "Enter") {
      event.preventDefault();
      this.pick(document.activeElement.closest("[role=radio]"));
    }
  }

  move(buttons, next) {
    for (const button of buttons) button.tabIndex = button === next ? 0 : -1;
    next.focus();
  }
}

export function fillSelect(select, options, chosen) {
  select.replaceChildren(...options.map(({ code, name }) => element("option", { value: code, selected: code === chosen }, name)));
  select.value = chosen ?? "";
}
