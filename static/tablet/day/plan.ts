// The plan for the day: agreed times first, then what is begun, then the doors in walking order.
import { daysAhead } from "./clock.ts";
import type { DoorToday, DoorState } from "./doors.ts";
import { walkOf, type House } from "./order.ts";

export interface Plan {
  due: DoorToday[]; // call-backs whose time has come, the longest waiting first
  today: DoorToday[]; // call-backs later today
  returned: DoorToday[];
  drafts: DoorToday[];
  next: DoorToday[]; // doors that can be tried now, in walking order
}

const TRY_NOW: ReadonlySet<DoorState> = new Set(["todo", "no_one_in"]);

/** `doors` by code; `houses` in walking order. */
export function planOf(doors: Map<string, DoorToday>, houses: House[], now: Date, zone: string): Plan {
  const all = [...doors.values()];
  const byTime = (a: DoorToday, b: DoorToday) => Date.parse(a.from ?? "") - Date.parse(b.from ?? "");
  const next: DoorToday[] = [];
  for (const house of houses) {
    for (const { code } of walkOf(house)) {
      const door = doors.get(code);
      if (door && TRY_NOW.has(door.state)) next.push(door);
    }
  }
  return {
    due: all.filter((door) => door.state === "call_back_due").sort(byTime),
    today: all
      .filter((door) => door.state === "call_back_later" && door.from !== null && daysAhead(new Date(door.from), now, zone) === 0)
      .sort(byTime),
    returned: all.filter((door) => door.state === "returned"),
    drafts: all.filter((door) => door.state === "draft"),
    next,
  };
}

/** What a house looks like from outside: how many doors are left, and whether somebody waits. */
export interface HouseNow {
  total: number;
  open: number;
  due: number;
  returned: number;
}

export function houseNow(house: House, doors: Map<string, DoorToday>): HouseNow {
  const sum: HouseNow = { total: 0, open: 0, due: 0, returned: 0 };
  for (const { code } of walkOf(house)) {
    const door = doors.get(code);
    if (!door) continue;
    sum.total++;
    if (door.is_open) sum.open++;
    if (door.state === "call_back_due") sum.due++;
    if (door.returned) sum.returned++;
  }
  return sum;
}
