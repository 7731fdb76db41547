// What stands around a map of figures: search, zoom, scale bar, label at the pointer, links, messages.
import { drawScale } from "./scale-bar.js";
import { Search } from "./search.js";

const TOAST_MS = 2600;

export class MapFurniture {
  /**
   * `page` = {document, find, state, words, coveredWidth()}; `onFound(result)` after a found place is in view;
   * `exported()` gives the query of an export of what is seen now.
   */
  constructor({ page, mapView, onFound, exported }) {
    Object.assign(this, { page, mapView, onFound, exported });
    const { find, state, words, document } = page;
    this.label = find("map-label");
    this.toastBox = find("toast");
    this.search = new Search({
      field: document.getElementById("map-search"),
      list: document.getElementById("map-search-found"),
      status: find("search-status"),
      words,
      address: (query) => withQuery(state.search, { town: state.town.slug, q: query }),
      onPick: (result) => this.goTo(result),
    });
    this.listen();
    this.drawScale();
    this.refreshLinks();
  }

  listen() {
    const { find, document } = this.page;
    const { map } = this.mapView;
    for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
    find("whole").addEventListener("click", () => this.mapView.fit(this.page.coveredWidth()));
    find("copy-link").addEventListener("click", () => this.copyLink());
    map.on("zoomend moveend resize", () => this.drawScale());
    document.addEventListener("click", (event) => {
      const menu = find("export");
      if (menu?.open && !menu.contains(event.target)) menu.open = false;
    });
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
  }

  goTo(result) {
    const { map } = this.mapView;
    const { lon, lat, bounds } = result;
    if (bounds) map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]], { maxZoom: 17 });
    else map.setView([lat, lon], Math.max(map.getZoom(), 17));
    this.onFound(result);
  }

  /** Name and figure at the pointer, beside it, inside the map. */
  showLabel(text, at) {
    this.label.hidden = !text;
    if (!text) return;
    this.label.textContent = text;
    const size = this.mapView.map.getSize();
    const box = this.label.getBoundingClientRect();
    const left = at.x + 14 + box.width > size.x ? at.x - box.width - 10 : at.x + 14;
    const top = at.y + 16 + box.height > size.y ? at.y - box.height - 10 : at.y + 16;
    this.label.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  drawScale() {
    drawScale(this.mapView.map, this.page.find("scale"));
  }

  /** Print and export lead to what is seen now. */
  refreshLinks() {
    const { find, state, document } = this.page;
    const print = find("print");
    print.href = `${print.href.split("?")[0]}?${this.ownQuery()}`;
    for (const link of document.querySelectorAll("[data-format]")) {
      link.href = withQuery(state.export, { town: state.town.slug, format: link.dataset.format, ...this.exported() });
    }
  }

  async copyLink() {
    const { words } = this.page;
    const address = `${location.origin}${location.pathname}?${this.ownQuery()}`;
    try {
      await navigator.clipboard.writeText(address);
      this.toast(words.say("link_copied"));
    } catch {
      history.replaceState(null, "", address);
      this.toast(words.say("copy_by_hand"));
    }
  }

  /** The page's own query, with the town named. */
  ownQuery() {
    const query = new URLSearchParams(location.search);
    query.set("town", this.page.state.town.slug);
    return query.toString();
  }

  toast(sentence) {
    clearTimeout(this.toastTimer);
    this.toastBox.textContent = sentence;
    this.toastBox.hidden = false;
    this.toastTimer = setTimeout(() => (this.toastBox.hidden = true), TOAST_MS);
  }
}

/** An address with these query values set, whatever it carried before. */
export function withQuery(address, values) {
  const [path, given = ""] = address.split("?");
  const query = new URLSearchParams(given);
  for (const [key, value] of Object.entries(values)) query.set(key, value);
  return `${path}?${query}`;
}
