// The one control: all walk categories under their headings, "shall" first, each with its share. A
// combobox field filters; arrows and Enter work from the field and from the list.
import { element } from "../shell/dom.js";

const HEADING_PX = 26;

export class CategoryList {
  /** `onChoose(code)`; `headings` as the server gives them; the score overview leads the list. */
  constructor({ field, list, headings, words, onChoose }) {
    Object.assign(this, { field, list, words, onChoose });
    this.options = [];
    this.active = -1;
    this.build(headings);
    field.addEventListener("input", () => this.filter());
    for (const target of [field, list]) target.addEventListener("keydown", (event) => this.press(event));
    list.addEventListener("click", (event) => this.choose(event.target.closest("[role=option]")));
  }

  build(headings) {
    const score = { code: "score", name: this.words.say("score_overview"), has_data: true, provision: "score" };
    this.list.append(this.option(score));
    for (const heading of shallFirst(headings)) {
      const group = element("div", { role: "group", "aria-label": heading.name, class: "category-group" });
      group.append(element("div", { class: "category-heading", "aria-hidden": "true" }, heading.name));
      group.append(...heading.categories.map((category) => this.option(category)));
      this.list.append(group);
    }
  }

  option(category) {
    const share = element("span", { class: "category-share" }, category.has_data ? "" : this.words.say("no_data_short"));
    const mark = this.mark(category);
    const option = element(
      "div",
      {
        role: "option",
        id: `category-${category.code}`,
        class: "category",
        "data-code": category.code,
        "aria-selected": "false",
        "aria-disabled": category.has_data ? null : "true",
        title: category.has_data ? null : this.words.say("no_data_not_no_service"),
      },
      element("span", { class: "category-name" }, category.name, mark),
      share,
      element("span", { class: "category-bar", "aria-hidden": "true" }),
    );
    this.options.push({ category, option, share, text: `${category.name} ${category.code}`.toLowerCase() });
    return option;
  }

  mark({ provision, threshold_m: metres }) {
    if (provision === "score") return element("small", {}, this.words.say("score_hint"));
    const kind = ["shall", "may", "rec", "seed"].includes(provision) ? this.words.say(`provision_${provision}`) : "";
    return element("small", {}, [kind, metres ? `${metres} m` : ""].filter(Boolean).join(" · "));
  }

  /** Mark the chosen category and bring it into sight. */
  select(code) {
    for (const { category, option } of this.options) {
      const isChosen = category.code === code;
      option.setAttribute("aria-selected", String(isChosen));
      if (isChosen) setTimeout(() => this.reveal(option), 60); // after the map's repaint
    }
  }

  /** Show a category's share; null empties it (another mode is being counted). */
  setShare(code, share) {
    const row = this.options.find(({ category }) => category.code === code);
    if (!row || !row.category.has_data) return;
    row.share.textContent = share === null ? "" : this.words.percent(share);
    row.option.style.setProperty("--share", share === null || Number.isNaN(share) ? 0 : share);
  }

  clearShares() {
    for (const { category } of this.options) this.setShare(category.code, null);
  }

  filter() {
    const wanted = this.field.value.trim().toLowerCase();
    for (const { option, text } of this.options) option.hidden = Boolean(wanted) && !text.includes(wanted);
    for (const group of this.list.querySelectorAll("[role=group]")) {
      group.hidden = !group.querySelector("[role=option]:not([hidden])");
    }
    this.setActive(wanted ? this.usable()[0] : null);
  }

  usable() {
    return this.options.map(({ option }) => option).filter((option) => !option.hidden && !option.hasAttribute("aria-disabled"));
  }

  press(event) {
    const rows = this.usable();
    const at = rows.indexOf(this.activeOption);
    const steps = { ArrowDown: at + 1, ArrowUp: at < 0 ? rows.length - 1 : at - 1, Home: 0, End: rows.length - 1 };
    if (event.key === "Enter" && this.activeOption) {
      event.preventDefault();
      this.choose(this.activeOption);
    } else if (event.key === "Escape" && this.field.value) {
      event.stopPropagation();
      this.field.value = "";
      this.filter();
    } else if (event.key in steps && !(event.target === this.field && ["Home", "End"].includes(event.key))) {
      event.preventDefault();
      this.setActive(rows[Math.max(0, Math.min(rows.length - 1, steps[event.key]))]);
    }
  }

  setActive(option) {
    this.activeOption?.classList.remove("is-active");
    this.activeOption = option ?? null;
    for (const target of [this.field, this.list]) {
      if (option) target.setAttribute("aria-activedescendant", option.id);
      else target.removeAttribute("aria-activedescendant");
    }
    option?.classList.add("is-active");
    if (option) this.reveal(option);
  }

  /** Scroll the list, and the list only, so that an option is seen below its heading. */
  reveal(option) {
    const top = option.offsetTop - HEADING_PX;
    const bottom = option.offsetTop + option.offsetHeight - this.list.clientHeight;
    if (this.list.scrollTop > top) this.list.scrollTop = top;
    else if (this.list.scrollTop < bottom) this.list.scrollTop = bottom;
  }

  choose(option) {
    if (!option || option.hasAttribute("aria-disabled")) return;
    this.setActive(option);
    this.onChoose(option.dataset.code);
  }
}

const PROVISION_ORDER = { shall: 0, may: 1, rec: 2, seed: 3 };

/** Headings in the server's order; within each, what the standard demands first. Nothing is dropped. */
export function shallFirst(headings) {
  const order = ({ provision }) => PROVISION_ORDER[provision] ?? 4;
  return headings
    .map((heading) => ({ ...heading, categories: [...heading.categories].sort((a, b) => order(a) - order(b)) }))
    .sort((a, b) => Math.min(...a.categories.map(order)) - Math.min(...b.categories.map(order)));
}
