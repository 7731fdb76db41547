// Between what a date picker shows and what the XML holds: "09:30" ↔ "09:30:00.000+08:00".

export type When = "date" | "time" | "dateTime";

export function writtenText(kind: When, picked: string): string {
  if (kind === "date") return picked;
  if (kind === "time") return `${clock(picked)}${zone(new Date())}`;
  const [day = "", time = ""] = picked.split("T");
  return `${day}T${clock(time)}${zone(new Date(picked))}`;
}

export function pickedText(kind: When, written: string): string {
  if (written === "" || kind === "date") return written.slice(0, 10);
  if (kind === "time") return written.slice(0, 5);
  const moment = new Date(written);
  if (Number.isNaN(moment.getTime())) return "";
  const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 16);
}

function clock(time: string): string {
  const [hours = "00", minutes = "00", seconds = "00"] = time.split(":");
  return `${hours}:${minutes}:${seconds.slice(0, 2)}.000`;
}

function zone(moment: Date): string {
  const minutes = -moment.getTimezoneOffset();
  const two = (n: number) => String(Math.floor(Math.abs(n))).padStart(2, "0");
  return `${minutes < 0 ? "-" : "+"}${two(minutes / 60)}:${two(Math.abs(minutes) % 60)}`;
}
