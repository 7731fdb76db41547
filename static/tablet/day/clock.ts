// Times of the town: a call-back "tonight" is six in the evening where the door is, whatever zone the
// tablet is set to. No library: the browser knows the zones, one only has to ask it the other way round.
export type Slot = "tonight" | "tomorrow_morning" | "weekend";

export const SLOTS: Slot[] = ["tonight", "tomorrow_morning", "weekend"];

const EVENING_HOUR = 18;
const LAST_EVENING_HOUR = 20;
const MORNING_HOUR = 9;
const FIRST_HOUR = 8;
const LAST_HOUR = 21;

interface WallTime {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
}

const clocks = new Map<string, Intl.DateTimeFormat>(); // making one costs more than asking it a thousand times

function clockOf(zone: string): Intl.DateTimeFormat {
  const made = clocks.get(zone);
  if (made) return made;
  const clock = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
  });
  clocks.set(zone, clock);
  return clock;
}

/** What the clock on the wall of that zone shows. */
export function wallTime(at: Date, zone: string): WallTime {
  const parts = Object.fromEntries(clockOf(zone).formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return parts as unknown as WallTime;
}

/** The instant at which the wall of that zone shows this. Days may run over the month's end. */
export function instantOf({ year, month, day, hour, minute }: WallTime, zone: string): Date {
  const asUtc = Date.UTC(year, month - 1, day, hour, minute);
  let guess = asUtc;
  for (let round = 0; round < 2; round++) {
    const shown = wallTime(new Date(guess), zone);
    guess += asUtc - Date.UTC(shown.year, shown.month - 1, shown.day, shown.hour, shown.minute);
  }
  return new Date(guess);
}

/** When a slot begins, counted from `now`. "Tonight" said at night is from now on. */
export function slotStart(slot: Slot, now: Date, zone: string): Date {
  const today = wallTime(now, zone);
  const at = (days: number, hour: number) => instantOf({ ...today, day: today.day + days, hour, minute: 0 }, zone);
  if (slot === "tomorrow_morning") return at(1, MORNING_HOUR);
  if (slot === "weekend") return at(daysToSaturday(today), MORNING_HOUR);
  const evening = at(0, EVENING_HOUR);
  return evening > now ? evening : now;
}

/** Nobody rings between nine in the evening and eight in the morning: such a time becomes the next eight o'clock. */
export function atDecentHour(at: Date, zone: string): Date {
  const wall = wallTime(at, zone);
  if (wall.hour >= FIRST_HOUR && wall.hour < LAST_HOUR) return at;
  return instantOf({ ...wall, day: wall.day + (wall.hour >= LAST_HOUR ? 1 : 0), hour: FIRST_HOUR, minute: 0 }, zone);
}

/** Slots that can still be meant: after eight nobody says "tonight". */
export function slotsOffered(now: Date, zone: string): Slot[] {
  const { hour } = wallTime(now, zone);
  return SLOTS.filter((slot) => slot !== "tonight" || hour < LAST_EVENING_HOUR);
}

/** Saturday of this week; on Saturday tomorrow, on Sunday the next Saturday. */
function daysToSaturday({ year, month, day }: WallTime): number {
  const weekday = new Date(Date.UTC(year, month - 1, day)).getUTCDay();
  return weekday === 6 ? 1 : 6 - weekday;
}

/** Whole days from the day of `now` to the day of `at`, by the wall's calendar. */
export function daysAhead(at: Date, now: Date, zone: string): number {
  const [there, here] = [wallTime(at, zone), wallTime(now, zone)];
  return Math.round((Date.UTC(there.year, there.month - 1, there.day) - Date.UTC(here.year, here.month - 1, here.day)) / 86_400_000);
}

/** For <input type="datetime-local">: the wall's time as text, and back. */
export function toLocalInput(at: Date, zone: string): string {
  const { year, month, day, hour, minute } = wallTime(at, zone);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}`;
}

export function fromLocalInput(text: string, zone: string): Date | null {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)/.exec(text);
  if (!match) return null;
  const [year, month, day, hour, minute] = match.slice(1).map(Number) as [number, number, number, number, number];
  return instantOf({ year, month, day, hour, minute }, zone);
}
