// What is known of each door now: the pack's last word, over it what this tablet recorded since, over
// it a draft under way or a record sent back. Pure functions, so that the rules can be read and tested.
import type { Outcome, PackDoor } from "../types.ts";
import { atDecentHour, SLOTS, slotStart, type Slot } from "./clock.ts";

/** One state a door, each with a shape and a word of its own. */
export type DoorState =
  | "todo"
  | "draft"
  | "returned"
  | "call_back_due"
  | "call_back_later"
  | "no_one_in"
  | "cooling"
  | "capped"
  | "met"
  | "unchanged"
  | "declined"
  | "vacant"
  | "not_found"
  | "group_let";

/** A visit recorded on this tablet, oldest first; also when the server has it already. */
export interface LocalVisit {
  door: string;
  outcome: Outcome;
  at: string;
  call_back_at: string | null;
  call_back_slot: string;
  is_waiting: boolean; // not yet on the server
}

export interface DoorToday {
  door: PackDoor;
  state: DoorState;
  at: string | null; // of the last visit
  from: string | null; // call-back time, or when the door may be tried again
  attempts: number;
  is_open: boolean; // still to be visited in this round
  is_waiting: boolean;
  draft: string | null;
  returned: string | null; // instance id of the record sent back
}

export interface Known {
  doors: PackDoor[];
  visits: LocalVisit[];
  drafts: { id: string; door: string }[];
  returned: { instance_id: string; door: string }[];
  round: RoundRules;
}

export interface RoundRules {
  attempt_cap: number;
  cool_down_hours: number;
  time_zone: string;
}

/** Attempts that did not reach anybody: they count towards the cap and start the cool-down. */
const ATTEMPTS: ReadonlySet<Outcome> = new Set(["no_one_in", "call_back"]);
const OPEN: ReadonlySet<DoorState> = new Set(["todo", "draft", "returned", "call_back_due", "call_back_later", "no_one_in", "cooling"]);
const HOUR_MS = 3_600_000;
/** Ringing ten minutes before the agreed time is on time. */
const EARLY_MS = 10 * 60_000;

interface LastVisit {
  outcome: Outcome;
  at: string;
  call_back_at: string | null;
  call_back_slot: string;
}

/** Every door of the pack as it stands at `now`. */
export function doorsNow(known: Known, now: Date): DoorToday[] {
  const visits = byDoor(known.visits);
  const drafts = new Map(known.drafts.map((draft) => [draft.door, draft.id]));
  const returned = new Map(known.returned.map((record) => [record.door, record.instance_id]));
  return known.doors.map((door) => {
    const own = visits.get(door.code) ?? [];
    return doorNow(door, own, drafts.get(door.code) ?? null, returned.get(door.code) ?? null, known.round, now);
  });
}

function byDoor(visits: LocalVisit[]): Map<string, LocalVisit[]> {
  const found = new Map<string, LocalVisit[]>();
  for (const visit of visits) found.set(visit.door, [...(found.get(visit.door) ?? []), visit]);
  return found;
}

function doorNow(
  door: PackDoor,
  visits: LocalVisit[],
  draft: string | null,
  returned: string | null,
  round: RoundRules,
  now: Date,
): DoorToday {
  const news = visits.filter((visit) => !isInPack(visit, door));
  const last: LastVisit | null = news.at(-1) ?? door.last_visit;
  const attempts = door.attempts + news.filter((visit) => ATTEMPTS.has(visit.outcome)).length;
  const has_declined = door.is_declined || visits.some((visit) => visit.outcome === "declined");
  const { state, from } = judged(last, attempts, has_declined, round, now);
  const isFinal = state === "declined";
  const shown = returned && !isFinal ? "returned" : draft && !isFinal ? "draft" : state;
  return {
    door,
    state: shown,
    at: last?.at ?? null,
    from,
    attempts,
    is_open: OPEN.has(shown),
    is_waiting: visits.some((visit) => visit.is_waiting),
    draft,
    returned,
  };
}

/** The pack was made after the server got this visit. */
function isInPack(visit: LocalVisit, door: PackDoor): boolean {
  return !visit.is_waiting && door.last_visit !== null && Date.parse(visit.at) <= Date.parse(door.last_visit.at);
}

function judged(
  last: LastVisit | null,
  attempts: number,
  has_declined: boolean,
  round: RoundRules,
  now: Date,
): { state: DoorState; from: string | null } {
  if (has_declined) return { state: "declined", from: null };
  if (!last) return { state: "todo", from: null };
  const agreed = agreedTime(last, round.time_zone);
  if (agreed !== null) {
    // A time that a resident asked for is kept, whatever the cap and the cool-down say.
    const isDue = Date.parse(agreed) - EARLY_MS <= now.getTime();
    return { state: isDue ? "call_back_due" : "call_back_later", from: agreed };
  }
  if (!ATTEMPTS.has(last.outcome)) return { state: last.outcome as DoorState, from: null };
  if (attempts >= round.attempt_cap) return { state: "capped", from: null };
  const cooled = new Date(Date.parse(last.at) + round.cool_down_hours * HOUR_MS);
  const from = atDecentHour(cooled, round.time_zone);
  if (from > now) return { state: "cooling", from: from.toISOString() };
  return { state: "no_one_in", from: null };
}

/** The time itself, or the beginning of the slot that was said at the door. */
function agreedTime(last: LastVisit, zone: string): string | null {
  if (last.outcome !== "call_back") return null;
  if (last.call_back_at) return last.call_back_at;
  const slot = SLOTS.find((one) => one === (last.call_back_slot as Slot));
  return slot ? slotStart(slot, new Date(last.at), zone).toISOString() : null;
}

export interface Counts {
  total: number;
  open: number; // still to be visited
  closed: number; // nothing more to do in this round
  due: number;
  waiting: number; // recorded here, not yet on the server
  returned: number;
}

export function countsOf(doors: DoorToday[]): Counts {
  const count = (claim: (door: DoorToday) => boolean) => doors.reduce((sum, door) => sum + (claim(door) ? 1 : 0), 0);
  const open = count((door) => door.is_open);
  return {
    total: doors.length,
    open,
    closed: doors.length - open,
    due: count((door) => door.state === "call_back_due"),
    waiting: count((door) => door.is_waiting),
    returned: count((door) => door.returned !== null),
  };
}
