// What stands around the coverage map, and what the label at the pointer says of a building.
import { MapFurniture } from "../map/furniture.js";
import { UNKNOWN, FAR } from "./classes.js";

export function furnish(page) {
  const furniture = new MapFurniture({
    page,
    mapView: page.map,
    onFound: ({ kind, number }) => kind === "building" && Number.isInteger(number) && page.change({ b: number, walk: null }),
    exported: () => ({ category: page.view.cat, mode: page.view.mode }),
  });
  page.map.addEventListener("pointed", ({ detail: { number, facility, at } }) => furniture.showLabel(at === null ? "" : labelText(page, number, facility), at));
  return furniture;
}

function labelText({ words, map, last, state }, number, facility) {
  if (facility >= 0) return map.facilities.name[facility] || words.say("unnamed");
  if (number < 0 || !last) return "";
  const value = number < last.values.length ? last.values[number] : UNKNOWN;
  return figureText(value, last.picture.classes, words, state.run.cutoff_m);
}

function figureText(value, { kind, perByte, unit }, words, cutoffM) {
  if (value === UNKNOWN) return words.say("label_unknown");
  if (kind === "score") return words.percent(value / 200);
  if (value === FAR) return words.say("label_beyond", { n: words.metres(cutoffM) });
  return words.say("label_within", { n: `${value * perByte} ${unit}` });
}
