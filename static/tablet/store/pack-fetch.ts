// Fetching the day pack. A new one replaces the old in one transaction, or not at all; drafts and outbox lie in other
// tables and are never touched by it.
import { sha256Hex } from "./bytes.ts";
import type { FormRow, PackRow, PartRow } from "./database.ts";
import { forgetPack, forgetUnusedForms, partKey } from "./packs.ts";
import { keepSealingKey } from "./sealing-keys.ts";
import type { Session } from "./session.ts";
import { seal, sealJson, unseal } from "./vault.ts";
import type { Server } from "../sync/server.ts";
import type { PackManifest, PackOffer, PackPart } from "../types.ts";

export const CLIENT = 1; // raised when an older app could no longer read a pack; see PackManifest.min_client

export class AppTooOld extends Error {
  override name = "AppTooOld";
}

export class DamagedPart extends Error {
  override name = "DamagedPart";
}

export async function listPacks(session: Session, server: Server): Promise<PackOffer[]> {
  const { packs } = await server.packs(session.token);
  await session.keepSecret("offers", packs);
  return packs;
}

/** What the server offered last, for a morning without a signal. */
export async function knownPacks(session: Session): Promise<PackOffer[]> {
  return (await session.secret<PackOffer[]>("offers")) ?? [];
}

/** Fetch a pack; parts that are here already are not fetched again. */
export async function downloadPack(
  session: Session,
  server: Server,
  set: string,
  onProgress: (done_bytes: number, total_bytes: number) => void = () => {},
): Promise<void> {
  const manifest = await server.manifest(session.token, set);
  if (manifest.min_client > CLIENT) throw new AppTooOld();
  const total = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
  let done = 0;
  const fetched: { part: PackPart; bytes: Uint8Array }[] = [];
  for (const part of manifest.parts) {
    fetched.push({ part, bytes: (await heldPart(session, set, part)) ?? (await fetchPart(session, server, part)) });
    onProgress((done += part.bytes), total);
  }
  await replacePack(session, manifest, fetched);
}

async function heldPart(session: Session, set: string, part: PackPart): Promise<Uint8Array | null> {
  const row = await session.database.parts.get(partKey(session, set, part.name));
  return row?.sha256 === part.sha256 ? unseal(session.key, row.body, row.key) : null;
}

async function fetchPart(session: Session, server: Server, part: PackPart): Promise<Uint8Array> {
  const bytes = await server.part(session.token, part.url);
  if ((await sha256Hex(bytes)) !== part.sha256) throw new DamagedPart(part.name);
  return bytes;
}

async function replacePack(session: Session, manifest: PackManifest, fetched: { part: PackPart; bytes: Uint8Array }[]): Promise<void> {
  const { database, key } = session;
  const account = session.owner.id;
  const pack = `${account}/${manifest.set}`;
  const parts: PartRow[] = [];
  const forms: FormRow[] = [];
  for (const { part, bytes } of fetched) {
    const form = manifest.forms.find((one) => one.part === part.name);
    const at = partKey(session, manifest.set, part.name);
    parts.push({ key: at, account, pack, sha256: part.sha256, body: await seal(key, bytes, at) });
    if (form) forms.push(await formRow(session, form.form_id, form.version, bytes));
  }
  const size_bytes = manifest.parts.reduce((sum, part) => sum + part.bytes, 0);
  const body = await sealJson(key, manifest, pack);
  const { set, version, expires_at } = manifest;
  const row: PackRow = { key: pack, account, set, version, downloaded_at: new Date().toISOString(), expires_at, size_bytes, body };
  await keepSealingKey(session, set, { round: manifest.round.uid, public_key: manifest.public_key });
  const known = await visitsKnownTo(session, manifest);
  await database.transaction("rw", [database.packs, database.parts, database.forms, database.visits, database.drafts], async () => {
    await database.parts.where("pack").equals(pack).delete();
    await database.packs.put(row);
    await database.parts.bulkPut(parts);
    await database.forms.bulkPut(forms);
    await database.visits.bulkDelete(known);
  });
  forgetPack(session, set);
  await forgetUnusedForms(session);
}

/** Local visits that the server had received before it made this pack: the pack tells of them now. */
async function visitsKnownTo(session: Session, manifest: PackManifest): Promise<string[]> {
  const rows = await session.database.visits.where("account").equals(session.owner.id).toArray();
  const made_at = Date.parse(manifest.server_time);
  return rows.filter((row) => row.set === manifest.set && row.received_at && Date.parse(row.received_at) < made_at).map((row) => row.key);
}

async function formRow(session: Session, form_id: string, version: string, xml: Uint8Array): Promise<FormRow> {
  const account = session.owner.id;
  const key = `${account}/${form_id}/${version}`;
  return { key, account, form_id, version, body: await seal(session.key, xml, key) };
}
