// What the legends of maps of figures share: rows that filter, the ramp of the cells, the room they take.
import { element } from "../shell/dom.js";

const SMALL_MAP_PX = 560;

/** One class with its count; a click (or Enter) shows that class alone, once more all of them. */
export function legendRow(at, { label, swatch, count, isolated, onIsolate }) {
  const button = element(
    "button",
    {
      type: "button",
      class: `legend-class${isolated !== null && isolated !== at ? " is-dimmed" : ""}`,
      "data-class": at,
      "aria-pressed": String(isolated === at),
      onclick: () => onIsolate(isolated === at ? null : at),
    },
    swatch,
    element("span", { class: "legend-label" }, label),
    element("span", { class: "legend-count" }, count),
  );
  return element("li", {}, button);
}

/** A class's sign: its colour, or the hatching and dots that `mark` names. */
export function legendSwatch({ colour = null, mark = null }) {
  const swatch = element("span", { class: mark ? `swatch swatch-${mark}` : "swatch", "aria-hidden": "true" });
  if (colour) swatch.style.background = colour;
  return swatch;
}

/** New rows in the place of the old; who had the focus keeps it. */
export function replaceRows(list, rows) {
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.class : null;
  list.replaceChildren(...rows);
  if (focused !== null) list.querySelector(`[data-class="${focused}"]`)?.focus();
}

/** The colours of the cells as one bar. */
export function showRamp(bar, colours) {
  bar.replaceChildren(
    ...colours.map((colour) => {
      const part = element("span");
      part.style.background = colour;
      return part;
    }),
  );
}

/** What the legend covers of the map's left, in pixels. On a small map it covers nothing, and starts closed. */
export function coveredByLegend(legend, { isFirst }) {
  const isSmall = legend.parentElement.clientWidth < SMALL_MAP_PX;
  if (isSmall && isFirst) legend.querySelector("details").open = false;
  return isSmall ? 0 : legend.offsetWidth + 12;
}
