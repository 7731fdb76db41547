// Times and sizes in words. Times are shown in the tablet's own zone.
import { language, t } from "./words/index.ts";

const MINUTE_MS = 60_000;

/** “3 分钟前”, “今天 08:12”, “11月3日 17:40”. */
export function when(iso: string, from_ms = Date.now()): string {
  const at = new Date(iso);
  const ago_ms = from_ms - at.getTime();
  if (ago_ms >= 0 && ago_ms < MINUTE_MS) return t("core.when.now");
  if (ago_ms >= 0 && ago_ms < 60 * MINUTE_MS) return t("core.when.minutes", { n: Math.floor(ago_ms / MINUTE_MS) });
  const locale = language.value === "en" ? "en-GB" : "zh-CN";
  const time = at.toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit", hour12: false });
  if (at.toDateString() === new Date(from_ms).toDateString()) return t("core.when.today", { time });
  return `${at.toLocaleDateString(locale, { month: "short", day: "numeric" })} ${time}`;
}

/** Seconds until then, never less than one. */
export function inSeconds(iso: string, from_ms = Date.now()): string {
  return t("core.when.in_seconds", { n: Math.max(1, Math.round((Date.parse(iso) - from_ms) / 1000)) });
}

export function day(iso: string): string {
  const locale = language.value === "en" ? "en-GB" : "zh-CN";
  return new Date(iso).toLocaleDateString(locale, { month: "short", day: "numeric" });
}

export function isToday(iso: string): boolean {
  return new Date(iso).toDateString() === new Date().toDateString();
}

export function size(bytes: number): string {
  if (bytes >= 2 ** 30) return `${(bytes / 2 ** 30).toFixed(1)} GB`;
  if (bytes >= 2 ** 20) return `${(bytes / 2 ** 20).toFixed(bytes < 10 * 2 ** 20 ? 1 : 0)} MB`;
  return `${Math.max(1, Math.round(bytes / 1024))} KB`;
}
