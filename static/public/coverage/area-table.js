// Keeps the ranked table and the map in step: rows outline areas, the pointer on the map marks rows.
import { Ranking } from "./ranking.js";
import { boundsOf } from "./outlines.js";
import { rankAreas, tallyAreas } from "./tally.js";

export class AreaTable {
  constructor({ page, outlines, members }) {
    Object.assign(this, { page, outlines, members });
    const { find, words, state } = page;
    this.areas = state.areas;
    this.empty = find("ranking-empty");
    this.ranking = new Ranking({
      table: find("ranking"),
      more: find("ranking-more"),
      level: find("level"),
      words,
      onPoint: (index) => this.outline(index),
      onOpen: (index) => this.zoomTo(index),
      onLevel: (level) => page.change({ level }),
    });
    page.map.addEventListener("pointed", ({ detail }) => this.ranking.mark(this.areaOf(detail.number)));
  }

  get level() {
    return this.page.view.level;
  }

  areaOf(number) {
    const member = this.members[this.level];
    return number >= 0 && member ? member[number] : null;
  }

  show() {
    const { page, level } = this;
    const { words, view, last } = page;
    const areas = this.areas[level] ?? [];
    const member = this.members[level];
    const hasAreas = Boolean(member && areas.length);
    this.empty.hidden = hasAreas;
    this.empty.textContent = words.say("no_areas", { level: words.say(`level_${level}`) });
    const rows = hasAreas ? rankAreas(tallyAreas(last.values, page.weights, member, areaCount(areas), last.picture.gain), areas) : [];
    const isIsolated = view.class !== null;
    const isScore = view.cat === "score" && !isIsolated;
    this.ranking.sort = this.ranking.sort.key === "share" ? { key: "share", isUp: !isIsolated } : this.ranking.sort;
    this.ranking.show({
      rows,
      level,
      hitWord: words.say(isIsolated ? "in_class_short" : "covered_short"),
      isNeutral: isIsolated,
      isScore,
      shareWord: words.say(isScore ? "score_short" : "share_short"),
    });
  }

  async outline(index) {
    this.pointed = index;
    const rings = index === null ? null : await this.outlines.of(this.level, index);
    if (this.pointed === index) this.page.map.setFocus({ area: rings });
  }

  async zoomTo(index) {
    const rings = await this.outlines.of(this.level, index);
    if (rings) this.page.map.map.fitBounds(boundsOf(rings), { maxZoom: 17, padding: [30, 30] });
  }
}

/** Areas may be a part of the town's: their indices reach further than their number. */
function areaCount(areas) {
  return areas.reduce((largest, { index }) => Math.max(largest, index + 1), 0);
}
