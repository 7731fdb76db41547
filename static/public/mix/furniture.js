// What stands around the map: search, zoom, scale bar, label at the pointer, links, messages.
import { Search } from "../coverage/search.js";
import { roundScale, withQuery, withTown } from "../coverage/furniture.js";

const TOAST_MS = 2600;

export class Furniture {
  constructor({ page }) {
    this.page = page;
    const { find, state, words, document } = page;
    this.label = find("map-label");
    this.toastBox = find("toast");
    this.scale = find("scale");
    this.search = new Search({
      field: document.getElementById("map-search"),
      list: document.getElementById("map-search-found"),
      status: find("search-status"),
      words,
      address: (query) => withQuery(state.search, { town: state.town.slug, q: query }),
      onPick: (result) => this.goTo(result),
    });
    const { map } = page.mapView;
    for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => map.setZoom(map.getZoom() + Number(button.dataset.zoom)));
    find("whole").addEventListener("click", () => page.mapView.fit(page.coveredWidth()));
    find("copy-link").addEventListener("click", () => this.copyLink());
    map.on("zoomend moveend resize", () => this.drawScale());
    document.addEventListener("click", (event) => {
      const menu = find("export");
      if (menu?.open && !menu.contains(event.target)) menu.open = false;
    });
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
    this.drawScale();
    this.refreshLinks();
  }

  goTo({ lon, lat, bounds, kind, code }) {
    const { map } = this.page.mapView;
    if (bounds) map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]], { maxZoom: 17 });
    else map.setView([lat, lon], Math.max(map.getZoom(), 17));
    if ((kind === "area" || kind === "grid") && code) this.page.talk.open(code);
  }

  /** Name and figure at the pointer, beside it, inside the map. */
  showLabel(text, at) {
    this.label.hidden = !text;
    if (!text) return;
    this.label.textContent = text;
    const size = this.page.mapView.map.getSize();
    const box = this.label.getBoundingClientRect();
    const left = at.x + 14 + box.width > size.x ? at.x - box.width - 10 : at.x + 14;
    const top = at.y + 16 + box.height > size.y ? at.y - box.height - 10 : at.y + 16;
    this.label.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  drawScale() {
    const { map } = this.page.mapView;
    const middle = map.getSize().y / 2;
    const across = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([100, middle]));
    const metres = roundScale(across);
    this.scale.querySelector(".scale-line").style.width = `${(100 * metres) / across}px`;
    this.scale.querySelector(".scale-text").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }

  /** Print and export lead to what is seen now. */
  refreshLinks() {
    const { find, state, document } = this.page;
    const { view } = this.page.settled;
    const print = find("print");
    print.href = `${state.print}?${withTown(location.search, state.town.slug)}`;
    for (const link of document.querySelectorAll("[data-format]")) {
      const area = view.level === "building" && view.area ? { area: view.area } : {};
      link.href = withQuery(state.export ?? "", { town: state.town.slug, source: view.source, dimension: view.dim, level: view.level, format: link.dataset.format, ...area });
    }
  }

  async copyLink() {
    const { words, state } = this.page;
    const address = `${location.origin}${location.pathname}?${withTown(location.search, state.town.slug)}`;
    try {
      await navigator.clipboard.writeText(address);
      this.toast(words.say("link_copied"));
    } catch {
      history.replaceState(null, "", address);
      this.toast(words.say("copy_by_hand"));
    }
  }

  toast(sentence) {
    clearTimeout(this.toastTimer);
    this.toastBox.textContent = sentence;
    this.toastBox.hidden = false;
    this.toastTimer = setTimeout(() => (this.toastBox.hidden = true), TOAST_MS);
  }
}
