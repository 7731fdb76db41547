// The day pack as the screens see it: what the server said of the doors, with this tablet's own work laid over it.
import { sha256Hex, textOf, utf8, type Bytes } from "./bytes.ts";
import type { PackRow } from "./database.ts";
import type { Session } from "./session.ts";
import { unseal, unsealJson } from "./vault.ts";
import { localVisits, type LocalVisit } from "./visits.ts";
import type { PackDoor, PackManifest, Places, ReturnedRecord } from "../types.ts";

/** A door with what this tablet knows beyond the pack: its own updates that the server has not told it of. */
export interface DoorNow extends PackDoor {
  trunk_version: number; // the server's version that all local ones grew from
  branch_id: string; // names this tablet's line of updates since the pack
}

export interface FormDefinition {
  form_id: string;
  version: string;
  xml: string;
}

export interface Notice {
  version: number;
  text: { zh: string; en: string };
  contact: string;
}

export interface Pack {
  manifest: PackManifest;
  downloaded_at: string;
  places: Omit<Places, "doors"> & { doors: DoorNow[] };
  notice: Notice | null;
  returned: ReturnedRecord[];
}

const cache = new WeakMap<Session, Map<string, Pack>>();

export function heldPacks(session: Session): Promise<PackRow[]> {
  return session.database.packs.where("account").equals(session.owner.id).toArray();
}

/** The pack of a set, with this tablet's own work laid over it; null when there is none, or it has expired. */
export async function currentPack(session: Session, set: string): Promise<Pack | null> {
  const kept = cache.get(session)?.get(set);
  const key = session.key; // throws when locked, cache or not
  const row = await session.database.packs.get(`${session.owner.id}/${set}`);
  if (!row) return null;
  if (Date.parse(row.expires_at) < Date.now()) {
    await removePack(session, set);
    return null;
  }
  if (kept && kept.downloaded_at === row.downloaded_at) return layLocalOver(session, kept);
  const manifest = await unsealJson<PackManifest>(key, row.body, row.key);
  const pack = await readPack(session, manifest, row.downloaded_at);
  cache.set(session, (cache.get(session) ?? new Map<string, Pack>()).set(set, pack));
  return layLocalOver(session, pack);
}

/** What the list of doors needs, and no more: it stands between the passphrase and the first door. */
async function readPack(session: Session, manifest: PackManifest, downloaded_at: string): Promise<Pack> {
  const json = async <Value>(name: string): Promise<Value | null> => {
    const found = await partOf(session, manifest.set, name);
    return found && (JSON.parse(textOf(found)) as Value);
  };
  const [places, notice, returned, seed] = await Promise.all([
    json<Places>("places.json"),
    json<Notice>("notice.json"),
    json<ReturnedRecord[]>("returned.json"),
    sha256Hex(utf8(`${manifest.set} ${downloaded_at} ${session.owner.id}`)),
  ]);
  const { buildings, doors, outline } = places ?? { buildings: [], doors: [], outline: null };
  return { manifest, downloaded_at, places: { buildings, doors: doorsOf(doors, seed), outline }, notice, returned: returned ?? [] };
}

/** The pack's own map of the area, read when the map is looked at. */
export async function baseMap(session: Session, set: string): Promise<Blob | null> {
  const found = await partOf(session, set, "base.pmtiles");
  return found && new Blob([found]);
}

async function partOf(session: Session, set: string, name: string): Promise<Bytes | null> {
  const row = await session.database.parts.get(partKey(session, set, name));
  return row ? unseal(session.key, row.body, row.key) : null;
}

/** In place: thousands of them, fresh from the pack and nobody else's yet. */
function doorsOf(doors: PackDoor[], seed: string): DoorNow[] {
  return doors.map((door) => Object.assign(door, { trunk_version: door.version, branch_id: branchOf(seed, door.entity) }));
}

/** Versions, facts and branch of doors where this tablet has updated the dwelling since the pack. */
async function layLocalOver(session: Session, pack: Pack): Promise<Pack> {
  const visits = await localVisits(session, pack.manifest.set);
  if (!visits.length) return pack;
  const answered = new Set(visits.map((one) => one.replaces).filter(Boolean));
  const byDoor = byDoorOf(visits);
  const doors = pack.places.doors.map((door) => updatedDoor(door, byDoor.get(door.code) ?? []));
  const returned = pack.returned.filter((one) => !answered.has(one.instance_id));
  return { ...pack, returned, places: { ...pack.places, doors } };
}

function byDoorOf(visits: LocalVisit[]): Map<string, LocalVisit[]> {
  const found = new Map<string, LocalVisit[]>();
  for (const one of visits) found.set(one.door, [...(found.get(one.door) ?? []), one]);
  return found;
}

function updatedDoor(door: DoorNow, visits: LocalVisit[]): DoorNow {
  if (!visits.length) return door;
  const facts = visits.reduce((sum, one) => ({ ...sum, ...one.facts }), door.facts);
  const last = visits.findLast((one) => one.entity)?.entity;
  if (!last) return { ...door, facts };
  return { ...door, facts, version: last.base_version + 1, trunk_version: last.trunk_version, branch_id: last.branch_id };
}

/**
 * A UUID (version 4 in form) that is the same for one door of one download: it names one line of updates. The
 * entity's own UUID laid over the download's hash: as unique as the two, and 5,000 of them take no time.
 */
export function branchOf(seed: string, entity: string): string {
  const own = entity.replaceAll("-", "");
  const word = (at: number): number => parseInt(seed.slice(at, at + 8), 16) ^ parseInt(own.slice(at, at + 8), 16);
  const written = (value: number): string => (value >>> 0).toString(16).padStart(8, "0");
  const b = written((word(8) & 0xffff0fff) | 0x4000);
  const c = written((word(16) & 0x3fffffff) | 0x80000000);
  return `${written(word(0))}-${b.slice(0, 4)}-${b.slice(4)}-${c.slice(0, 4)}-${c.slice(4)}${written(word(24))}`;
}

/** A form as it was when its draft was begun: the version is never swapped under a visit. */
export async function formDefinition(session: Session, form_id: string, version: string): Promise<FormDefinition | undefined> {
  const key = `${session.owner.id}/${form_id}/${version}`;
  const row = await session.database.forms.get(key);
  return row && { form_id, version, xml: textOf(await unseal(session.key, row.body, key)) };
}

export async function removePack(session: Session, set: string): Promise<void> {
  const { database } = session;
  const pack = `${session.owner.id}/${set}`;
  await database.transaction("rw", [database.packs, database.parts], async () => {
    await database.parts.where("pack").equals(pack).delete();
    await database.packs.delete(pack);
  });
  forgetPack(session, set);
  await forgetUnusedForms(session);
}

export function forgetPack(session: Session, set: string): void {
  cache.get(session)?.delete(set);
}

/** What was read of packs is forgotten with the key. */
export function forgetPacks(session: Session): void {
  cache.delete(session);
}

/** Definitions that neither a pack nor a draft uses any more. */
export async function forgetUnusedForms(session: Session): Promise<void> {
  const { database } = session;
  const account = session.owner.id;
  const used = new Set((await database.drafts.where("account").equals(account).toArray()).map((row) => `${account}/${row.form_id}/${row.form_version}`));
  for (const row of await heldPacks(session)) {
    const manifest = await unsealJson<PackManifest>(session.key, row.body, row.key);
    for (const form of manifest.forms) used.add(`${account}/${form.form_id}/${form.version}`);
  }
  const all = (await database.forms.where("account").equals(account).primaryKeys()) as string[];
  await database.forms.bulkDelete(all.filter((key) => !used.has(key)));
}

export function partKey(session: Session, set: string, name: string): string {
  return `${session.owner.id}/${set}/${name}`;
}

