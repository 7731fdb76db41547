// One small worker's area, drawn on paper. Three buildings in a row going east, 30 m apart; the second in
// code is the farthest, so the walking order is not the order of the codes:
//
//   …00001 (west)   …00003 (30 m on)   …00002 (60 m on)
import type { PackBuilding, PackDoor, Outcome } from "../../../static/tablet/types.ts";
import type { LocalVisit } from "../../../static/tablet/day/doors.ts";

export const ZONE = "Asia/Shanghai";
export const NOW = new Date("2026-11-22T14:00:00+08:00"); // a Sunday
export const ROUND = { attempt_cap: 3, cool_down_hours: 4, time_zone: ZONE };
const COMMUNITY = "330100001001";

export function building(number: number, east_m: number, facts: Partial<PackBuilding> = {}): PackBuilding {
  return {
    code: `${COMMUNITY}${String(number).padStart(5, "0")}`,
    name: `${number}号楼`,
    address: "",
    kind: "residential",
    floors: 6,
    estate: null,
    point: [120 + east_m / 96_000, 30],
    geometry: { type: "MultiPolygon", coordinates: [] },
    ...facts,
  };
}

export function door(number: number, unit: number, floor: number, place: number, facts: Partial<PackDoor> = {}): PackDoor {
  const two = (value: number) => String(value).padStart(2, "0");
  const code = `${COMMUNITY}${String(number).padStart(5, "0")}${two(unit)}${two(floor)}${two(place)}`;
  return {
    code,
    building: code.slice(0, 17),
    unit,
    floor,
    door: place,
    entity: `entity-${code}`,
    version: 1,
    label: "",
    facts: {},
    occupancy: "",
    open_needs: [],
    attempts: 0,
    last_visit: null,
    is_declined: false,
    ...facts,
  };
}

export function visited(outcome: Outcome, at: string, call_back_at: string | null = null): PackDoor["last_visit"] {
  return { outcome, at, call_back_at, call_back_slot: "" };
}

export function local(of: PackDoor, outcome: Outcome, at: string, facts: Partial<LocalVisit> = {}): LocalVisit {
  return { door: of.code, outcome, at, call_back_at: null, call_back_slot: "", is_waiting: true, ...facts };
}
