// The column beside the map: headline, legend, distribution, composition, split, table, sources; all from one answer.
import { AreaTable } from "./area-table.js";
import { showComposition, showDistribution, showSplit } from "./bars.js";
import { element } from "../shell/dom.js";
import { factsOf } from "./facts.js";
import { Headline } from "./headline.js";
import { Legend } from "./legend.js";
import { rampOf } from "./painting.js";
import { paintsFootprints, placeOf } from "./questions.js";
import { margin, marginOf } from "./scales.js";

export class Column {
  constructor({ page }) {
    this.page = page;
    const { find, words } = page;
    this.headline = new Headline({ find, words });
    this.legend = new Legend({ box: find("legend"), words, onIsolate: (at) => page.change({ class: at }) });
  }

  /** The table of the desk page; the printed sheet has its own. */
  openTable() {
    const { page } = this;
    const { find, words } = page;
    this.table = new AreaTable({ table: find("areas"), more: find("areas-more"), empty: find("areas-empty"), words, onPoint: (code) => page.talk.point(code), onOpen: (code) => page.talk.open(code), onSort: (sort) => page.change({ sort }) });
  }

  get measureName() {
    const { measures, view } = this.page.settled;
    return measures.find(({ code }) => code === view.measure).name;
  }

  levelName(level) {
    return this.page.settled.levels.find(({ code }) => code === level).name;
  }

  get placeName() {
    const { shown, settled, words, state } = this.page;
    if (shown.drawn) return words.say("drawn_place", { n: shown.drawn.grids.length });
    return shown.row?.name || settled.view.area || shown.answer.whole?.name || state.town.name;
  }

  showHeadline() {
    const { settled, shown, words, scale } = this.page;
    const isByPairs = shown.answer.weighting === "pairs" && ["w", "r_star"].includes(settled.view.measure);
    const note = shown.drawn?.sentence ?? (isByPairs ? words.say("weighting_pairs") : "");
    const isChosen = Boolean(settled.view.area || settled.view.draw);
    this.headline.show({ settled, row: shown.row, source: shown.answer.source, place: this.placeName, scale, isChosen, note });
  }

  /** What is outside the ramp, and how it is marked. */
  get outside() {
    const { words, settled } = this.page;
    const marked = (mark, key) => ({ mark, label: words.say(key) });
    return paintsFootprints(settled) ? [marked("few", "class_too_few"), marked("unknown", "class_untold")] : [marked("unknown", "class_hidden")];
  }

  /** How far off the figures drawn on the map are, in the middle; colours say nothing of it. */
  get caution() {
    const { settled, words, scale, shown } = this.page;
    const own = (shown?.answer.rows ?? []).map((row) => marginOf(row, settled.view.measure, settled.group)).filter((value) => value !== null);
    if (paintsFootprints(settled) || own.length === 0) return "";
    const middle = own.sort((a, b) => a - b)[own.length >> 1];
    return words.say("caution", { margin: margin(middle, scale, words) });
  }

  showLegend() {
    const { settled, words, scale, state, side, counts, view } = this.page;
    if (!counts) return;
    const hasBuildings = paintsFootprints(settled);
    const group = settled.view.group ? settled.groups[settled.group].name : null;
    this.legend.show({
      title: group ? words.say("legend_of_group", { measure: this.measureName, group }) : this.measureName,
      unit: words.say(`${this.table ? "legend" : "paper"}_unit_${hasBuildings ? "buildings" : "areas"}`),
      meaning: `${words.say(`meaning_${settled.view.measure}`)} ${this.caution}`.trim().replace("。 ", "。"),
      scale,
      ramp: rampOf(state.legend, side.theme),
      counts,
      outside: this.outside,
      isolated: view.class,
      showsCells: hasBuildings && side.view.showsCells,
    });
  }

  showDistribution() {
    const { words, settled, scale, state, side, counts, view, find } = this.page;
    find("distribution-title").textContent = words.say("distribution_title", { unit: this.levelName(settled.view.level) });
    showDistribution(find("distribution"), { scale, ramp: rampOf(state.legend, side.theme), counts, isolated: view.class, outside: this.outside, words, onIsolate: (at) => this.page.change({ class: at }) });
  }

  showTable() {
    const { settled, words, scale, shown, view, find } = this.page;
    const level = this.levelName(shown.listed);
    const isGuide = settled.view.level !== shown.listed;
    find("areas-title").textContent = isGuide ? words.say("pick_place") : words.say("table_title", { level });
    this.table.show({
      rows: shown.answer.rows,
      measure: settled.view.measure,
      group: settled.group,
      scale,
      sort: view.sort,
      measureName: this.measureName,
      baseName: words.say(`base_name_${settled.kind}`, { unit: shown.answer.source.unit ?? "" }),
      chosen: settled.view.area,
      caption: words.say("table_caption", { level }),
      emptySentence: words.say("no_rows", { level }),
    });
  }

  showComposition() {
    const { page } = this;
    const { settled, shown, words, state, find } = page;
    const chosen = settled.view.group ? settled.group : null;
    const onPick = (group) => page.change(group ? { measure: "share", group, class: null } : { measure: null, group: null, class: null });
    showComposition({ list: find("composition"), bar: find("composition-bar") }, { row: shown.row, groups: settled.groups, chosen, legend: state.legend, words, onPick });
  }

  async showSplit(isOld = () => false) {
    const { find, settled, shown, asking, words } = this.page;
    const box = find("split-part");
    const cannot = shown.drawn || (settled.view.area && !shown.row) || settled.kind === "published" || settled.dimension.code === "age_band" || settled.view.area?.length > 15;
    const split = cannot ? null : await asking.get("split", placeOf(settled)).catch(() => null);
    if (isOld()) return;
    box.hidden = !split?.levels?.length;
    if (!box.hidden) showSplit({ bar: find("split-bar"), list: find("split-list"), sentence: find("split-sentence") }, split, words);
  }

  /** 从何而来, the remarks, and which folded parts this kind of source has. */
  showFacts() {
    const { find, shown, settled, words, parts } = this.page;
    const facts = factsOf(shown.answer.source, settled.kind, words);
    find("facts").replaceChildren(...facts.flatMap(([name, value]) => [element("dt", {}, name), element("dd", {}, value)]));
    find("notes").replaceChildren(...(shown.answer.notes ?? []).map((note) => element("li", {}, note)));
    for (const { details } of parts) details.hidden = !(details.dataset.kinds ?? settled.kind).split(" ").includes(settled.kind);
  }
}
