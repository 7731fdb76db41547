// What this tablet did at its doors since the pack was fetched. A row is written with the record and outlives its
// upload: until a fresh pack tells of it, the door must not look unvisited again.
import type { Session } from "./session.ts";
import { unsealJson } from "./vault.ts";
import type { AboutRecord, OutboxState } from "../types.ts";

/** The version of the dwelling's entity that a record wrote, as its XML says. */
export interface EntityUpdate {
  base_version: number;
  trunk_version: number;
  branch_id: string;
}

export interface KeptVisit extends AboutRecord {
  instance_id: string;
  finished_at: string;
  entity: EntityUpdate | null;
}

export interface LocalVisit extends KeptVisit {
  state: OutboxState | "received";
}

/** Oldest first. */
export async function localVisits(session: Session, set: string): Promise<LocalVisit[]> {
  const { database, key } = session;
  const account = session.owner.id;
  const rows = (await database.visits.where("account").equals(account).toArray()).filter((row) => row.set === set);
  const records = await database.outbox.where("account").equals(account).toArray();
  const states = new Map(records.map((row) => [row.key, row.state]));
  const found = await Promise.all(
    rows.map(async (row) => {
      const visit = await unsealJson<KeptVisit>(key, row.body, row.key);
      return { ...visit, state: states.get(row.key) ?? ("received" as const) };
    }),
  );
  return found.sort((a, b) => a.finished_at.localeCompare(b.finished_at));
}

/** The update of the dwelling's entity that this XML carries, if any; attributes in any order. */
export function entityUpdate(xml: string): EntityUpdate | null {
  for (const [tag] of xml.matchAll(/<(?:\w+:)?entity\b[^>]*>/g)) {
    const read = (name: string): string => new RegExp(`\\b${name}\\s*=\\s*["']([^"']*)["']`).exec(tag)?.[1] ?? "";
    const base = Number(read("baseVersion"));
    if (read("dataset") !== "dwellings" || !/^(1|true)/.test(read("update")) || !base) continue;
    return { base_version: base, trunk_version: Number(read("trunkVersion")) || base, branch_id: read("branchId") };
  }
  return null;
}
