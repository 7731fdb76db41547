// A party's nonce: made and hashed in the page, never sent by it. The same bytes as grids/placement/lottery.py.
import { sha256Hex } from "../verify/lottery.js";

// None that is mistaken for another on paper; 31 letters, so 24 of them hold 118 bits.
const UNMISTAKABLE = "abcdefghjkmnpqrstuvwxyz23456789";
const LETTERS = 24, GROUP = 4;
export const SHORTEST = 16;

/** Random letters in groups of four, hyphens included: `k7mf-xh2q-…`. */
export function newNonce(random = (bytes) => globalThis.crypto.getRandomValues(bytes)) {
  const fair = 256 - (256 % UNMISTAKABLE.length); // bytes above would make some letters likelier
  let letters = "";
  while (letters.length < LETTERS) {
    for (const byte of random(new Uint8Array(LETTERS))) {
      if (byte < fair && letters.length < LETTERS) letters += UNMISTAKABLE[byte % UNMISTAKABLE.length];
    }
  }
  return letters.match(new RegExp(`.{${GROUP}}`, "g")).join("-");
}

/** The commitment to a nonce, as the server works it out. */
export const commitmentOf = (nonce) => sha256Hex(nonce);

/** What is to be said of a typed nonce before it is hashed: "", "short" or "edges". */
export function doubtAbout(nonce) {
  if (nonce !== nonce.trim()) return "edges";
  return nonce.length < SHORTEST ? "short" : "";
}

export const canHash = () => Boolean(globalThis.crypto?.subtle);
