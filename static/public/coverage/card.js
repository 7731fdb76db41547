// One building, told in full: what it is, what is missing, every category with its walk and the
// nearest facility, and in words why a walk fails.
import { element } from "../shell/dom.js";

export class Card {
  /** `onClose()`, `onWalk(category, facility)`; `headings` give names and order. */
  constructor({ panel, headings, words, run, onClose, onWalk, pageWords }) {
    Object.assign(this, { panel, words, run, onClose, onWalk, pageWords });
    this.headings = headings;
    this.names = new Map(headings.flatMap(({ categories }) => categories.map((item) => [item.code, item])));
    this.body = panel.querySelector("[data-card-body]");
    panel.querySelector("[data-card-close]").addEventListener("click", () => onClose());
    panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") onClose();
    });
  }

  wait() {
    this.panel.hidden = false;
    this.body.replaceChildren(element("div", { class: "skeleton skeleton-title" }), element("div", { class: "skeleton" }), element("div", { class: "skeleton" }));
  }

  hide() {
    this.panel.hidden = true;
    this.body.replaceChildren();
  }

  fail(retry) {
    const again = element("button", { type: "button", class: "plain-button", onclick: retry }, this.words.say("retry"));
    this.body.replaceChildren(element("p", { class: "remark", role: "alert" }, this.words.say("card_failed")), again);
  }

  /** `fact` is the server's card; `view` = {mode, cat} decides which figure leads each row. */
  show(fact, view) {
    this.fact = fact;
    this.panel.hidden = false;
    this.body.replaceChildren(this.head(fact), this.score(fact), this.missing(fact), ...this.groups(fact, view), this.foot(fact));
  }

  head(fact) {
    const { words } = this;
    const name = fact.name || fact.address || words.say("building_n", { n: fact.number });
    const facts = [
      words.table[`kind_${fact.kind}`] ?? fact.kind,
      fact.floors ? words.say("floors_n", { n: fact.floors }) : null,
      fact.dwellings ? words.say(fact.dwelling_source === "register" ? "dwellings_n" : "dwellings_estimated_n", { n: words.count(fact.dwellings) }) : words.say("no_dwellings"),
      fact.residents_estimate ? words.say("residents_n", { n: words.count(fact.residents_estimate) }) : null,
    ];
    const places = [fact.estate, fact.grid, fact.community].map(nameOf).filter(Boolean);
    return element(
      "header",
      { class: "card-head" },
      element("h2", { tabindex: "-1", "data-card-title": true }, name),
      fact.name && fact.address ? element("p", { class: "card-address" }, fact.address) : null,
      element("p", { class: "card-facts" }, facts.filter(Boolean).join(" · ")),
      places.length ? element("p", { class: "card-places" }, places.join(" · ")) : null,
      fact.snap?.edge === -1 ? element("p", { class: "remark" }, words.say("far_from_street", { n: Math.round(fact.snap.distance_m ?? 0) })) : null,
    );
  }

  score({ score }) {
    const box = element("div", { class: "card-score" });
    const bar = element("span", { class: "score-bar", "aria-hidden": "true" });
    bar.style.setProperty("--share", score ?? 0);
    box.append(
      element("span", { class: "score-figure" }, score === null || score === undefined ? this.words.say("unknown") : this.words.percent(score)),
      element("span", { class: "score-words" }, this.words.say("score_words")),
      bar,
    );
    return box;
  }

  missing({ missing = [] }) {
    if (!missing.length) return element("p", { class: "card-complete" }, this.words.say("nothing_missing"));
    const items = missing.map((code) => element("li", {}, this.names.get(code)?.name ?? code));
    return element("section", { class: "card-missing" }, element("h3", {}, this.words.say("missing_title", { n: missing.length })), element("ul", {}, ...items));
  }

  groups(fact, view) {
    const walks = new Map(fact.walks.map((walk) => [walk.category, walk]));
    return this.headings.map((heading) => {
      const known = heading.categories.filter(({ code }) => walks.get(code)?.why !== "no_facility" && walks.has(code));
      const absent = heading.categories.filter(({ code }) => !known.some((item) => item.code === code));
      return element(
        "section",
        { class: "card-group" },
        element("h3", {}, heading.name),
        known.length ? element("ul", { class: "walks" }, ...known.map((item) => this.walkRow(item, walks.get(item.code), view))) : null,
        absent.length ? element("p", { class: "card-absent" }, this.words.say("no_data_for", { names: absent.map(({ name }) => name).join(this.words.say("comma")) })) : null,
      );
    });
  }

  walkRow(category, walk, view) {
    const isDrawable = walk.facility && walk.walk_m !== null;
    const children = [
      element("span", { class: `verdict ${walk.covered ? "verdict-yes" : "verdict-no"}` }, walk.covered ? "✓" : "✗"),
      element("span", { class: "walk-name" }, category.name, element("small", {}, [this.reach(category), this.words.say(walk.covered ? "covered" : "not_covered")].filter(Boolean).join(" · "))),
      element("span", { class: "walk-figures" }, element("strong", {}, this.figure(walk, view)), element("small", {}, this.minutes(walk, view))),
      walk.facility ? element("span", { class: "walk-facility" }, walk.facility.name || this.words.say("unnamed"), walk.facility.hours ? ` · ${walk.facility.hours}` : "") : null,
      walk.covered ? null : element("span", { class: "walk-why" }, this.why(category, walk)),
    ];
    const row = element(isDrawable ? "button" : "div", { class: "walk", type: isDrawable ? "button" : null, "data-walk": category.code, "aria-pressed": isDrawable ? String(view.walk === category.code) : null }, ...children);
    if (isDrawable) row.addEventListener("click", () => this.onWalk(category.code, walk.facility));
    return element("li", {}, row);
  }

  /** Mark the row whose walk is on the map. */
  markWalk(code) {
    for (const row of this.body.querySelectorAll("button[data-walk]")) row.setAttribute("aria-pressed", String(row.dataset.walk === code));
  }

  reach({ threshold_m: metres }) {
    return metres ? `≤ ${metres} m` : "";
  }

  figure(walk, { mode }) {
    const metres = mode === "straight" ? walk.straight_m : mode === "step_free" ? walk.step_free_m : walk.walk_m;
    return metres === null || metres === undefined ? this.words.say("beyond", { n: this.words.metres(this.run.cutoff_m) }) : this.words.metres(metres);
  }

  minutes({ minutes = {} }, { mode }) {
    const profile = mode.startsWith("time-") ? mode.slice(5) : "adult";
    const value = minutes[profile];
    return value === null || value === undefined ? "" : this.words.say("minutes_n", { n: value });
  }

  why(category, walk) {
    return this.words.say(`why_${walk.why ?? "too_far"}`, {
      reach: `${category.threshold_m} m`,
      walk: this.words.metres(walk.walk_m),
      straight: this.words.metres(walk.straight_m),
      cutoff: this.words.metres(this.run.cutoff_m),
    });
  }

  foot(fact) {
    const snap = fact.snap ?? {};
    const how = this.words.table[`resolved_${snap.resolved_by}`];
    const line = [fact.code, fact.source_id].filter(Boolean).join(" · ");
    return element(
      "footer",
      { class: "card-foot" },
      element("p", {}, line),
      how ? element("p", {}, this.words.say("starts_from", { how, n: Math.round(snap.distance_m ?? 0) })) : null,
    );
  }
}

function nameOf(place) {
  return typeof place === "string" ? place : (place?.name ?? "");
}
