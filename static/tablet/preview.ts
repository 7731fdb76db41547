// A form as the tablet shows it, inside a page of the desk: the same components, an invented door, no
// store and no synchroniser. What is filled in here is gone when the frame is closed.
import { createApp } from "vue";
import FormPreview from "./form-ui/FormPreview.vue";
import { followTheme } from "./preferences.ts";
import type { PreviewedForm } from "./form-ui/sample-door.ts";
import { language } from "./words/index.ts";

async function start(): Promise<void> {
  followTheme();
  const asked = new URLSearchParams(location.search);
  language.value = asked.get("language") === "en" ? "en" : "zh";
  document.documentElement.lang = language.value === "en" ? "en" : "zh-Hans";
  const answer = await fetch(new URL("../form.json", location.href), { credentials: "same-origin" });
  if (!answer.ok) throw new Error(`the form came with status ${answer.status}`);
  createApp(FormPreview, { form: (await answer.json()) as PreviewedForm }).mount("#app");
}

void start();
