// What doors and buildings are called.
import type { PackBuilding, PackDoor } from "../types.ts";

/** 501 = fifth floor, first door; below the ground B1-01. */
export function doorNumber({ floor, door }: Pick<PackDoor, "floor" | "door">): string {
  const two = String(door).padStart(2, "0");
  return floor < 1 ? `B${Math.max(1, -floor)}${two}` : `${floor}${two}`;
}

/** Name, else address, else the last five digits of the code as `fallback` words them. */
export function buildingName(building: Pick<PackBuilding, "name" | "address" | "code">, fallback: (number: number) => string): string {
  return building.name || building.address || fallback(Number(building.code.slice(12)));
}
