// Keeps a draft on disk while its form is open: soon after every change, at once when the page goes
// away, never two writes at a time, and the newest state always written last.
import { shallowRef, type ShallowRef } from "vue";

const PAUSE_MS = 150;

export interface DraftKeeper {
  isSaved: ShallowRef<boolean>; // false only when a write has failed
  changed(): void;
  flush(): Promise<void>;
  stop(): void;
}

export function keepDraft(write: () => Promise<void>): DraftKeeper {
  const isSaved = shallowRef(true);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isDirty = false;
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();

  async function writeOnce(): Promise<void> {
    if (!isDirty || isStopped) return;
    isDirty = false;
    try {
      await write();
      isSaved.value = true;
    } catch (error) {
      isDirty = true;
      isSaved.value = false;
      console.warn("the draft was not written", error);
    }
  }

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    running = running.then(writeOnce);
    return running;
  }

  return {
    isSaved,
    changed: () => {
      isDirty = true;
      timer ??= setTimeout(() => void flush(), PAUSE_MS);
    },
    flush,
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}

/** The page is hidden, closed or put away: the last moment at which something can still be written. */
export function onPutAway(write: () => void): () => void {
  const hidden = () => document.visibilityState === "hidden" && write();
  window.addEventListener("pagehide", write);
  document.addEventListener("visibilitychange", hidden);
  return () => {
    window.removeEventListener("pagehide", write);
    document.removeEventListener("visibilitychange", hidden);
  };
}
