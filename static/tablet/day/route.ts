// Where one is, kept in the address: #/door/6401…: a tab that was killed opens where it was.
// `back` goes to the screen above, not to the last one: after a restart there is no last one.
import { reactive } from "vue";

export interface Place {
  name: string;
  params: string[];
}

const ABOVE: Record<string, string> = { door: "today", visit: "door", returned: "today", outbox: "today", settings: "today", ready: "today" };

export const route = reactive<Place>(readHash(location.hash));

/** "#/door/123" → {name: "door", params: ["123"]}; nothing → today. */
export function readHash(hash: string): Place {
  const [name = "", ...params] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  return { name: name || "today", params: params.filter((param) => param !== "") };
}

export function hashOf(name: string, ...params: string[]): string {
  return `#/${[name, ...params].map(encodeURIComponent).join("/")}`;
}

export function go(name: string, ...params: string[]): void {
  const hash = hashOf(name, ...params);
  if (location.hash !== hash) location.hash = hash;
  else take();
}

/** To the screen above; `params` of a visit begin with its door. */
export function back(): void {
  const above = ABOVE[route.name] ?? "today";
  go(above, ...(route.name === "visit" ? route.params.slice(0, 1) : []));
}

function take(): void {
  Object.assign(route, readHash(location.hash));
}

window.addEventListener("hashchange", take);
