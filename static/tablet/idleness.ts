// Five minutes without a touch, or out of sight, and the vault closes. Drafts are on disk by then.
import { session } from "./store/app-store.ts";

const PATIENCE_MS = 5 * 60_000;
const LOOK_EVERY_MS = 5_000;
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "scroll"] as const;

/** Returns the way to stop watching. */
export function watchIdleness(): () => void {
  let touched_ms = Date.now();
  // The clock, not a timer, decides: a tablet that slept for an hour locks the moment it wakes.
  const look = (): void => {
    if (session.isUnlocked && Date.now() - touched_ms > PATIENCE_MS) session.lock();
  };
  const touch = (): void => {
    look();
    touched_ms = Date.now();
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  const shown = (): void => look();
  for (const sign of SIGNS_OF_LIFE) addEventListener(sign, touch, { capture: true, passive: true });
  document.addEventListener("visibilitychange", shown);
  return () => {
    clearInterval(timer);
    for (const sign of SIGNS_OF_LIFE) removeEventListener(sign, touch, { capture: true });
    document.removeEventListener("visibilitychange", shown);
  };
}
