// Everything that a resident said lies on the tablet under one random key, and that key lies under a
// passphrase. A PIN only re-opens a vault that this page opened before: its wrapped key is in memory, never on
// disk. A six-digit PIN, or a poor passphrase, falls to patient guessing by whoever has copied the storage; the
// sentence beside the field says so, and nothing here pretends otherwise.
import { owned, randomBytes, textOf, utf8, type Bytes } from "./bytes.ts";

export const PASSPHRASE_LENGTH = 8;
export const PIN_LENGTH = 6;
export const ITERATIONS = 600_000;

/** AES-256-GCM: fresh nonce, ciphertext with tag. What it is about is bound to it and not stored. */
export interface Sealed {
  nonce: Bytes;
  content: Bytes;
}

export interface Wrapped extends Sealed {
  salt: Bytes;
  iterations: number;
}

export class WrongSecret extends Error {
  override name = "WrongSecret";
}

export async function seal(key: CryptoKey, content: Uint8Array, about: string): Promise<Sealed> {
  const nonce = randomBytes(12);
  const how = { name: "AES-GCM", iv: nonce, additionalData: utf8(about) };
  return { nonce, content: new Uint8Array(await crypto.subtle.encrypt(how, key, owned(content))) };
}

/** Throws WrongSecret: another key, another place, or bytes that were changed. */
export async function unseal(key: CryptoKey, sealed: Sealed, about: string): Promise<Bytes> {
  const how = { name: "AES-GCM", iv: sealed.nonce, additionalData: utf8(about) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key, sealed.content));
  } catch {
    throw new WrongSecret(about);
  }
}

export async function sealJson(key: CryptoKey, value: unknown, about: string): Promise<Sealed> {
  return seal(key, utf8(JSON.stringify(value)), about);
}

export async function unsealJson<Value>(key: CryptoKey, sealed: Sealed, about: string): Promise<Value> {
  return JSON.parse(textOf(await unseal(key, sealed, about))) as Value;
}

export async function importKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
}

/** Put the vault's key under a passphrase or a PIN. */
export async function wrap(raw: Bytes, secret: string, about: string, iterations = ITERATIONS): Promise<Wrapped> {
  const salt = randomBytes(16);
  const sealed = await seal(await importKey(await stretch(secret, salt, iterations)), raw, about);
  return { ...sealed, salt, iterations };
}

export async function unwrap(wrapped: Wrapped, secret: string, about: string): Promise<Bytes> {
  return unseal(await importKey(await stretch(secret, wrapped.salt, wrapped.iterations)), wrapped, about);
}

/** PBKDF2-SHA256. Chinese passphrases are typed by input methods that differ in composition, hence NFKC. */
export async function stretch(secret: string, salt: Bytes, iterations: number): Promise<Bytes> {
  const base = await crypto.subtle.importKey("raw", utf8(secret.normalize("NFKC")), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt, iterations };
  return new Uint8Array(await crypto.subtle.deriveBits(how, base, 256));
}
