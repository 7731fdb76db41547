// What the tablet needs for a day without a network, asked of the browser itself.
import { reactive } from "vue";

export interface Readiness {
  isPersisted: boolean | null; // null: the browser does not say
  isInstalled: boolean;
  isApple: boolean;
  free_bytes: number | null;
  used_bytes: number;
  battery: { percent: number; isCharging: boolean } | null;
  canInstall: boolean;
}

interface Battery {
  level: number;
  charging: boolean;
}

interface InstallPrompt extends Event {
  prompt(): Promise<unknown>;
}

export const SPACE_LOW_BYTES = 500 * 2 ** 20;
export const BATTERY_LOW_PERCENT = 40;

export const readiness = reactive<Readiness>({
  isPersisted: null,
  isInstalled: false,
  isApple: /iPad|iPhone/.test(navigator.userAgent) || (navigator.userAgent.includes("Macintosh") && navigator.maxTouchPoints > 1),
  free_bytes: null,
  used_bytes: 0,
  battery: null,
  canInstall: false,
});

let installPrompt: InstallPrompt | null = null;
addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault(); // the browser's own banner would cover the page; the button says it when asked
  installPrompt = event as InstallPrompt;
  readiness.canInstall = true;
});

export async function measureReadiness(): Promise<void> {
  readiness.isInstalled = matchMedia("(display-mode: standalone)").matches || (navigator as { standalone?: boolean }).standalone === true;
  readiness.isPersisted = (await navigator.storage?.persisted?.()) ?? null;
  const found = await navigator.storage?.estimate?.();
  readiness.used_bytes = found?.usage ?? 0;
  readiness.free_bytes = found?.quota === undefined ? null : found.quota - (found.usage ?? 0);
  const battery = await (navigator as { getBattery?: () => Promise<Battery> }).getBattery?.();
  readiness.battery = battery ? { percent: Math.round(battery.level * 100), isCharging: battery.charging } : null;
}

/** Ask the browser to keep the data; answers what it said. */
export async function askToKeep(): Promise<boolean> {
  const is_kept = (await navigator.storage?.persist?.()) ?? false;
  await measureReadiness();
  return is_kept;
}

export async function install(): Promise<void> {
  await installPrompt?.prompt();
  installPrompt = null;
  readiness.canInstall = false;
  await measureReadiness();
}
