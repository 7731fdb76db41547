// The lottery, version 1, in the browser: the same bytes as grids/placement/lottery.py, hashed by WebCrypto.
const encoder = new TextEncoder();

export const SPEC = "mix-lottery-v1";

export const bytesOf = (text) => encoder.encode(text);

export const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

export function bytesOfHex(hex) {
  if (!/^([0-9a-f]{2})*$/.test(hex)) throw new TypeError("not hexadecimal");
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}

export async function sha256(bytes) {
  return new Uint8Array(await globalThis.crypto.subtle.digest("SHA-256", bytes));
}

export const sha256Hex = async (text) => hexOf(await sha256(bytesOf(text)));

/** Order of the UTF-8 bytes, which is the order of the code points; plain `<` compares UTF-16. */
export function byBytes(first, second) {
  const one = [...first], other = [...second];
  for (let place = 0; place < one.length && place < other.length; place += 1) {
    const difference = one[place].codePointAt(0) - other[place].codePointAt(0);
    if (difference) return difference;
  }
  return one.length - other.length;
}

/** Every part as eight bytes of length, big-endian, then the part: two texts cannot run into one another. */
export function lengthPrefixed(parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + 8 + part.length, 0));
  const view = new DataView(whole.buffer);
  let place = 0;
  for (const part of parts) {
    view.setBigUint64(place, BigInt(part.length));
    whole.set(part, place + 8);
    place += 8 + part.length;
  }
  return whole;
}

export const listHash = (ids) => sha256Hex([...ids].sort(byBytes).map((one) => `${one}\n`).join(""));

/** `hashes` enter as their 32 bytes, texts as UTF-8, nonces in the order of the commitments. */
export async function seedOf({ listHash: list, rulesHash, nonces, beacon }) {
  const texts = [...nonces, beacon].map(bytesOf);
  return hexOf(await sha256(lengthPrefixed([bytesOf(SPEC), bytesOfHex(list), bytesOfHex(rulesHash), ...texts])));
}

export const ticketOf = (seed, receipt) => sha256Hex(`${seed}:${receipt}`);

/** Receipt numbers by priority class, then ticket, then number. `list`: [{id, priority}]. */
export async function orderOf(seed, list) {
  const drawn = await Promise.all(list.map(async (one) => ({ ...one, ticket: await ticketOf(seed, one.id) })));
  drawn.sort((a, b) => a.priority - b.priority || byBytes(a.ticket, b.ticket) || byBytes(a.id, b.id));
  return drawn;
}

export async function rowHash(secret, receipt, label, building) {
  return hexOf(await sha256(lengthPrefixed([secret, receipt, label, building].map(bytesOf))));
}

/** The one JSON text of a value: keys sorted, no spaces. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value && typeof value === "object") {
    return `{${Object.keys(value).sort(byBytes).map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join(",")}}`;
  }
  return JSON.stringify(value);
}
