// Small bars of the column, drawn with the page's own elements: composition, distribution, pair split.
import { element } from "../shell/dom.js";
import { CLASS_COUNT, classLabel, margin } from "./scales.js";

/** Colour of a group: Okabe and Ito's eight, then the same again with stripes. */
export function groupMark(index, legend) {
  const mark = element("span", { class: `swatch group-swatch${index >= legend.groups.length ? " is-striped" : ""}`, "aria-hidden": "true" });
  mark.style.setProperty("--group", legend.groups[index % legend.groups.length]);
  return mark;
}

/** What the place is made of: one line a group, and the whole as one bar. */
export function showComposition({ list, bar }, { row, groups, chosen, legend, words, onPick }) {
  const cells = row?.shown === false ? [] : (row?.counts ?? []);
  const scale = { unit: "percent" };
  bar.replaceChildren(
    ...cells.map(({ share }, at) => {
      const part = element("span", { class: `bar-part${at >= legend.groups.length ? " is-striped" : ""}${chosen !== null && chosen !== at ? " is-dimmed" : ""}` });
      part.style.setProperty("--group", legend.groups[at % legend.groups.length]);
      part.style.setProperty("flex-grow", Math.max(0, share ?? 0));
      return part;
    }),
  );
  list.replaceChildren(
    ...groups.map((group, at) => {
      const cell = cells[at] ?? {};
      const button = element(
        "button",
        { type: "button", class: "group-row", "data-group": group.code, "aria-pressed": String(chosen === at), title: words.say("show_group", { group: group.name }) },
        groupMark(at, legend),
        element("span", { class: "group-name" }, group.name),
        element("span", { class: "group-count" }, countText(cell, words)),
        element("span", { class: "group-share" }, words.percent(cell.share ?? NaN)),
        element("span", { class: "group-margin" }, margin(cell.share_margin, scale, words)),
      );
      button.addEventListener("click", () => onPick(chosen === at ? null : group.code));
      return element("li", {}, button);
    }),
  );
}

function countText({ count, count_margin: own }, words) {
  if (count === null || count === undefined) return "–";
  return own === null || own === undefined ? words.count(count) : `${words.count(count)} ± ${words.count(own)}`;
}

/** Bars by class, coloured like the map; each is labelled, so that the colour only repeats it. */
export function showDistribution(list, { scale, ramp, counts, isolated, outside, words, onIsolate }) {
  const inside = ramp.map((colour, at) => ({ at, label: classLabel(scale, at), colour, count: counts[at] }));
  const others = outside.map((marked, extra) => ({ ...marked, at: CLASS_COUNT + extra, count: counts[CLASS_COUNT + extra] ?? 0 }));
  const rows = [...inside, ...others.filter(({ count }) => count > 0)];
  const most = Math.max(1, ...rows.map(({ count }) => count));
  list.replaceChildren(...rows.map((row) => bin(row, { most, isolated, words, onIsolate })));
}

function bin({ at, label, colour, mark, count }, { most, isolated, words, onIsolate }) {
  const fill = element("span", { class: `bin-fill${mark ? ` swatch-${mark}` : ""}`, "aria-hidden": "true" });
  if (colour) fill.style.setProperty("background-color", colour);
  fill.style.setProperty("width", `${(100 * count) / most}%`);
  const button = element(
    "button",
    { type: "button", class: `bin${isolated !== null && isolated !== at ? " is-dimmed" : ""}`, "aria-pressed": String(isolated === at), "data-bin": at },
    element("span", { class: "bin-label", title: label }, label),
    element("span", { class: "bin-track" }, fill),
    element("span", { class: "bin-count" }, words.count(count)),
  );
  button.addEventListener("click", () => onIsolate(isolated === at ? null : at));
  return element("li", {}, button);
}

const SPLIT_SHADES = ["split-1", "split-2", "split-3", "split-4", "split-5"];

/** Of all pairs of neighbours that differ, where they live: one bar from the same building outwards. */
export function showSplit({ bar, list, sentence }, split, words) {
  sentence.textContent = split.sentence;
  const levels = split.levels.filter(({ share }) => share !== null && share !== undefined);
  bar.setAttribute("aria-label", split.sentence);
  bar.replaceChildren(
    ...levels.map(({ name, share }, at) => {
      const part = element("span", { class: `split-part ${SPLIT_SHADES[at]}`, title: `${name} ${words.percent(share)}` }, share >= 0.09 ? words.percent(share) : "");
      part.style.setProperty("flex-grow", Math.max(0.0001, share));
      return part;
    }),
  );
  list.replaceChildren(
    ...levels.map(({ name, share, differing, pairs, margin: own }, at) =>
      element(
        "li",
        {},
        element("span", { class: `swatch ${SPLIT_SHADES[at]}`, "aria-hidden": "true" }),
        element("span", { class: "split-name" }, name),
        element("span", { class: "split-share" }, words.percent(share), own === null || own === undefined ? "" : ` ${margin(own, { unit: "percent" }, words)}`),
        element("span", { class: "split-pairs" }, differing === null || differing === undefined ? "" : words.say("split_pairs", { differing: words.count(differing), pairs: words.count(pairs) })),
      ),
    ),
  );
}
