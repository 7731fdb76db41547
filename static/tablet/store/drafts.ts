// Visits under way. Saved on every change, sealed under the vault; beside it a copy sealed to the round's key, so
// that a forgotten passphrase costs nobody their afternoon: the copy can be exported and read at the desk.
import type { DraftRow, PhotoRow } from "./database.ts";
import type { Session } from "./session.ts";
import { seal, sealJson, unseal, unsealJson } from "./vault.ts";
import { sealRecord } from "../sync/seal.ts";
import { sealingKey } from "./sealing-keys.ts";
import type { Draft } from "../types.ts";

export interface PhotoFile {
  name: string;
  bytes: Uint8Array;
  type: string;
}

// Saves of one draft follow each other in the order they were asked for: sealing takes longer for some than for others.
const queues = new WeakMap<Session, Map<string, Promise<unknown>>>();
// Finished or removed: a save that comes late must not bring one back.
const closed = new WeakMap<Session, Set<string>>();

/** Resolves when the draft is on disk. */
export function saveDraft(session: Session, draft: Draft): Promise<void> {
  return inOrder(session, draft.id, async () => {
    if (!closed.get(session)?.has(draft.id)) await save(session, draft);
  });
}

async function save(session: Session, draft: Draft): Promise<void> {
  const { id, set, form_id, form_version, started_at, changed_at } = draft;
  const row: DraftRow = {
    id,
    account: session.owner.id,
    set,
    form_id,
    form_version,
    started_at,
    changed_at,
    body: await sealJson(session.key, draft, `draft ${id}`),
    recovery: await recoveryCopy(session, draft),
    is_stranded: false,
  };
  await session.database.drafts.put(row);
}

async function recoveryCopy(session: Session, draft: Draft): Promise<DraftRow["recovery"]> {
  const key = await sealingKey(session, draft.set);
  const instance_id = /<(?:\w+:)?instanceID[^>]*>([^<]+)</.exec(draft.state.xml)?.[1]?.trim();
  if (!key || !instance_id) return null;
  const record = { instance_id, form_id: draft.form_id, form_version: draft.form_version, xml: draft.state.xml, files: [] };
  return sealRecord(record, key.round, key.public_key);
}

export async function loadDraft(session: Session, id: string): Promise<Draft | null> {
  const row = await session.database.drafts.get(id);
  if (!row || row.account !== session.owner.id || row.is_stranded) return null;
  return unsealJson<Draft>(session.key, row.body, `draft ${id}`);
}

/** Newest first; of one set when it is named. */
export async function listDrafts(session: Session, set?: string): Promise<Draft[]> {
  const rows = await session.database.drafts.where("account").equals(session.owner.id).toArray();
  const open = rows.filter((row) => !row.is_stranded && (set === undefined || row.set === set));
  const found = await Promise.all(open.map((row) => unsealJson<Draft>(session.key, row.body, `draft ${row.id}`)));
  return found.sort((a, b) => b.changed_at.localeCompare(a.changed_at));
}

/** Drafts whose vault is gone: only the server can read them, from an exported file. */
export async function countStranded(session: Session): Promise<number> {
  return session.database.drafts.where("account").equals(session.owner.id).filter((row) => row.is_stranded).count();
}

export function removeDraft(session: Session, id: string): Promise<void> {
  const { database } = session;
  return closeDraft(session, id, () =>
    database.transaction("rw", [database.drafts, database.photos], () => deleteDraft(session, id)),
  );
}

/** The rows of a draft, inside the caller's transaction. */
export async function deleteDraft(session: Session, id: string): Promise<void> {
  await session.database.photos.where("draft").equals(id).delete();
  await session.database.drafts.delete(id);
}

/** The last thing that happens to a draft: after every save asked for before, and none comes after. */
export function closeDraft(session: Session, id: string, work: () => Promise<void>): Promise<void> {
  return inOrder(session, id, async () => {
    await work();
    closed.set(session, (closed.get(session) ?? new Set<string>()).add(id));
  });
}

export async function savePhoto(session: Session, draft: string, photo: PhotoFile): Promise<void> {
  const account = session.owner.id;
  const key = `${account}/${draft}/${photo.name}`;
  const body = await seal(session.key, photo.bytes, key);
  const row: PhotoRow = { key, account, draft, name: photo.name, type: photo.type, size_bytes: photo.bytes.length, body };
  await session.database.photos.put(row);
}

export async function loadPhotos(session: Session, draft: string): Promise<PhotoFile[]> {
  const rows = await session.database.photos.where("draft").equals(draft).toArray();
  const own = rows.filter((row) => row.account === session.owner.id);
  return Promise.all(own.map(async (row) => ({ name: row.name, type: row.type, bytes: await unseal(session.key, row.body, row.key) })));
}

export async function removePhoto(session: Session, draft: string, name: string): Promise<void> {
  await session.database.photos.delete(`${session.owner.id}/${draft}/${name}`);
}

function inOrder<Result>(session: Session, draft: string, work: () => Promise<Result>): Promise<Result> {
  const queue = queues.get(session) ?? new Map<string, Promise<unknown>>();
  queues.set(session, queue);
  const next = (queue.get(draft) ?? Promise.resolve()).then(work, work);
  const done = next.catch(() => undefined);
  queue.set(draft, done);
  void done.then(() => queue.get(draft) === done && queue.delete(draft));
  return next;
}

