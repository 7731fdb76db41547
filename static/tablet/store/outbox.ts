// Finished records on their way to the server. A record enters in the same transaction that removes its draft, and
// leaves only on a receipt that names its very bytes. Everything in it is sealed to the server's key: it can be
// sent, or exported to a file, while the vault is locked and even when the passphrase is lost.
import { toBase64 } from "./bytes.ts";
import type { DraftRow, Envelope, OutboxFile, OutboxRecord, VisitRow } from "./database.ts";
import { closeDraft, deleteDraft } from "./drafts.ts";
import { sealingKey } from "./sealing-keys.ts";
import type { Session } from "./session.ts";
import { sealJson, unsealJson } from "./vault.ts";
import { entityUpdate, type KeptVisit } from "./visits.ts";
import { sealRecord } from "../sync/seal.ts";
import type { AboutRecord, FinishedRecord, OutboxRow, Receipt } from "../types.ts";

export const EXPORT_FORMAT = "wangge-outbox-1";

export class NoSealingKey extends Error {
  override name = "NoSealingKey";
}

/** Seal, put into the outbox, note the visit and remove the draft: all of it on disk when this resolves. */
export function finishRecord(session: Session, record: FinishedRecord, about: AboutRecord): Promise<void> {
  const work = (): Promise<void> => finish(session, record, about);
  return about.draft_id ? closeDraft(session, about.draft_id, work) : work();
}

async function finish(session: Session, record: FinishedRecord, about: AboutRecord): Promise<void> {
  const sealing = await sealingKey(session, about.set);
  if (!sealing) throw new NoSealingKey(about.set);
  const finished_at = new Date().toISOString();
  const envelope = await sealRecord(record, sealing.round, sealing.public_key);
  const { row, files } = rowsOf(session.owner.id, envelope, finished_at);
  const visit: KeptVisit = { ...about, instance_id: record.instance_id, finished_at, entity: entityUpdate(record.xml) };
  const { key, account } = row;
  const kept: VisitRow = { key, account, set: about.set, finished_at, received_at: "", body: await sealJson(session.key, visit, key) };
  const { database } = session;
  const tables = [database.outbox, database.outboxFiles, database.visits, database.drafts, database.photos];
  await database.transaction("rw", tables, async () => {
    await database.outbox.add(row); // a second finishing of the same instance id is refused by the unique key
    await database.outboxFiles.bulkAdd(files);
    await database.visits.add(kept);
    if (about.draft_id) await deleteDraft(session, about.draft_id);
  });
}

function rowsOf(account: string, envelope: Envelope, finished_at: string): { row: OutboxRecord; files: OutboxFile[] } {
  const { instance_id, form_id, round, sha256, xml } = envelope;
  const key = `${account}/${instance_id}`;
  const files = envelope.files.map((file) => ({ ...file, key: `${key}/${file.name}`, record: key, account, is_sent: 0 as const }));
  const row: OutboxRecord = {
    key,
    account,
    instance_id,
    form_id,
    round,
    sha256,
    state: "queued",
    photo_count: files.length - 1, // all but the sealed XML
    photos_sent: 0,
    size_bytes: files.reduce((sum, file) => sum + file.bytes.length, xml.length),
    finished_at,
    last_tried_at: null,
    tries: 0,
    last_error: "",
    xml,
  };
  return { row, files };
}

/** In the order in which they were finished. `about` needs the vault; a lost vault leaves it empty. */
export async function listOutbox(session: Session): Promise<OutboxRow[]> {
  const rows = await recordsOf(session, session.owner.id);
  return Promise.all(rows.map((row) => outboxRow(session, row)));
}

async function outboxRow(session: Session, row: OutboxRecord): Promise<OutboxRow> {
  const visit = await session.database.visits.get(row.key);
  const unknown: AboutRecord = { set: "", round: row.round, door: "", outcome: "met" };
  const about = visit && session.isUnlocked ? await unsealJson<KeptVisit>(session.key, visit.body, row.key) : unknown;
  const { instance_id, form_id, state, photo_count, photos_sent, size_bytes, finished_at, last_tried_at, last_error } = row;
  return { seq: row.seq!, instance_id, form_id, about, state, photo_count, photos_sent, size_bytes, finished_at, last_tried_at, last_error };
}

export async function recordsOf(session: Session, account: string): Promise<OutboxRecord[]> {
  return session.database.outbox.where("account").equals(account).sortBy("seq");
}

export function countOutbox(session: Session): Promise<number> {
  return session.account ? session.database.outbox.where("account").equals(session.account.id).count() : Promise.resolve(0);
}

/** What the server has said of a record. The only place that deletes one. */
export async function noteReceipt(session: Session, row: OutboxRecord, receipt: Receipt): Promise<boolean> {
  if (receipt.instance_id !== row.instance_id || receipt.sha256 !== row.sha256) return false; // of other bytes: not about ours
  const { database } = session;
  const tables = [database.outbox, database.outboxFiles, database.visits];
  await database.transaction("rw", tables, async () => {
    if (receipt.may_delete) return letGo(session, row, receipt);
    const missing = new Set(receipt.files_missing);
    const files = await database.outboxFiles.where("record").equals(row.key).toArray();
    await database.outboxFiles.bulkPut(files.map((file) => ({ ...file, is_sent: missing.has(file.name) ? 0 : 1 })));
    const photos_sent = files.filter((file) => !missing.has(file.name) && file.name !== "submission.xml.enc").length;
    await database.outbox.update(row.seq!, { state: "waiting_files", photos_sent, last_error: "" });
  });
  return receipt.may_delete;
}

async function letGo(session: Session, row: OutboxRecord, receipt: Receipt): Promise<void> {
  const { database } = session;
  await database.outboxFiles.where("record").equals(row.key).delete();
  await database.outbox.delete(row.seq!);
  await database.visits.update(row.key, { received_at: receipt.server_time });
}

export async function noteState(session: Session, row: OutboxRecord, change: Partial<OutboxRecord>): Promise<void> {
  await session.database.outbox.update(row.seq!, change);
}

export function filesOf(session: Session, row: OutboxRecord): Promise<OutboxFile[]> {
  return session.database.outboxFiles.where("record").equals(row.key).toArray();
}

/** Everything unsent of the account in one file: a line a record, each whole by itself, readable by the server only. */
export async function exportOutbox(session: Session): Promise<Blob> {
  const account = session.owner.id;
  const rows = await recordsOf(session, account);
  const drafts = (await session.database.drafts.where("account").equals(account).toArray()).filter((row) => row.recovery);
  const head = { format: EXPORT_FORMAT, made_at: new Date().toISOString(), records: rows.length, drafts: drafts.length };
  const lines: string[] = [JSON.stringify(head)];
  for (const row of rows) lines.push(line("record", row, await filesOf(session, row), row.finished_at));
  for (const row of drafts) lines.push(line("draft", row.recovery!, row.recovery!.files, (row as DraftRow).changed_at));
  return new Blob(lines.map((one) => `${one}\n`), { type: "application/x-ndjson" });
}

function line(kind: "record" | "draft", sealed: Omit<Envelope, "files">, files: Envelope["files"], at: string): string {
  const { instance_id, form_id, round, xml, sha256 } = sealed;
  const written = files.map((file) => ({ name: file.name, type: file.type, content: toBase64(file.bytes) }));
  return JSON.stringify({ kind, instance_id, form_id, round, at, sha256, xml: toBase64(xml), files: written });
}
