// 方案比较: what caps cost, as a curve and as the same figures in a table.
import { fetchJson, read } from "../places/overlay-map.js";
import { element } from "../shell/dom.js";
import { Words } from "../shell/words.js";

class Frontier {
  constructor(part, words) {
    Object.assign(this, { part, words });
    this.level = part.querySelector("[data-level]");
    this.level.addEventListener("change", () => this.load());
    document.addEventListener("themechange", () => this.draw());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  async load() {
    const status = this.part.querySelector("[data-frontier-status]");
    status.textContent = this.words.say("working");
    status.hidden = false;
    try {
      const { rows } = await fetchJson(`${this.part.dataset.frontier}?level=${this.level.value}`);
      this.rows = rows;
      status.hidden = true;
    } catch {
      status.textContent = this.words.say("chart_failed");
      return;
    }
    this.list();
    await this.draw();
  }

  cap(factor) {
    return factor === null ? this.words.say("no_cap") : this.words.say("times", { n: factor });
  }

  share(value) {
    if (value === null) return "–";
    return value < 0 ? `−${this.words.percent(-value)}` : this.words.percent(value);
  }

  list() {
    const { words } = this;
    this.part.querySelector("[data-frontier-rows]").replaceChildren(
      ...this.rows.map(({ factor, choice_lost: lost, w, r_star: apart, housed }) =>
        element("tr", {}, element("th", { scope: "row" }, this.cap(factor)), ...[this.share(lost), this.share(w), apart === null ? "–" : apart.toFixed(2), words.count(housed)].map((text) => element("td", { class: "number" }, text))),
      ),
    );
  }

  async draw() {
    const drawn = (this.rows ?? []).filter(({ choice_lost: lost, w }) => lost !== null && w !== null);
    this.part.querySelector(".frontier-chart").hidden = drawn.length < 2;
    if (drawn.length < 2) return;
    const { createChart } = await import("./frontier-chart.js");
    this.chart ??= createChart(this.part.querySelector("[data-chart]"));
    const { words } = this;
    const colours = getComputedStyle(document.documentElement);
    const colour = (name) => colours.getPropertyValue(name).trim();
    const points = drawn.map((row) => ({ lost: row.choice_lost, w: row.w, label: this.cap(row.factor), told: this.told(row) }));
    this.chart.show({
      points,
      wName: words.say("w"),
      lostName: words.say("lost"),
      ink: colour("--ink"),
      quiet: colour("--ink-3"),
      grid: colour("--line"),
      ground: colour("--surface"),
      first: colour("--primary"),
      second: colour("--line-strong"),
      description: points.map(({ told }) => told).join(" · "),
    });
  }

  told({ factor, choice_lost: lost, w, housed }) {
    return this.words.say("point", { cap: this.cap(factor), lost: this.share(lost), w: this.share(w), housed: this.words.count(housed) });
  }
}

const frontier = new Frontier(document.querySelector("[data-frontier]"), new Words(read("page-words"), document.documentElement.lang));
window.frontier = frontier;
frontier.load();
