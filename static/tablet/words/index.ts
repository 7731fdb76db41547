// The words of the app in both languages. Chinese is the default; the choice is kept on the device.
// The server sends codes, never sentences, so that the app speaks offline as it does online.
import { ref, type Ref } from "vue";
import { words as core } from "./core.ts";
import { words as day } from "./day.ts";
import { words as form } from "./form.ts";

export type Language = "zh" | "en";
export type Wording = Record<Language, string>;

const all = { ...core, ...day, ...form };
export type WordKey = keyof typeof all;

export const language: Ref<Language> = ref("zh");

/** The sentence of a key in the language chosen now; `{name}` is replaced by `params.name`. */
export function t(key: WordKey, params: Record<string, string | number> = {}): string {
  return fill((all[key] as Wording)[language.value], params);
}

/** The same for a key put together at run time (`core.state.${state}`): undefined when there is none. */
export function maybe(key: string, params: Record<string, string | number> = {}): string | undefined {
  const found = (all as Record<string, Wording>)[key];
  return found && fill(found[language.value], params);
}

/** What the server or a form gives in two languages. */
export function pick(words: Wording): string {
  return words[language.value] || words.zh || words.en;
}

function fill(text: string, params: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole));
}
