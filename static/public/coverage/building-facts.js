// A chosen building: its card in the column, its outline and its walk on the map, its place in the address.
import { Card } from "./card.js";

export class BuildingFacts {
  constructor({ page }) {
    this.page = page;
    const { find, words, state } = page;
    const base = `/api/v1/coverage/runs/${state.run.id}/buildings/{number}/`;
    this.cardAddress = state.card ?? base;
    this.walkAddress = state.walk ?? `${base}walk/`;
    this.column = find("column");
    this.card = new Card({
      panel: find("card"),
      headings: state.headings,
      words,
      run: state.run,
      onClose: () => page.change({ b: null, walk: null }),
      onWalk: (code) => page.change({ walk: page.view.walk === code ? null : code }),
    });
    find("card-link").addEventListener("click", () => page.furniture.copyLink());
    page.map.addEventListener("chosen", ({ detail }) => page.change({ b: detail.number >= 0 ? detail.number : null, walk: null }));
    page.document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && page.view.b !== null && !event.defaultPrevented) page.change({ b: null, walk: null });
    });
  }

  async open(number) {
    const { map, view } = this.page;
    map.setFocus({ selected: number ?? -1, walk: null });
    this.column.hidden = number !== null;
    if (number === null) {
      this.fact = null;
      return this.card.hide();
    }
    this.card.wait();
    try {
      const fact = await getJson(this.cardAddress.replace("{number}", number));
      if (number !== this.page.view.b) return;
      this.fact = fact;
    } catch {
      if (number === this.page.view.b) this.card.fail(() => this.open(number));
      return;
    }
    this.card.show(this.fact, view);
    this.bringIntoView(number);
    this.card.panel.querySelector("[data-card-title]").focus({ preventScroll: true });
    if (view.walk) await this.drawWalk(view.walk);
  }

  /** The walk or the mode changed while the card is open. */
  follow() {
    if (!this.fact) return;
    const { view, map } = this.page;
    this.card.show(this.fact, view);
    if (view.walk) void this.drawWalk(view.walk);
    else map.setFocus({ walk: null });
  }

  bringIntoView(number) {
    const { points } = this.page.fixed;
    const at = [points[2 * number + 1], points[2 * number]];
    const { map } = this.page.map;
    if (this.page.map.showsCells) map.setView(at, this.page.map.footprintZoom + 2);
    else if (!map.getBounds().pad(-0.05).contains(at)) map.panTo(at);
  }

  async drawWalk(code) {
    const { page } = this;
    const walk = this.fact.walks.find(({ category }) => category === code);
    if (!walk?.facility) return;
    this.card.markWalk(code);
    const query = new URLSearchParams({ facility: walk.facility.number, mode: page.view.mode });
    try {
      const drawn = await getJson(`${this.walkAddress.replace("{number}", this.fact.number)}?${query}`);
      if (page.view.walk !== code) return;
      this.showWalk(drawn, walk);
    } catch {
      page.furniture.toast(page.words.say("walk_failed"));
    }
  }

  showWalk(drawn, walk) {
    const { words, map } = this.page;
    const path = pathOf(drawn);
    const figures = drawn.properties ?? drawn;
    const minutes = Object.values(figures.minutes ?? walk.minutes ?? {})[0];
    const metres = words.metres(figures.walk_m ?? walk.walk_m);
    const label = [minutes === undefined ? metres : words.say("walk_label", { metres, minutes }), figures.steps ? words.say("steps_on_way") : null].filter(Boolean).join(" · ");
    map.setFocus({ walk: { path, label, to: walk.facility } });
    const bounds = window.L.latLngBounds(path.map(([lon, lat]) => [lat, lon])).extend([walk.facility.lat, walk.facility.lon]);
    this.uncover(bounds);
  }

  /** Bring the whole walk beside the legend, not under it. */
  uncover(bounds) {
    const { map } = this.page.map;
    const left = Math.min(this.page.coveredWidth(), map.getSize().x / 3);
    const start = map.latLngToContainerPoint(bounds.getNorthWest());
    const end = map.latLngToContainerPoint(bounds.getSouthEast());
    const size = map.getSize();
    const isSeen = start.x > left && start.y > 60 && end.x < size.x - 60 && end.y < size.y - 40;
    if (!isSeen) map.fitBounds(bounds, { paddingTopLeft: [left + 30, 70], paddingBottomRight: [70, 50], maxZoom: 18 });
  }
}

/** Coordinates of a GeoJSON line, however it is wrapped. */
export function pathOf(drawn) {
  const geometry = drawn.geometry ?? drawn;
  return geometry.type === "MultiLineString" ? geometry.coordinates.flat() : geometry.coordinates;
}

async function getJson(address) {
  const response = await fetch(address, { credentials: "same-origin" });
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.json();
}
