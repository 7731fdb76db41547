// The one figure of the view, in a sentence a mayor can read aloud.
import { classLabel } from "./classes.js";
import { headlineOf } from "./tally.js";

export class Headline {
  constructor({ find, words, state }) {
    Object.assign(this, { find, words, state });
    find("headline-date").textContent = words.say("computed_at", { date: words.date(state.run.created_at, state.town.time_zone) });
  }

  /** Which wording a view takes: norm, straight, step_free, time or score. */
  told({ cat, mode }) {
    if (cat === "score") return "score";
    return mode.startsWith("time-") ? "time" : mode;
  }

  show({ view, category, picture, counts, unitWord }) {
    const { words } = this;
    const { hit, known, unknown, share } = (this.last = headlineOf(counts, picture.gain));
    this.mode = view.mode;
    this.find("headline-title").textContent = category.name;
    this.find("headline-share").textContent = words.percent(share);
    const figures = { hit: words.count(hit), known: words.count(known), unit: unitWord };
    const rest = unknown > 0 ? [words.say("headline_note_unknown", { unknown: words.count(unknown), unit: unitWord })] : [];
    const note = this.note(view, category, picture.classes, figures);
    this.find("headline-words").textContent = this.sentence(view, picture.classes);
    this.find("headline-note").textContent = [note, ...rest].join(words.language === "en" ? "; " : "；");
  }

  sentence(view, classes) {
    const unit = this.words.say(`long_${view.weight}`).toLowerCase();
    if (view.class !== null) {
      const label = view.class >= classes.bounds.length ? this.words.say("class_unknown") : classLabel(classes, view.class);
      return this.words.say("headline_isolated", { unit, label });
    }
    return this.words.say(view.cat === "score" ? "headline_score" : "headline_covered", { unit });
  }

  note(view, category, classes, figures) {
    if (view.cat === "score" && view.class === null) {
      const shall = this.state.headings.flatMap(({ categories }) => categories).filter(({ provision }) => provision === "shall");
      const n = shall.filter((item) => item.has_data).length;
      return this.words.say("headline_score_note", { n, m: shall.length - n });
    }
    if (view.class !== null) return this.words.say("headline_note_class", figures);
    const reach = `${Math.round(classes.threshold * classes.perByte)} ${classes.unit}`;
    const facilities = category.facility_count ?? 0;
    return this.words.say(facilities === 1 ? "headline_note_one" : "headline_note", { ...figures, reach, facilities: this.words.count(facilities) });
  }

  histogramTitle(view) {
    const told = this.told(view);
    const key = { score: "what_score", time: "what_minutes", straight: "what_straight" }[told] ?? "what_metres";
    const what = this.words.say(key);
    const title = this.words.say("histogram_title", { unit: this.words.say(`long_${view.weight}`).toLowerCase(), what });
    this.find("histogram-title").textContent = title[0].toUpperCase() + title.slice(1);
    return title;
  }
}
