// The printed sheet of a view: the same map, legend and figures, at a fixed size, always light, printed
// only when every tile is there. Sealed figures print the year's ε and what it promises.
import { element } from "../shell/dom.js";
import { SCALE_ROOM_PX, STILL, finishSheet, openSheet } from "../map/print-sheet.js";
import { drawScale } from "../map/scale-bar.js";
import { pageState } from "../shell/page-state.js";
import { address, readCorners } from "./address.js";
import { sortRows } from "./area-table.js";
import { Asking } from "./asking.js";
import { settle } from "./choices.js";
import { Column } from "./column.js";
import { Drawing } from "./drawing.js";
import { factsOf } from "./facts.js";
import { MapSide } from "./map-side.js";
import { askView, paintsFootprints } from "./questions.js";
import { figureOf, margin, marginOf, shown as asShown } from "./scales.js";

const ROWS = { a4: 9, a3: 24 };

export async function startPrint(document) {
  const { state, words } = pageState(document, "mix");
  const sheet = new PrintSheet(document, state, words);
  window.printSheet = sheet;
  await sheet.open();
}

class PrintSheet {
  constructor(document, state, words) {
    Object.assign(this, { document, state, words, counts: null, isReady: false });
    this.find = (name) => document.querySelector(`[data-${name}]`);
    this.view = address.read(location.search);
    this.settled = settle(this.view, state, words);
    this.asking = new Asking({ api: state.api, town: state.town.slug });
  }

  get scale() {
    return this.state.legend.scales[this.settled.view.measure];
  }

  async open() {
    const { find, words } = this;
    this.paper = openSheet({ find, words });
    this.createMap();
    try {
      await this.fill();
    } catch (error) {
      find("print-state").textContent = error.message || words.say("figures_failed");
      return;
    }
    await finishSheet({ find, words, mapView: this.side.view });
    this.isReady = true;
  }

  createMap() {
    const { state, words, view } = this;
    this.side = new MapSide({ element: this.document.getElementById("mix-map"), state, words, covered: 0, options: STILL, theme: "light" });
    this.side.view.goTo(view);
  }

  async fill() {
    const { settled, asking, state, side, scale, view } = this;
    const csrf = this.document.querySelector("[name=csrfmiddlewaretoken]").value;
    this.shown = await askView({ asking, state, settled, csrf });
    const { answer } = this.shown;
    if (paintsFootprints(settled)) this.counts = side.paintFootprints({ bytes: await side.loadBytes(settled), scale, isolated: view.class });
    else this.counts = side.paintAreas({ rows: answer.rows, settled, scale, isolated: view.class });
    await side.showOutlinesOf(settled, this.shown);
    side.areas.mark({ chosen: settled.view.area, selected: new Set(this.shown.drawn?.grids.map((grid) => grid.code)) });
    if (view.draw) new Drawing({ mapView: side.view, onDone: () => {}, onTurn: () => {} }).show(readCorners(view.draw));
    const column = new Column({ page: this });
    column.showHeadline();
    column.showLegend();
    column.showComposition();
    await column.showSplit();
    this.showRows(column);
    await this.showFacts();
    this.dropWhatDoesNotFit();
    drawScale(side.view.map, this.find("scale"), SCALE_ROOM_PX);
  }

  change() {} // nothing on paper is chosen

  showRows(column) {
    const { shown, settled, scale, words, view, find } = this;
    find("areas-title").textContent = words.say("table_title", { level: column.levelName(shown.listed) });
    const rows = sortRows(shown.answer.rows, view.sort, settled.view.measure, settled.group).slice(0, ROWS[this.paper]);
    find("table-part").hidden = !rows.length;
    find("sheet-table").tBodies[0].replaceChildren(
      ...rows.map((row) => {
        const own = margin(marginOf(row, settled.view.measure, settled.group), scale, words);
        const figure = asShown(figureOf(row, settled.view.measure, settled.group), scale, words);
        return element("tr", {}, element("th", { scope: "row" }, row.name || row.code), element("td", {}, row.answered === null ? "–" : words.count(row.answered)), element("td", {}, own ? `${figure} ${own}` : figure));
      }),
    );
  }

  /** A row that would be cut through is left out. */
  dropWhatDoesNotFit() {
    const side = this.document.querySelector(".sheet-side");
    const body = this.find("sheet-table").tBodies[0];
    while (side.scrollHeight > side.clientHeight && body.lastElementChild) body.lastElementChild.remove();
    if (!body.childElementCount) this.find("table-part").hidden = true;
  }

  async showFacts() {
    const { shown, settled, words, find } = this;
    find("facts").textContent = factsOf(shown.answer.source, settled.kind, words).map(([name, value]) => `${name} ${value}`).join(" · ");
    if (settled.kind === "sealed") find("privacy").textContent = (await this.asking.get("budget")).sentence;
  }
}
