// What stands around the map: search, zoom, scale bar, label at the pointer, links, messages.
import { UNKNOWN, FAR } from "./classes.js";
import { Search } from "./search.js";

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
      address: (query) => withQuery(state.search ?? "/api/v1/search/", { town: state.town.slug, q: query }),
      onPick: (result) => this.goTo(result),
    });
    this.listen(document, find);
    this.drawScale();
    this.refreshLinks();
  }

  listen(document, find) {
    const { map } = this.page;
    for (const button of document.querySelectorAll("[data-zoom]")) {
      button.addEventListener("click", () => map.map.setZoom(map.map.getZoom() + Number(button.dataset.zoom)));
    }
    find("whole").addEventListener("click", () => map.fit(this.page.coveredWidth()));
    find("copy-link").addEventListener("click", () => this.copyLink());
    map.map.on("zoomend moveend resize", () => this.drawScale());
    map.addEventListener("pointed", ({ detail }) => this.showLabel(detail));
    document.addEventListener("click", (event) => {
      const menu = find("export");
      if (menu.open && !menu.contains(event.target)) menu.open = false;
    });
    const resize = new ResizeObserver(() => map.map.invalidateSize({ pan: false }));
    resize.observe(map.map.getContainer());
  }

  goTo({ lon, lat, bounds, kind, number }) {
    const { page } = this;
    if (bounds) page.map.map.fitBounds([[bounds[1], bounds[0]], [bounds[3], bounds[2]]], { maxZoom: 17 });
    else page.map.map.setView([lat, lon], Math.max(page.map.map.getZoom(), 17));
    if (kind === "building" && Number.isInteger(number)) page.change({ b: number, walk: null });
  }

  /** Name or figure at the pointer, beside it, inside the map. */
  showLabel({ number, facility, at }) {
    const text = at === null ? "" : this.labelText(number, facility);
    this.label.hidden = !text;
    if (!text) return;
    this.label.textContent = text;
    const size = this.page.map.map.getSize();
    const box = this.label.getBoundingClientRect();
    const left = at.x + 14 + box.width > size.x ? at.x - box.width - 10 : at.x + 14;
    const top = at.y + 16 + box.height > size.y ? at.y - box.height - 10 : at.y + 16;
    this.label.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }

  labelText(number, facility) {
    const { words, map, last } = this.page;
    if (facility >= 0) return map.facilities.name[facility] || words.say("unnamed");
    if (number < 0 || !last) return "";
    const value = number < last.values.length ? last.values[number] : UNKNOWN;
    return this.figure(value, last.picture.classes);
  }

  figure(value, { kind, perByte, unit }) {
    const { words, state } = this.page;
    if (value === UNKNOWN) return words.say("label_unknown");
    if (kind === "score") return words.percent(value / 200);
    if (value === FAR) return words.say("label_beyond", { n: words.metres(state.run.cutoff_m) });
    return words.say("label_within", { n: `${value * perByte} ${unit}` });
  }

  drawScale() {
    const { map } = this.page.map;
    const middle = map.getSize().y / 2;
    const across = map.distance(map.containerPointToLatLng([0, middle]), map.containerPointToLatLng([100, middle]));
    const metres = roundScale(across);
    this.scale.querySelector(".scale-line").style.width = `${(100 * metres) / across}px`;
    this.scale.querySelector(".scale-text").textContent = metres >= 1000 ? `${metres / 1000} km` : `${metres} m`;
  }

  /** Print and export lead to what is seen now. */
  refreshLinks() {
    const { find, state, view } = this.page;
    const print = find("print");
    print.href = `${print.href.split("?")[0]}?${withTown(location.search, state.town.slug)}`;
    for (const link of document.querySelectorAll("[data-format]")) {
      const asked = { town: state.town.slug, format: link.dataset.format, category: view.cat, mode: view.mode };
      link.href = withQuery(state.export ?? "/coverage/export/", asked);
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

/** The largest of 1, 2, 5 × 10ⁿ metres that is not longer. */
export function roundScale(metres) {
  const power = 10 ** Math.floor(Math.log10(metres));
  return [5, 2, 1].find((step) => step * power <= metres) * power;
}

export function withTown(search, slug) {
  const query = new URLSearchParams(search);
  query.set("town", slug);
  return query.toString();
}

/** An address with these query values set, whatever it carried before. */
export function withQuery(address, values) {
  const [path, given = ""] = address.split("?");
  const query = new URLSearchParams(given);
  for (const [key, value] of Object.entries(values)) query.set(key, value);
  return `${path}?${query}`;
}
