// The first line of the app: what the device can do, then the screens.
import { createApp } from "vue";
import App from "./App.vue";
import { showPreferences } from "./preferences.ts";
import { startApp } from "./now.ts";
import { watchForUpdates } from "./updates.ts";

declare global {
  interface Window {
    showGate(code: "insecure" | "storage" | "old"): void;
  }
}

async function start(): Promise<void> {
  if (document.documentElement.dataset.gated) return;
  showPreferences();
  try {
    await startApp();
  } catch (error) {
    console.warn("the database does not open", error);
    window.showGate("storage");
    return;
  }
  createApp(App).mount("#app");
  void watchForUpdates();
}

void start();
