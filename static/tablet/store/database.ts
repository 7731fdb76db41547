// What lies on the tablet. In clear: opaque ids, states, sizes, times and versions. Everything else is `Sealed`
// under the account's vault, and finished records are sealed once more to the server's key.
//
// Rows of two accounts never mix: every table names the account, every key begins with it. A new schema is a
// new `version(n)` with an upgrade; old versions stay, because a tablet may skip several.
import Dexie, { type Table } from "dexie";
import type { Bytes } from "./bytes.ts";
import type { Sealed, Wrapped } from "./vault.ts";
import type { OutboxState } from "../types.ts";

export interface AccountRow {
  id: string; // random: the user name is not a key
  username: string;
  display_name: string;
  wrapped: Wrapped; // the vault's key under the passphrase
  made_at: string;
}

/** Small sealed things of an account: its token, its PIN, what the server offered last. */
export interface SecretRow {
  key: string; // account/name
  account: string;
  body: Sealed;
}

export interface PackRow {
  key: string; // account/set
  account: string;
  set: string;
  version: string;
  downloaded_at: string;
  expires_at: string;
  size_bytes: number;
  body: Sealed; // the manifest, with the server's public key
}

export interface PartRow {
  key: string; // account/set/name
  account: string;
  pack: string; // account/set
  sha256: string;
  body: Sealed;
}

/** A form's definition, kept as long as a pack or a draft uses it. */
export interface FormRow {
  key: string; // account/form_id/version
  account: string;
  form_id: string;
  version: string;
  body: Sealed;
}

/** A record in the encrypted-form layout: only the server can read it. */
export interface Envelope {
  instance_id: string;
  form_id: string;
  round: string;
  xml: Bytes; // the manifest, as it is posted: these bytes never change
  sha256: string;
  files: { name: string; type: string; bytes: Bytes }[];
}

export interface DraftRow {
  id: string;
  account: string;
  set: string;
  form_id: string;
  form_version: string;
  started_at: string;
  changed_at: string;
  body: Sealed;
  recovery: Envelope | null; // readable by the server even when the passphrase is forgotten
  is_stranded: boolean; // its vault is gone; only the recovery copy is left
}

export interface PhotoRow {
  key: string; // account/draft/name
  account: string;
  draft: string;
  name: string;
  type: string;
  size_bytes: number;
  body: Sealed;
}

export interface OutboxRecord {
  seq?: number;
  key: string; // account/instance_id
  account: string;
  instance_id: string;
  form_id: string;
  round: string;
  sha256: string;
  state: OutboxState;
  photo_count: number;
  photos_sent: number;
  size_bytes: number;
  finished_at: string;
  last_tried_at: string | null;
  tries: number;
  last_error: string;
  xml: Bytes;
}

export interface OutboxFile {
  key: string; // account/instance_id/name
  record: string; // account/instance_id
  account: string;
  name: string;
  type: string;
  bytes: Bytes;
  is_sent: 0 | 1;
}

/** What was done at a door since the pack was fetched; outlives the upload until a fresh pack knows it. */
export interface VisitRow {
  key: string; // account/instance_id
  account: string;
  set: string;
  finished_at: string;
  received_at: string; // the server's time of the receipt, "" while it waits
  body: Sealed;
}

export interface KeptRow {
  key: string;
  value: unknown;
}

export class TabletDatabase extends Dexie {
  declare accounts: Table<AccountRow, string>;
  declare secrets: Table<SecretRow, string>;
  declare packs: Table<PackRow, string>;
  declare parts: Table<PartRow, string>;
  declare forms: Table<FormRow, string>;
  declare drafts: Table<DraftRow, string>;
  declare photos: Table<PhotoRow, string>;
  declare outbox: Table<OutboxRecord, number>;
  declare outboxFiles: Table<OutboxFile, string>;
  declare visits: Table<VisitRow, string>;
  declare kept: Table<KeptRow, string>;

  constructor(name = "wangge") {
    super(name);
    this.version(1).stores({
      accounts: "id, &username",
      secrets: "key, account",
      packs: "key, account",
      parts: "key, account, pack",
      forms: "key, account",
      drafts: "id, account",
      photos: "key, account, draft",
      outbox: "++seq, &key, account",
      outboxFiles: "key, account, record",
      visits: "key, account",
      kept: "key",
    });
  }
}

/** Is this the browser saying that the disk is full? Dexie wraps the error in another. */
export function isQuotaError(error: unknown): boolean {
  const found = error as { name?: string; inner?: { name?: string } } | null;
  return found?.name === "QuotaExceededError" || found?.inner?.name === "QuotaExceededError";
}
