// A new version of the app: fetched by itself, applied by consent.
import { now } from "./now.ts";

let waiting: ServiceWorker | null = null;

/** Register the worker and note when a newer one waits. Without a worker the app still runs, online only. */
export async function watchForUpdates(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  try {
    const found = await navigator.serviceWorker.register("/tablet/sw.js", { scope: "/tablet/" });
    noteWaiting(found);
    found.addEventListener("updatefound", () => {
      found.installing?.addEventListener("statechange", () => noteWaiting(found));
    });
    await navigator.serviceWorker.ready;
    now.worksOffline = true;
  } catch (error) {
    console.warn("the service worker was not registered", error);
  }
}

function noteWaiting(found: ServiceWorkerRegistration): void {
  waiting = found.waiting;
  now.updateWaiting = waiting !== null && navigator.serviceWorker.controller !== null;
}

/** Ask the server for a newer version now; answers whether the question reached it. */
export async function lookForUpdate(): Promise<boolean> {
  const found = await navigator.serviceWorker?.getRegistration("/tablet/");
  if (!found) return false;
  try {
    await found.update();
  } catch {
    return false; // no network, or the server is down
  }
  await settled(found.installing);
  noteWaiting(found);
  return true;
}

/** Resolves when a worker that is being installed waits, runs or has failed. */
function settled(worker: ServiceWorker | null): Promise<void> {
  return new Promise((done) => {
    const look = (): void => {
      if (!worker || worker.state !== "installing") done();
    };
    worker?.addEventListener("statechange", look);
    look();
  });
}

/** Switch to the version that waits. The page loads anew; drafts and outbox stay where they are. */
export function applyUpdate(): void {
  if (!waiting) return;
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage({ type: "SKIP_WAITING" });
}
