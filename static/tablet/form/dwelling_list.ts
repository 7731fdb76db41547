// The list `dwellings` as one form sees it: a single row, the door that is being visited. A whole
// round's list would cost the engine tens of seconds, and no other door is this form's business.

import type { PackDoor } from "../types.ts";

/** The day pack's door; `trunk_version` and `branch_id` are there once the tablet counts offline branches. */
export type VisitedDoor = PackDoor & { trunk_version?: number; branch_id?: string };

export const DWELLING_LIST = "dwellings.csv";

export function dwellingList(door: VisitedDoor): string {
  const row: Record<string, string> = {
    name: door.entity,
    label: door.label,
    __version: String(door.version),
    __trunkVersion: String(door.trunk_version ?? door.version),
    __branchId: door.branch_id ?? "",
    dwelling_code: door.code,
    open_needs: openNeeds(door).join(" "),
    ...door.facts,
  };
  if (door.occupancy && !row.occupancy) row.occupancy = door.occupancy;
  const names = Object.keys(row);
  return `${names.map(quoted).join(",")}\n${names.map((name) => quoted(row[name] ?? "")).join(",")}\n`;
}

/** Category codes of the needs that are still open, each once. */
export function openNeeds(door: PackDoor): string[] {
  return [...new Set(door.open_needs.map((need) => need.category))];
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
