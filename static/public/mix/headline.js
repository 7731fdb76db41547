// The one figure of the view, in a sentence a director can read aloud, with what it rests on.
import { dated } from "./facts.js";
import { figureOf, margin, marginOf, shown } from "./scales.js";

export class Headline {
  constructor({ find, words }) {
    Object.assign(this, { find, words });
  }

  /** `settled` view, `row` of the place looked at (or null), `source` facts of the figures, `place` its name. */
  show({ settled, row, source, place, scale, isChosen, note }) {
    const { find, words } = this;
    const { view, dimension, groups, group } = settled;
    const value = figureOf(row, view.measure, group);
    const measureName = settled.measures.find(({ code }) => code === view.measure).name;
    this.last = { value, place };
    find("headline-title").textContent = [dimension.name, view.group ? groups[group].name : null, measureName].filter(Boolean).join(" · ");
    find("headline-place").textContent = place;
    find("headline-clear").hidden = !isChosen;
    find("headline-value").textContent = shown(value, scale, words);
    find("headline-margin").textContent = margin(marginOf(row, view.measure, group), scale, words);
    find("headline-words").textContent = value === null ? this.silence(row, note) : this.sentence(settled, value, scale);
    find("headline-note").textContent = [this.base(row, source, settled.kind), row ? note : ""].filter(Boolean).join(" ");
    find("headline-source").replaceChildren(...this.sourceLine(source, settled.kind));
  }

  silence(row, note) {
    if (!row && note) return note;
    return row ? row.why || this.words.say("not_defined") : this.words.say("pick_one");
  }

  sentence({ view, kind, dimension, groups, group }, value, scale) {
    const { words } = this;
    const key = view.measure === "r_star" && value < 0 ? "says_r_star_below" : `says_${view.measure}`;
    const unit = words.say(kind === "stock" ? "two_dwellings" : "two_households");
    return words.say(key, { n: shown(Math.abs(value), scale, words), two: unit, what: inline(dimension.name, words), group: groups[group]?.name ?? "" });
  }

  /** How many are counted here: dwellings of the register, or households that answered. */
  base(row, source, kind) {
    if (!row || row.shown === false) return "";
    const { words } = this;
    const answered = row.answered === null || row.answered === undefined ? null : words.count(row.answered);
    if (answered === null) return "";
    if (kind === "published") return words.say("base_published", { n: answered, unit: source.unit ?? "" });
    const all = words.count(row.dwellings ?? row.answered);
    return words.say(kind === "stock" ? "base_stock" : "base_sealed", { n: answered, all });
  }

  /** Kind, name, date, response: what every figure carries. */
  sourceLine(source, kind) {
    const { words } = this;
    const dates = [source.starts_on, source.ends_on].filter(Boolean).map((day) => words.date(day));
    const parts = [
      source.round ?? source.label,
      dates.length ? dates.join("–") : source.date ? dated(source.date, words) : null,
      source.response === null || source.response === undefined ? null : words.say("response", { n: words.percent(source.response) }),
    ];
    const kindMark = document.createElement("strong");
    kindMark.className = `kind-mark kind-${kind}`;
    kindMark.textContent = words.say(`kind_${kind}`);
    return [kindMark, ` ${parts.filter(Boolean).join(" · ")}`];
  }
}

/** English names stand small inside a sentence; Chinese ones have no case. */
export function inline(name, words) {
  return words.language === "en" ? name[0].toLowerCase() + name.slice(1) : name;
}
