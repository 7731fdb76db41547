// Finds doors as people say them: "501", "3号楼501", "3-1-501", "幸福里 12栋". Full-width digits count as digits.
import type { PackBuilding, PackDoor } from "../types.ts";
import { doorNumber } from "./names.ts";

export interface Found {
  buildings: string[]; // codes
  doors: string[];
}

/** `any` is a bare number: building, stairwell or door. */
interface Word {
  text: string;
  kind: "building" | "unit" | "any" | "name";
}

const PIECES = /(\d+)\s*(号楼|号|栋|幢|座|单元)?|室|[^\d\s\-—–·,，.。#/室]+/gu;
const DOOR_DIGITS = 3;

/** Every word must be met: by the building's names, by the stairwell, or by the door's number. */
export function search(query: string, buildings: PackBuilding[], doors: PackDoor[], limit = 60): Found {
  const words = wordsOf(query);
  if (words.length === 0) return { buildings: [], doors: [] };
  const names = new Map(buildings.map((building) => [building.code, namesOf(building)]));
  const foundBuildings = buildings.filter(({ code }) => words.every((word) => isBuilding(names.get(code) ?? "", word)));
  const foundDoors: { code: string; rank: number }[] = [];
  for (const door of doors) {
    const rank = rankOf(words, names.get(door.building) ?? "", door);
    if (rank > 0) foundDoors.push({ code: door.code, rank });
  }
  foundDoors.sort((a, b) => b.rank - a.rank);
  return { buildings: foundBuildings.map(({ code }) => code), doors: foundDoors.slice(0, limit).map(({ code }) => code) };
}

/** Lower case, half-width; a number takes the measure word behind it. */
export function wordsOf(query: string): Word[] {
  const found: Word[] = [];
  for (const [piece, number, measure] of query.normalize("NFKC").toLowerCase().matchAll(PIECES)) {
    if (number) found.push({ text: number, kind: measure === "单元" ? "unit" : measure ? "building" : "any" });
    else if (piece !== "室") found.push({ text: piece, kind: "name" });
  }
  return found;
}

function namesOf({ name, address, estate, code }: PackBuilding): string {
  const all = [name, address, estate?.zh ?? "", estate?.en ?? "", Number(code.slice(12))].join(" ");
  return ` ${wordsOf(all).map(({ text }) => text).join(" ")} `;
}

/** Numbers must be met whole ("1" is not "12"), words in part. */
function isBuilding(names: string, { text, kind }: Word): boolean {
  if (kind === "unit") return false;
  return kind === "name" ? names.includes(text) : names.includes(` ${text} `);
}

/** 0 = not meant, 2 = the very number. The last bare number is the door. */
function rankOf(words: Word[], names: string, door: PackDoor): number {
  const number = doorNumber(door);
  const at = words.findLastIndex(({ text, kind }) => kind === "any" && text.length >= DOOR_DIGITS);
  const said = words[at]?.text;
  if (said === undefined || !number.startsWith(said)) return 0;
  const isPlace = (word: Word) => isBuilding(names, word) || (word.kind !== "building" && word.text === String(door.unit));
  if (!words.every((word, index) => index === at || isPlace(word))) return 0;
  return said === number ? 2 : 1;
}
