// Finds doors as people say them: "501", "3号楼501", "3-1-501", "幸福里 12栋". Full-width digits count as digits.
import type { PackBuilding, PackDoor } from "../types.ts";
import { doorNumber } from "./names.ts";

export interface Found {
  buildings: string[]; // codes
  doors: string[];
}

/** Every word must be met: by the building's names, by the stairwell, or by the door's number. */
export function search(query: string, buildings: PackBuilding[], doors: PackDoor[], limit = 60): Found {
  const words = wordsOf(query);
  if (words.length === 0) return { buildings: [], doors: [] };
  const names = new Map(buildings.map((building) => [building.code, namesOf(building)]));
  const foundBuildings = buildings.filter(({ code }) => words.every((word) => isIn(names.get(code) ?? "", word)));
  const foundDoors: { code: string; rank: number }[] = [];
  for (const door of doors) {
    const rank = rankOf(words, names.get(door.building) ?? "", door);
    if (rank > 0) foundDoors.push({ code: door.code, rank });
  }
  foundDoors.sort((a, b) => b.rank - a.rank);
  return { buildings: foundBuildings.map(({ code }) => code), doors: foundDoors.slice(0, limit).map(({ code }) => code) };
}

/** Lower case, half-width; a change between digits and letters begins a word. */
export function wordsOf(query: string): string[] {
  return query.normalize("NFKC").toLowerCase().match(/\d+|[^\d\s\-—–·,，.。#/]+/gu) ?? [];
}

function namesOf({ name, address, estate, code }: PackBuilding): string {
  return ` ${wordsOf([name, address, estate?.zh ?? "", estate?.en ?? "", Number(code.slice(12))].join(" ")).join(" ")} `;
}

/** Numbers must be met whole ("1" is not "12"), words in part. */
function isIn(names: string, word: string): boolean {
  return /^\d/.test(word) ? names.includes(` ${word} `) : names.includes(word);
}

/** 0 = not meant. The last number is the door when it can be; numbers before it are building and stairwell. */
function rankOf(words: string[], names: string, door: PackDoor): number {
  const number = doorNumber(door);
  const at = words.findLastIndex((word) => /^\d/.test(word) && word.length >= 3);
  const isExact = at >= 0 && words[at] === number;
  if (at < 0 || !(isExact || number.startsWith(words[at] ?? ""))) return 0;
  const others = words.filter((_word, index) => index !== at);
  if (!others.every((word) => isIn(names, word) || isUnit(word, door))) return 0;
  return isExact ? 2 : 1;
}

function isUnit(word: string, { unit }: PackDoor): boolean {
  return word === String(unit) || word === "单元" || word === "室" || word === "unit";
}
