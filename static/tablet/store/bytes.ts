// Bytes and their written forms. Everything here runs in a browser, a worker and plain node alike.

export type Bytes = Uint8Array<ArrayBuffer>;

const STEP = 0x8000; // String.fromCharCode takes its arguments from the stack, which has an end

export function utf8(text: string): Bytes {
  return new TextEncoder().encode(text) as Bytes;
}

export function textOf(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** The same bytes in memory of their own: WebCrypto and IndexedDB take no shared buffers. */
export function owned(bytes: Uint8Array): Bytes {
  return new Uint8Array(bytes);
}

export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  return btoa(text);
}

export function fromBase64(text: string): Bytes {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

export function randomBytes(count: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(count));
}

export async function sha256Hex(bytes: Uint8Array): Promise<string> {
  return hexOf(new Uint8Array(await crypto.subtle.digest("SHA-256", owned(bytes))));
}

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
