// What the person likes, kept on the device in clear: it says nothing about any household.
import { computed, ref, watch, watchEffect, type Ref } from "vue";
import { language, type Language } from "./words/index.ts";

export type Theme = "system" | "light" | "dark";

const KEY = "wangge.preferences";
export const largeType: Ref<boolean> = ref(false);
export const theme: Ref<Theme> = ref("system");

const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = ref(system.matches);
system.addEventListener("change", () => (systemIsDark.value = system.matches));

/** What is drawn: the system's wish where nobody has chosen. */
export const shownTheme = computed(() => (theme.value === "system" ? (systemIsDark.value ? "dark" : "light") : theme.value));

/** Keeps the page in its colours; the style sheets know `data-theme` alone. */
export function followTheme(): void {
  watchEffect(() => (document.documentElement.dataset.theme = shownTheme.value));
}

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
  followTheme();
  watch([language, largeType, theme], show, { immediate: true });
}

function show(): void {
  const page = document.documentElement;
  page.lang = language.value === "en" ? "en" : "zh-Hans";
  page.dataset.type = largeType.value ? "large" : "";
  const chosen: Kept = { language: language.value, largeType: largeType.value, theme: theme.value };
  localStorage.setItem(KEY, JSON.stringify(chosen));
}
