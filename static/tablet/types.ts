// What the parts of the tablet app hand each other, and what the server sends them.
// Coordinates are [lon, lat] in degrees. Times are ISO 8601 with zone. Codes are digits.

/** One row of GET /api/v1/packs/ */
export interface PackOffer {
  set: string; // AssignmentSet.uid
  round: RoundFacts;
  dwelling_count: number;
  version: string; // changes with anything in the pack
}

export interface RoundFacts {
  uid: string;
  name: string;
  starts_on: string;
  ends_on: string;
  state: "open" | "closed";
  town: { slug: string; name_zh: string; name_en: string; time_zone: string };
  attempt_cap: number;
  cool_down_hours: number;
}

/** GET /api/v1/packs/<set>/manifest.json */
export interface PackManifest {
  set: string;
  version: string;
  round: RoundFacts;
  public_key: string; // RSA SubjectPublicKeyInfo, base64: finished records are sealed to it
  forms: { form_id: string; version: string; part: string; is_visit_form: boolean; title: Words }[];
  parts: PackPart[];
  expires_at: string;
  server_time: string;
  min_client: number; // older apps may still upload, not download
}

export interface PackPart {
  name: string; // "places.json" | "base.pmtiles" | "notice.json" | "returned.json" | "form-<id>-<version>.xml"
  sha256: string;
  bytes: number;
  url: string;
}

export interface Words {
  zh: string;
  en: string;
}

/** places.json */
export interface Places {
  buildings: PackBuilding[];
  doors: PackDoor[];
  outline: GeoJSON.MultiPolygon | null; // the worker's area
}

export interface PackBuilding {
  code: string;
  name: string;
  address: string;
  kind: string;
  floors: number | null;
  estate: Words | null;
  point: [number, number];
  geometry: GeoJSON.MultiPolygon;
}

export type Outcome =
  | "met"
  | "unchanged"
  | "no_one_in"
  | "call_back"
  | "declined"
  | "vacant"
  | "not_found"
  | "group_let";

export interface PackDoor {
  code: string; // dwelling, 23 digits
  building: string;
  unit: number;
  floor: number;
  door: number;
  entity: string; // uuid of the row in the list `dwellings`
  version: number;
  label: string;
  facts: Record<string, string>; // the dwelling entity's properties
  occupancy: string; // last observed state, "" when never observed
  open_needs: { category: string; urgency: string; since: string; state: string }[];
  attempts: number; // in this round
  last_visit: { outcome: Outcome; at: string; call_back_at: string | null; call_back_slot: string } | null;
  is_declined: boolean; // refused in this round: final, no further visit
}

/** returned.json: records that a director sent back to this worker */
export interface ReturnedRecord {
  instance_id: string;
  form_id: string;
  form_version: string;
  door: string;
  xml: string;
  files: string[];
  message: string;
  comments: { path: string; text: string }[];
  by: string;
  at: string;
}

/** The answer to an upload, and one row of GET /api/v1/receipts/ */
export interface Receipt {
  instance_id: string;
  form_id: string;
  sha256: string; // of the XML part as sent
  server_version: number; // 1 for a new record, 2 for its first correction …
  photos_received: number;
  photos_expected: number;
  files_missing: string[];
  state: "applied" | "held" | "waiting" | "kept_as_conflict" | "kept_unreadable" | "erased";
  held_reason: string;
  received_at: string;
  server_time: string;
  may_delete: boolean; // only then may the tablet let go of the record
}

/** A finished record, before it is sealed. `xml` is frozen: its bytes never change again. */
export interface FinishedRecord {
  instance_id: string;
  form_id: string;
  form_version: string;
  xml: string;
  files: { name: string; bytes: Uint8Array; type: string }[];
}

export interface AboutRecord {
  set: string;
  round: string;
  door: string;
  outcome: Outcome;
  call_back_at?: string | null;
  call_back_slot?: string;
  replaces?: string; // instance_id of the returned record that this one corrects
  draft_id?: string; // removed in the same transaction
  facts?: Record<string, string>; // what it saves to the dwelling's entity, so that the next visit sees it at once
}

export type OutboxState = "queued" | "sending" | "waiting_files" | "refused" | "kept_as_conflict";

/** What lists may show of an outbox record: nothing that a resident said. */
export interface OutboxRow {
  seq: number;
  instance_id: string;
  form_id: string;
  about: AboutRecord;
  state: OutboxState;
  photo_count: number;
  photos_sent: number;
  size_bytes: number;
  finished_at: string;
  last_tried_at: string | null;
  last_error: string; // a code, "" when none
}

/** A visit under way. `state` is opaque to the store: the form adapter's own serialised instance. */
export interface Draft {
  id: string;
  set: string;
  door: string;
  form_id: string;
  form_version: string;
  started_at: string;
  changed_at: string;
  state: DraftState;
}

export interface DraftState {
  xml: string;
  hidden: Record<string, string>; // answers of questions that are not relevant just now
  page: number;
  replaces?: string;
}
