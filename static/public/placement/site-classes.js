// Which class of the legend a building of the site falls into, before or after.
import { classLabel, classOfValue } from "../mix/scales.js";

/** The group with the most dwellings, the first of equals; -1 where nobody lives. */
export function largestGroup(counts) {
  const most = Math.max(0, ...counts);
  return most > 0 ? counts.indexOf(most) : -1;
}

/** Class of a building's state {w, counts}: of W, or of its largest group; -1 where there is none. */
export function classOfState({ w, counts }, what, scale) {
  return what === "w" ? classOfValue(scale, w) : largestGroup(counts);
}

/** Rows of the legend with how many buildings each has; classes of groups that lead nowhere are left out. */
export function legendRows(buildings, { when, what, scale, tenures, colours, neutral, words }) {
  const found = buildings.map((building) => classOfState(building[when], what, scale));
  const count = (at) => found.filter((one) => one === at).length;
  const labels = what === "w" ? scale.bounds.map((_upto, at) => classLabel(scale, at)) : tenures;
  const rows = labels.map((label, at) => ({ label, colour: colours[at % colours.length], count: count(at) }));
  const without = { label: words.say(what === "w" ? "too_few" : "nobody"), colour: neutral, count: count(-1) };
  return [...rows.filter((row) => what === "w" || row.count > 0), ...(without.count ? [without] : [])];
}
