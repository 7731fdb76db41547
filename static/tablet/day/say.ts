// The words for doors, places and times, in the language chosen now.
import { daysAhead, wallTime } from "./clock.ts";
import type { DoorToday } from "./doors.ts";
import { buildingName, doorNumber } from "./names.ts";
import { maybe, t } from "../words/index.ts";
import type { PackBuilding, PackDoor } from "../types.ts";

export function nameOf(building: PackBuilding | undefined): string {
  return building ? buildingName(building, (n) => t("day.building", { n })) : "";
}

export function placeOf(door: PackDoor, building: PackBuilding | undefined): string {
  return t("day.place", { building: nameOf(building), unit: door.unit });
}

/** "3号楼 1单元 501", for sentences. */
export function doorTitle(door: PackDoor, building: PackBuilding | undefined): string {
  return `${placeOf(door, building)} · ${doorNumber(door)}`;
}

/** "18:00", "明天 9:00", "11月25日 9:00" by the town's clock. */
export function timeWords(at: string | Date, now: Date, zone: string): string {
  const instant = new Date(at);
  const { hour, minute } = wallTime(instant, zone);
  const time = `${hour}:${String(minute).padStart(2, "0")}`;
  const ahead = daysAhead(instant, now, zone);
  if (ahead === 0) return t("day.time.today", { time });
  if (ahead === 1) return t("day.time.tomorrow", { time });
  if (ahead === -1) return t("day.time.yesterday", { time });
  return t("day.time.other", { date: dateWords(instant, zone), time });
}

export function dateWords(at: string | Date, zone: string): string {
  const { month, day } = wallTime(new Date(at), zone);
  return dayWords(month, day);
}

/** Of a calendar day that is the same in every zone, "2026-11-30". */
export function calendarWords(date: string): string {
  const [, month = 1, day = 1] = date.split("-").map(Number);
  return dayWords(month, day);
}

function dayWords(month: number, day: number): string {
  return t("day.date", { month: t("day.months").split(" ")[month - 1] ?? "", day });
}

/** State in words, with its time where it has one. */
export function stateWords({ state, from }: DoorToday, now: Date, zone: string): string {
  const word = t(`day.state.${state}`);
  if (!from) return word;
  const time = timeWords(from, now, zone);
  return state === "cooling" ? `${word} ${t("day.from", { time })}` : t("day.agreed", { time });
}

/** A code of the server in words; the code itself when it is newer than this app. */
export function codeWords(kind: "occupancy" | "need" | "urgency" | "request", code: string): string {
  return maybe(`day.${kind}.${code}`) ?? code;
}
