import { Words } from "./words.js";

/** What the server gave a page: its state and its words, as {state, words}. */
export function pageState(document, name) {
  const read = (id) => JSON.parse(document.getElementById(id).textContent);
  return { state: read(`${name}-state`), words: new Words(read(`${name}-words`), document.documentElement.lang) };
}
