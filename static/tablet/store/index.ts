// What the screens use. Each function is the one of its file, bound to the app's own session; tests and the fault
// runs call the files directly with sessions of their own.
import { server, session } from "./app-store.ts";
import * as drafts from "./drafts.ts";
import * as outbox from "./outbox.ts";
import * as fetching from "./pack-fetch.ts";
import * as packs from "./packs.ts";
import * as visits from "./visits.ts";
import { sync } from "../sync/index.ts";
import type { AboutRecord, Draft, FinishedRecord, OutboxRow, PackOffer } from "../types.ts";

export { isQuotaError } from "./database.ts";
export type { AccountRow, PackRow } from "./database.ts";
export type { PhotoFile } from "./drafts.ts";
export { AppTooOld, DamagedPart } from "./pack-fetch.ts";
export type { DoorNow, FormDefinition, Notice, Pack } from "./packs.ts";
export { TooShort, VaultLocked } from "./session.ts";
export { PASSPHRASE_LENGTH, PIN_LENGTH, WrongSecret } from "./vault.ts";
export type { LocalVisit } from "./visits.ts";
export { session };

export const isUnlocked = (): boolean => session.isUnlocked;
export const lock = (): void => session.lock();

export const listPacks = (): Promise<PackOffer[]> => fetching.listPacks(session, server);
export const knownPacks = (): Promise<PackOffer[]> => fetching.knownPacks(session);
export const heldPacks = (): ReturnType<typeof packs.heldPacks> => packs.heldPacks(session);
export const downloadPack = (set: string, onProgress?: (done_bytes: number, total_bytes: number) => void): Promise<void> =>
  fetching.downloadPack(session, server, set, onProgress);
export const currentPack = (set: string): Promise<packs.Pack | null> => packs.currentPack(session, set);
export const baseMap = (set: string): Promise<Blob | null> => packs.baseMap(session, set);
export const removePack = (set: string): Promise<void> => packs.removePack(session, set);
export const formDefinition = (form_id: string, version: string): Promise<packs.FormDefinition | undefined> =>
  packs.formDefinition(session, form_id, version);

export const saveDraft = (draft: Draft): Promise<void> => drafts.saveDraft(session, draft);
export const loadDraft = (id: string): Promise<Draft | null> => drafts.loadDraft(session, id);
export const listDrafts = (set?: string): Promise<Draft[]> => drafts.listDrafts(session, set);
export const removeDraft = (id: string): Promise<void> => drafts.removeDraft(session, id);
export const countStranded = (): Promise<number> => drafts.countStranded(session);
export const savePhoto = (draft: string, photo: drafts.PhotoFile): Promise<void> => drafts.savePhoto(session, draft, photo);
export const loadPhotos = (draft: string): Promise<drafts.PhotoFile[]> => drafts.loadPhotos(session, draft);
export const removePhoto = (draft: string, name: string): Promise<void> => drafts.removePhoto(session, draft, name);

/** On disk when this resolves; sending begins then, and nobody waits for it. */
export async function finishRecord(record: FinishedRecord, about: AboutRecord): Promise<void> {
  await outbox.finishRecord(session, record, about);
  void sync.now();
}
export const listOutbox = (): Promise<OutboxRow[]> => outbox.listOutbox(session);
export const exportOutbox = (): Promise<Blob> => outbox.exportOutbox(session);

/** Every record made on this tablet since the pack was fetched, oldest first, sent ones included. */
export const doorStates = (set: string): Promise<visits.LocalVisit[]> => visits.localVisits(session, set);
