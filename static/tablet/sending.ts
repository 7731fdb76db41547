// When to try the server: at start, when the network says it is back, when the app is looked at, when something new
// was finished. `navigator.onLine` is only a hint to try; whether the server is there, its answers say.
import { watch } from "vue";
import { now } from "./now.ts";
import { sync } from "./sync/index.ts";

export function keepSending(): () => void {
  const send = (): void => void sync.now();
  const shown = (): void => {
    if (document.visibilityState === "visible") send();
  };
  addEventListener("online", send);
  document.addEventListener("visibilitychange", shown);
  const unwatch = watch(() => now.unlocked, (is) => is && send());
  sync.start();
  return () => {
    removeEventListener("online", send);
    document.removeEventListener("visibilitychange", shown);
    unwatch();
    sync.stop();
  };
}
