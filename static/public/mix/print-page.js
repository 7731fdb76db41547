// The printed sheet of a view: the same map, legend and figures, at a fixed size, always light, printed
// only when every tile is there. Sealed figures print the year's ε and what it promises.
import { element } from "../coverage/dom.js";
import { roundScale } from "../coverage/furniture.js";
import { Words } from "../coverage/words.js";
import { setLeastPixelRatio } from "../map/pixel-ratio.js";
import { readCorners, readView } from "./address.js";
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
const STILL = { dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false, touchZoom: false };

export async function startPrint(document) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  const sheet = new PrintSheet(document, read("mix-state"), new Words(read("mix-words"), document.documentElement.lang));
  window.printSheet = sheet;
  await sheet.open();
}

class PrintSheet {
  constructor(document, state, words) {
    Object.assign(this, { document, state, words, counts: null, isReady: false });
    this.find = (name) => document.querySelector(`[data-${name}]`);
    this.view = readView(location.search);
    this.settled = settle(this.view, state, words);
    this.asking = new Asking({ api: state.api, town: state.town.slug });
    this.paper = new URLSearchParams(location.search).get("paper") === "a3" ? "a3" : "a4";
  }

  get scale() {
    return this.state.legend.scales[this.settled.view.measure];
  }

  async open() {
    setLeastPixelRatio(2);
    const { find } = this;
    find("back").href += location.search;
    find("sheet").dataset.paperSize = this.paper;
    find("paper").value = this.paper;
    find("paper").addEventListener("change", ({ target }) => this.changePaper(target.value));
    find("print-now").addEventListener("click", () => window.print());
    find("print-state").textContent = this.words.say("print_waiting");
    this.createMap();
    try {
      await this.fill();
    } catch (error) {
      find("print-state").textContent = error.message || this.words.say("figures_failed");
      return;
    }
    await this.side.view.settled();
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
    this.isReady = true;
    find("print-now").disabled = false;
    find("print-state").textContent = this.words.say("print_ready");
  }

  /** A new size is a new sheet: everything is laid out and drawn again. */
  changePaper(paper) {
    const query = new URLSearchParams(location.search);
    query.set("paper", paper);
    location.search = query.toString();
  }

  createMap() {
    const { state, words, view } = this;
    this.side = new MapSide({ element: this.document.getElementById("mix-map"), state, words, covered: 0, options: STILL, theme: "light" });
    if (view.z !== null && view.lon !== null) this.side.view.map.setView([view.lat, view.lon], view.z, { animate: false });
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
    this.drawScale();
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

  drawScale() {
    const { map } = this.side.view;
    const middle = map.getSize().y / 2;
    const across = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([140, middle]));
    const metres = roundScale(across);
    const scale = this.find("scale");
    scale.querySelector(".scale-line").style.width = `${(140 * metres) / across}px`;
    scale.querySelector(".scale-text").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }
}
