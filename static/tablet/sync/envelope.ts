// ODK's encrypted-form layout: a finished record that only the server can read.
//
// One AES-256 key a record, wrapped with the round's RSA key (OAEP, SHA-256). Every file is AES-CFB with PKCS#7
// padding; its initialisation vector is MD5(instance id + key) with one byte raised per file, media in the order
// of the manifest, the XML last. Source: getodk.github.io/xforms-spec/encryption; the server's half is
// survey/envelopes.py, and a test opens there what is sealed here.
import { cfb } from "@noble/ciphers/aes.js";
import { md5 } from "@noble/hashes/legacy.js";
import { fromBase64, hexOf, owned, randomBytes, sha256Hex, toBase64, utf8, type Bytes } from "../store/bytes.ts";
import type { Envelope } from "../store/database.ts";
import type { FinishedRecord } from "../types.ts";

const BLOCK = 16;
const XML_FILE = "submission.xml";
const SUFFIX = ".enc";
const SUBMISSIONS = "http://opendatakit.org/submissions";
const METADATA = "http://openrosa.org/xforms";

/** Seal a record to the round's public key (SubjectPublicKeyInfo, base64). Sealing twice gives other bytes. */
export async function sealRecord(record: FinishedRecord, round: string, publicKey: string): Promise<Envelope> {
  const key = randomBytes(32);
  const plain = [...record.files, { name: XML_FILE, bytes: utf8(record.xml), type: "application/octet-stream" }];
  const files = plain.map((file, at) => ({
    name: file.name + SUFFIX,
    type: "application/octet-stream",
    bytes: encrypt(key, vector(record.instance_id, key, at), file.bytes),
  }));
  const rsa = await importPublicKey(publicKey);
  const wrappedKey = await wrap(rsa, key);
  const said = [record.form_id, record.form_version, wrappedKey, record.instance_id];
  const sums = plain.map((file) => `${file.name}::${hexOf(md5(file.bytes))}`);
  const signature = await wrap(rsa, md5(utf8([...said, ...sums].map((line) => `${line}\n`).join(""))));
  const xml = utf8(manifest(record, wrappedKey, signature, files.slice(0, -1).map((file) => file.name)));
  key.fill(0);
  return { instance_id: record.instance_id, form_id: record.form_id, round, xml, sha256: await sha256Hex(xml), files };
}

/** The initialisation vector of the file with this number, counted from 0. */
export function vector(instance_id: string, key: Uint8Array, number: number): Uint8Array {
  const seed = md5(new Uint8Array([...utf8(instance_id), ...key]));
  for (let at = 0; at <= number; at += 1) seed[at % BLOCK] = (seed[at % BLOCK]! + 1) & 0xff;
  return seed;
}

function encrypt(key: Bytes, iv: Uint8Array, plain: Uint8Array): Bytes {
  const added = BLOCK - (plain.length % BLOCK);
  const padded = new Uint8Array(plain.length + added);
  padded.set(plain);
  padded.fill(added, plain.length);
  return owned(cfb(key, iv).encrypt(padded));
}

function importPublicKey(text: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("spki", fromBase64(text), { name: "RSA-OAEP", hash: "SHA-256" }, false, ["encrypt"]);
}

async function wrap(rsa: CryptoKey, content: Uint8Array): Promise<string> {
  return toBase64(new Uint8Array(await crypto.subtle.encrypt({ name: "RSA-OAEP" }, rsa, owned(content))));
}

function manifest(record: FinishedRecord, key: string, signature: string, media: string[]): string {
  const files = media.map((name) => `<media><file>${escape(name)}</file></media>`).join("");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<data xmlns="${SUBMISSIONS}" encrypted="yes" id="${escape(record.form_id)}"` +
    ` version="${escape(record.form_version)}"><base64EncryptedKey>${key}</base64EncryptedKey>` +
    `<orx:meta xmlns:orx="${METADATA}"><orx:instanceID>${escape(record.instance_id)}</orx:instanceID></orx:meta>` +
    files +
    `<encryptedXmlFile>${XML_FILE}${SUFFIX}</encryptedXmlFile>` +
    `<base64EncryptedElementSignature>${signature}</base64EncryptedElementSignature></data>`
  );
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" })[letter]!);
}
