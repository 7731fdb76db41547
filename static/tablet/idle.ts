// Work that nobody waits for: done when the browser has nothing else to do, one piece at a time.

const AT_LATEST_MS = 2000;

/** Resolves when nothing is drawn or typed; Safari knows no such moment, there it is a short pause. */
export function idle(): Promise<void> {
  return new Promise((done) => {
    if ("requestIdleCallback" in globalThis) requestIdleCallback(() => done(), { timeout: AT_LATEST_MS });
    else setTimeout(done, 50);
  });
}
