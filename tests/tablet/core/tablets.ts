// A tablet in plain node: a database in memory, a session with an open vault, and a server that is as bad as told.
import "fake-indexeddb/auto";
import { TabletDatabase } from "../../../static/tablet/store/database.ts";
import { keepSealingKey } from "../../../static/tablet/store/sealing-keys.ts";
import { Session } from "../../../static/tablet/store/session.ts";
import type { AboutRecord, FinishedRecord } from "../../../static/tablet/types.ts";

export const PASSPHRASE = "青山绿水一二三四";
export const PIN = "246810";
export const SET = "3f1c2f5e-0f53-4a3a-9d7e-1b2c3d4e5f60";
export const ROUND = "aaaaaaaa-0f53-4a3a-9d7e-1b2c3d4e5f60";
const FEW = 10; // rounds of PBKDF2: what they cost is not what these tests are about

let made = 0;

/** The key pair of a round, public half as the manifest carries it. */
export async function roundKey(): Promise<{ publicKey: string; privateKey: CryptoKey }> {
  const how = { name: "RSA-OAEP", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
  const pair = await crypto.subtle.generateKey(how, true, ["encrypt", "decrypt"]);
  const spki = new Uint8Array(await crypto.subtle.exportKey("spki", pair.publicKey));
  return { publicKey: Buffer.from(spki).toString("base64"), privateKey: pair.privateKey };
}

const shared = roundKey();

export async function newSession(username = "wang", database = new TabletDatabase(`tablet-${(made += 1)}`)): Promise<Session> {
  const session = new Session(database, FEW);
  await session.makeVault({ username, display_name: username }, PASSPHRASE, PIN);
  await session.keepToken(`token-of-${username}`);
  await keepSealingKey(session, SET, { round: ROUND, public_key: (await shared).publicKey });
  return session;
}

/** What a reload leaves: the same database, nothing in memory. */
export function afterReload(session: Session): Session {
  return new Session(session.database, FEW);
}

export function record(door: string, photos: Uint8Array[] = []): { record: FinishedRecord; about: AboutRecord } {
  const instance_id = `uuid:${crypto.randomUUID()}`;
  const xml =
    `<data xmlns:orx="http://openrosa.org/xforms" id="wangge_visit" version="1"><dwelling>${door}</dwelling>` +
    `<orx:meta><orx:instanceID>${instance_id}</orx:instanceID></orx:meta></data>`;
  const files = photos.map((bytes, at) => ({ name: `${at + 1}.jpg`, bytes, type: "image/jpeg" }));
  return {
    record: { instance_id, form_id: "wangge_visit", form_version: "1", xml, files },
    about: { set: SET, round: ROUND, door, outcome: "no_one_in" },
  };
}
