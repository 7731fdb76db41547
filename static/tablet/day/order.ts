// The order in which doors are walked: building after building along the shortest hop, stairwell after
// stairwell, floor after floor, the landing's doors back and forth. Where there is a lift one rides up
// and walks down.
import type { PackBuilding, PackDoor } from "../types.ts";

export interface Stairwell {
  unit: number;
  floors: { floor: number; doors: PackDoor[] }[]; // top floor first, as one sees the house
  has_lift: boolean;
}

export interface House {
  building: PackBuilding;
  stairwells: Stairwell[];
}

/** Buildings in walking order, each with its stairwells as drawings of the house. */
export function housesOf(buildings: PackBuilding[], doors: PackDoor[]): House[] {
  const inside = new Map<string, PackDoor[]>();
  for (const door of doors) {
    const here = inside.get(door.building);
    if (here) here.push(door);
    else inside.set(door.building, [door]);
  }
  const visited = buildings.filter((building) => inside.has(building.code));
  return buildingsInOrder(visited).map((building) => ({ building, stairwells: stairwellsOf(inside.get(building.code) ?? []) }));
}

/** The floors that hold the first so many doors, stairwell after stairwell; a floor is never cut. */
export function firstFloors(house: House, doors: number): { stairwell: Stairwell; floors: Stairwell["floors"] }[] {
  let left = doors;
  const found: { stairwell: Stairwell; floors: Stairwell["floors"] }[] = [];
  for (const stairwell of house.stairwells) {
    const floors: Stairwell["floors"] = [];
    for (const floor of stairwell.floors) {
      if (left <= 0) return floors.length > 0 ? [...found, { stairwell, floors }] : found;
      floors.push(floor);
      left -= floor.doors.length;
    }
    found.push({ stairwell, floors });
  }
  return found;
}

/** Doors of a house in the order in which they are walked. */
export function walkOf(house: House): PackDoor[] {
  return house.stairwells.flatMap((stairwell) => {
    const floors = stairwell.has_lift ? stairwell.floors : [...stairwell.floors].reverse();
    return floors.flatMap(({ doors }, index) => (index % 2 === 0 ? doors : [...doors].reverse()));
  });
}

/** The next house is the nearest one not yet walked; the first has the lowest code. Estates are finished before they are left. */
export function buildingsInOrder(buildings: PackBuilding[]): PackBuilding[] {
  const left = [...buildings].sort((a, b) => (a.code < b.code ? -1 : 1));
  const walked: PackBuilding[] = [];
  while (left.length > 0) {
    const here = walked.at(-1);
    const next = here ? nearest(here, left) : 0;
    walked.push(...left.splice(next, 1));
  }
  return walked;
}

function nearest(here: PackBuilding, left: PackBuilding[]): number {
  const sameEstate = left.some((other) => isSameEstate(here, other)) && here.estate !== null;
  let best = 0;
  let bestHop = Infinity;
  left.forEach((other, index) => {
    if (sameEstate && !isSameEstate(here, other)) return;
    const hop = hopOf(here, other);
    if (hop < bestHop) [best, bestHop] = [index, hop];
  });
  return best;
}

function isSameEstate(a: PackBuilding, b: PackBuilding): boolean {
  return a.estate !== null && b.estate !== null && a.estate.zh === b.estate.zh && a.estate.en === b.estate.en;
}

/** Only to compare: degrees, east–west ones shortened as they are at this latitude. */
function hopOf(a: PackBuilding, b: PackBuilding): number {
  const shrink = Math.cos((a.point[1] * Math.PI) / 180);
  return Math.hypot((a.point[0] - b.point[0]) * shrink, a.point[1] - b.point[1]);
}

function stairwellsOf(doors: PackDoor[]): Stairwell[] {
  const units = groupBy(doors, (door) => door.unit);
  return [...units.entries()]
    .sort(([a], [b]) => a - b)
    .map(([unit, inside]) => ({
      unit,
      has_lift: inside.filter((door) => door.facts["has_lift"] === "yes").length * 2 > inside.length,
      floors: [...groupBy(inside, (door) => door.floor).entries()]
        .sort(([a], [b]) => b - a)
        .map(([floor, landing]) => ({ floor, doors: landing.sort((a, b) => a.door - b.door) })),
    }));
}

function groupBy<Item>(items: Item[], keyOf: (item: Item) => number): Map<number, Item[]> {
  const groups = new Map<number, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group) group.push(item);
    else groups.set(keyOf(item), [item]);
  }
  return groups;
}
