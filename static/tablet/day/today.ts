// The day as all its screens share it: read from the store, worked out by the rules of doors.ts, worked
// out again when a minute has passed, a record was made, or the server answered.
import { onMounted, onUnmounted, shallowReactive, watch } from "vue";
import { countsOf, doorsNow, type Counts, type DoorToday, type LocalVisit } from "./doors.ts";
import { housesOf, type House } from "./order.ts";
import { planOf, type Plan } from "./plan.ts";
import { finishLeftBehind, isOutcomeDraft, pendingVisit } from "./outcomes.ts";
import { currentPack, doorStates, listDrafts, type Pack } from "../store/index.ts";
import { sync } from "../sync/index.ts";
import type { Draft, PackBuilding } from "../types.ts";

const HALF_A_MINUTE_MS = 30_000;
const QUIET_MS = 250;

export interface Day {
  status: "loading" | "ready" | "none" | "broken";
  set: string;
  pack: Pack | null;
  now: Date;
  doors: Map<string, DoorToday>;
  buildings: Map<string, PackBuilding>;
  houses: House[];
  plan: Plan;
  counts: Counts;
}

export const day = shallowReactive<Day>({
  status: "loading",
  set: "",
  pack: null,
  now: new Date(),
  doors: new Map(),
  buildings: new Map(),
  houses: [],
  plan: { due: [], today: [], returned: [], drafts: [], next: [] },
  counts: { total: 0, open: 0, closed: 0, due: 0, waiting: 0, returned: 0 },
});

let visits: LocalVisit[] = [];
let drafts: Draft[] = [];

export const zone = (): string => day.pack?.manifest.round.town.time_zone ?? "Asia/Shanghai";

/** Everything from the store. */
export async function loadDay(set: string): Promise<void> {
  if (day.set !== set) Object.assign(day, { set, status: "loading", pack: null });
  try {
    drafts = await listDrafts(set);
    if (await finishLeftBehind(drafts)) drafts = await listDrafts(set);
    const pack = await currentPack(set);
    if (day.set !== set) return;
    if (!pack) {
      Object.assign(day, { status: "none", pack: null });
      return;
    }
    const { buildings, doors } = pack.places;
    if (day.pack?.downloaded_at !== pack.downloaded_at || day.houses.length === 0) {
      day.houses = housesOf(buildings, doors);
      day.buildings = new Map(buildings.map((building) => [building.code, building]));
    }
    day.pack = pack;
    visits = await visitsOf(set);
    workOut();
    day.status = "ready";
  } catch (error) {
    console.warn("the day cannot be read", error);
    day.status = "broken";
  }
}

async function visitsOf(set: string): Promise<LocalVisit[]> {
  const found = await doorStates(set);
  return found.map(({ door, outcome, finished_at, call_back_at, call_back_slot, state }) => ({
    door,
    outcome,
    at: finished_at,
    call_back_at: call_back_at ?? null,
    call_back_slot: call_back_slot ?? "",
    is_waiting: state !== "received",
  }));
}

/** The same facts at a new minute, or with the outcome just tapped. */
export function workOut(): void {
  const { pack } = day;
  if (!pack) return;
  const now = new Date();
  const { attempt_cap, cool_down_hours } = pack.manifest.round;
  const known = {
    doors: pack.places.doors,
    visits: pendingVisit.value ? [...visits, pendingVisit.value] : visits,
    drafts: drafts.filter((draft) => !isOutcomeDraft(draft)),
    returned: pack.returned,
    round: { attempt_cap, cool_down_hours, time_zone: zone() },
  };
  const found = doorsNow(known, now);
  const doors = found.map((door) => asBefore(day.doors.get(door.door.code), door));
  day.now = now;
  const isSame = doors.length === day.doors.size && doors.every((door) => day.doors.get(door.door.code) === door);
  if (!isSame) day.doors = new Map(doors.map((door) => [door.door.code, door]));
  day.plan = planOf(day.doors, day.houses, now, zone());
  day.counts = countsOf(doors);
}

/** The same object while nothing has changed at the door: thousands of them are not drawn again every minute. */
function asBefore(before: DoorToday | undefined, now: DoorToday): DoorToday {
  const names = Object.keys(now) as (keyof DoorToday)[];
  return before && names.every((name) => before[name] === now[name]) ? before : now;
}

export function draftOf(door: string): Draft | null {
  return drafts.find((draft) => draft.door === door && !isOutcomeDraft(draft)) ?? null;
}

/** For a screen's setup: the day is loaded, and kept right while the screen is shown. */
export function useDay(set: () => string): Day {
  let minute: ReturnType<typeof setInterval>;
  let soon: ReturnType<typeof setTimeout>;
  let leave: () => void;
  onMounted(() => {
    minute = setInterval(workOut, HALF_A_MINUTE_MS);
    // The synchroniser speaks several times a second while it sends: the store is read when it pauses.
    leave = sync.subscribe(() => {
      clearTimeout(soon);
      soon = setTimeout(() => void loadDay(set()), QUIET_MS);
    });
    void loadDay(set());
  });
  onUnmounted(() => {
    clearInterval(minute);
    clearTimeout(soon);
    leave();
  });
  watch(set, (next) => void loadDay(next));
  watch(pendingVisit, workOut);
  return day;
}
