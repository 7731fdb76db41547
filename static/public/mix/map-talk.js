// What the map says and hears: the label at the pointer, the place a click opens, outlines of what is chosen.
import { figureOf, shown as asShown } from "./scales.js";
import { paintsFootprints } from "./questions.js";

export class MapTalk {
  constructor({ page }) {
    this.page = page;
    const { mapView } = page;
    mapView.addEventListener("pointed", ({ detail }) => this.showAtPointer(detail));
    mapView.addEventListener("chosen", ({ detail }) => this.chooseBuilding(detail.number));
    mapView.map.on("click", ({ latlng }) => this.chooseArea(latlng));
  }

  get isByBuilding() {
    return this.page.settled.view.level === "building";
  }

  rowOf(code) {
    return code ? (this.page.shown?.answer.rows.find((one) => one.code === code) ?? null) : null;
  }

  rowOfBuilding(number) {
    const { shown } = this.page;
    return number >= 0 && shown?.listed === "building" ? (shown.answer.rows.find((one) => one.number === number) ?? null) : null;
  }

  showAtPointer({ number, at }) {
    const { page } = this;
    if (!at) return page.furniture.showLabel("", at);
    const { map } = page.mapView;
    const place = this.isByBuilding ? null : page.side.areas.at(map.containerPointToLatLng(at));
    const building = this.isByBuilding ? number : -1;
    map.getContainer().classList.toggle("is-pointing", building >= 0 || Boolean(place));
    page.side.areas.mark({ hovered: place?.code ?? null });
    page.column.table.mark(place?.code ?? this.rowOfBuilding(building)?.code ?? null);
    page.furniture.showLabel(place ? this.placeLabel(place) : building >= 0 ? this.buildingLabel(building) : "", at);
  }

  placeLabel({ code, name, name_en: english }) {
    const { words, settled, scale } = this.page;
    const row = this.rowOf(code);
    const value = figureOf(row, settled.view.measure, settled.group);
    const figure = value === null ? row?.why || words.say("hidden_short") : asShown(value, scale, words);
    return words.say("label_place", { name: row?.name ?? (words.language === "en" ? english : name), figure });
  }

  buildingLabel(number) {
    const { words, side, scale, settled } = this.page;
    const figure = paintsFootprints(settled) ? side.byteText(number, scale) : "";
    const row = this.rowOfBuilding(number);
    return row ? words.say("label_place", { name: row.name, figure }) : figure;
  }

  chooseBuilding(number) {
    const row = this.isByBuilding && !this.page.drawing.isOn ? this.rowOfBuilding(number) : null;
    if (row) this.open(row.code, { fits: false });
  }

  chooseArea(latlng) {
    if (this.page.drawing.isOn || this.isByBuilding) return;
    const place = this.page.side.areas.at(latlng);
    if (place) this.open(place.code, { fits: false });
  }

  /** Look at one place; the same place again goes back to the whole. */
  open(code, { fits = true } = {}) {
    const { page } = this;
    const isSame = page.settled.view.area === code;
    if (!isSame && fits) this.bringIntoView(code);
    page.change({ area: isSame ? null : code, draw: "" });
  }

  bringIntoView(code) {
    const { side, mapView } = this.page;
    const number = this.rowOf(code)?.number;
    const { points } = side.values.fixed;
    if (number === null || number === undefined || !points) return side.fitArea(code);
    mapView.map.setView([points[2 * number + 1], points[2 * number]], Math.max(mapView.map.getZoom(), 17));
  }

  /** The pointer or the focus is on a row of the table. */
  point(code) {
    this.page.mapView.setFocus({ hovered: this.rowOf(code)?.number ?? -1 });
    this.page.side.areas.mark({ hovered: code });
  }

  markChosen() {
    const { settled, shown, mapView, side, view } = this.page;
    const { area } = settled.view;
    const isBuilding = Boolean(area && area.length > 15);
    mapView.setFocus({ selected: isBuilding ? (shown.row?.number ?? -1) : -1 });
    side.areas.mark({ chosen: isBuilding ? null : area, selected: new Set(shown.drawn?.grids.map((grid) => grid.code)), compared: view.with });
  }
}
