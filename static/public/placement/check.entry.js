// 校核: the map of the site and the figures of one building; everything else on the page needs no script.
import { fetchJson, read } from "../places/overlay-map.js";
import { Words } from "../shell/words.js";
import { BuildingFacts } from "./building-facts.js";
import { SiteMap } from "./site-map.js";

async function start() {
  const box = document.querySelector(".mix-map");
  const state = read("page-state");
  const words = new Words(read("page-words"), document.documentElement.lang);
  const problem = box.querySelector("[data-map-problem]");
  const say = (sentence) => {
    problem.textContent = sentence;
    problem.hidden = !sentence;
  };
  let answer;
  try {
    answer = await fetchJson(state.url);
  } catch {
    return say(words.say("map_failed"));
  }
  const { buildings, not_on_map: left } = answer;
  if (left) say(words.say("not_on_map", { n: left }));
  const choose = (number) => {
    if (!buildings.some((one) => one.number === number)) return;
    map.choose(number);
    facts.show(number);
  };
  const facts = new BuildingFacts(document.querySelector("[data-building-facts]"), { buildings, tenures: state.tenures, groups: state.legend.groups, words, onPick: choose });
  const map = new SiteMap(box, { state, buildings, words, onBuilding: choose });
  window.placementMap = map;
  if (buildings.length) choose(mostChanged(buildings).number);
}

/** The building whose W changes most: the one to look at first. */
function mostChanged(buildings) {
  const change = ({ before, after }) => Math.abs((after.w ?? 0) - (before.w ?? 0));
  return buildings.reduce((most, one) => (change(one) > change(most) ? one : most), buildings[0]);
}

start();
