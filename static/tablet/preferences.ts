// What the person likes, kept on the device in clear: it says nothing about any household.
import { ref, watch, type Ref } from "vue";
import { language, type Language } from "./words/index.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "wangge.preferences";
export const largeType: Ref<boolean> = ref(false);
export const theme: Ref<Theme> = ref("system");

interface Kept {
  language?: Language;
  largeType?: boolean;
  theme?: Theme;
}

function kept(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? "{}") as Kept;
  } catch {
    return {}; // an unreadable note is no note
  }
}

/** Read what was chosen before, show it, and keep every later choice. */
export function showPreferences(): void {
  const found = kept();
  language.value = found.language === "en" ? "en" : "zh";
  largeType.value = found.largeType === true;
  theme.value = found.theme === "light" || found.theme === "dark" ? found.theme : "system";
  watch([language, largeType, theme], show, { immediate: true });
}

function show(): void {
  const page = document.documentElement;
  page.lang = language.value === "en" ? "en" : "zh-Hans";
  page.dataset.type = largeType.value ? "large" : "";
  page.dataset.theme = theme.value === "system" ? "" : theme.value;
  const chosen: Kept = { language: language.value, largeType: largeType.value, theme: theme.value };
  localStorage.setItem(KEY, JSON.stringify(chosen));
}
