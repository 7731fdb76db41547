// When to try the server: at start, when the network says it is back, when the app is looked at, when somebody has
// signed in; a finished record tells by itself (store/index.ts). `navigator.onLine` is only a hint to try; whether the server is there, its answers say.
import { session } from "./store/app-store.ts";
import { sync } from "./sync/index.ts";

export function keepSending(): () => void {
  const send = (): void => void sync.now();
  const shown = (): void => {
    if (document.visibilityState === "visible") send();
  };
  addEventListener("online", send);
  document.addEventListener("visibilitychange", shown);
  const unwatch = session.onChange(() => {
    if (session.token && (sync.state.phase === "locked" || sync.state.phase === "signed_out")) send();
  });
  sync.start();
  return () => {
    removeEventListener("online", send);
    document.removeEventListener("visibilitychange", shown);
    unwatch();
    sync.stop();
  };
}
