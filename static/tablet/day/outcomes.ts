// A visit recorded by one tap. For some seconds it can be taken back; all that time it lies in the store
// as a draft of the visit form, its bytes already frozen, so that a tab killed in between loses nothing:
// the next start finishes it. Finishing removes the draft in the same transaction, so it is done once.
import { shallowRef } from "vue";
import type { LocalVisit } from "./doors.ts";
import { finishRecord, formDefinition, listDrafts, removeDraft, saveDraft, type DoorNow, type Pack } from "../store/index.ts";
import { sync } from "../sync/index.ts";
import type { AboutRecord, Draft, FinishedRecord, Outcome, PackBuilding } from "../types.ts";

export type TappedOutcome = Exclude<Outcome, "met">;

export interface CallBack {
  call_back_at: string | null;
  call_back_slot: string;
}

export interface Tapped {
  pack: Pack;
  door: DoorNow;
  building: PackBuilding | undefined;
  language: "zh" | "en";
}

export const UNDO_MS = 6000;
export const NO_CALL_BACK: CallBack = { call_back_at: null, call_back_slot: "" };

/** What was tapped and is not final yet, as the rules of doors.ts see it. */
export const pendingVisit = shallowRef<LocalVisit | null>(null);
/** The door of a tap that could not be saved. */
export const notSaved = shallowRef<string | null>(null);

const MARK = "wangge.outcome"; // in the draft's `hidden`: no question of a form has a path like this
let pending: { id: string; saved: Promise<Draft | null>; timer?: ReturnType<typeof setTimeout> } | null = null;

export function isOutcomeDraft(draft: Draft): boolean {
  return MARK in draft.state.hidden;
}

/** Tapped: said to be recorded once it is on disk, final `UNDO_MS` later or with the next tap. */
export async function tapOutcome(tapped: Tapped, outcome: TappedOutcome, callBack: CallBack = NO_CALL_BACK): Promise<void> {
  await settle();
  const id = crypto.randomUUID();
  const at = new Date().toISOString();
  const saved = freeze(id, at, tapped, outcome, callBack).catch((error: unknown) => {
    console.warn("an outcome was not saved", error);
    notSaved.value = tapped.door.code;
    if (pending?.id === id) forget();
    return null;
  });
  notSaved.value = null;
  pending = { id, saved };
  if ((await saved) === null || pending?.id !== id) return;
  pending.timer = setTimeout(() => void settle(), UNDO_MS);
  pendingVisit.value = { door: tapped.door.code, outcome, at, ...callBack, is_waiting: true };
}

/** Take back the last tap; nothing of it stays. */
export async function undo(): Promise<void> {
  const taken = forget();
  const draft = await taken?.saved;
  if (draft) await removeDraft(draft.id);
}

/** Make the last tap final now. */
export async function settle(): Promise<void> {
  const taken = forget();
  const draft = await taken?.saved;
  if (draft) await finish(draft);
}

/** Outcomes whose seconds ran out while the app was closed. Says whether there were any. */
export async function finishLeftBehind(drafts: Draft[]): Promise<boolean> {
  const left = drafts.filter((draft) => isOutcomeDraft(draft) && draft.id !== pending?.id);
  for (const draft of left) await finish(draft);
  return left.length > 0;
}

function forget(): typeof pending {
  const taken = pending;
  if (taken) clearTimeout(taken.timer);
  pending = null;
  pendingVisit.value = null;
  return taken;
}

async function freeze(id: string, at: string, tapped: Tapped, outcome: TappedOutcome, callBack: CallBack): Promise<Draft> {
  const { pack, door, building, language } = tapped;
  const form = pack.manifest.forms.find((one) => one.is_visit_form);
  const definition = form && (await formDefinition(form.form_id, form.version));
  if (!definition) throw new Error("the pack holds no visit form");
  const { recordOutcome } = await import("../form/outcome.ts");
  const record = await recordOutcome(definition, { door, building, language }, outcome, callBack);
  const about: AboutRecord = {
    set: pack.manifest.set,
    round: pack.manifest.round.uid,
    door: door.code,
    outcome,
    ...callBack,
    draft_id: id,
    facts: outcome === "vacant" || outcome === "group_let" ? { occupancy: outcome } : {},
  };
  const kept = { instance_id: record.instance_id, about };
  const draft: Draft = {
    id,
    set: about.set,
    door: door.code,
    form_id: record.form_id,
    form_version: record.form_version,
    started_at: at,
    changed_at: at,
    state: { xml: record.xml, hidden: { [MARK]: JSON.stringify(kept) }, page: 0 },
  };
  await saveDraft(draft);
  return draft;
}

async function finish(draft: Draft): Promise<void> {
  const { instance_id, about } = JSON.parse(draft.state.hidden[MARK] ?? "{}") as { instance_id: string; about: AboutRecord };
  const { form_id, form_version, state } = draft;
  const record: FinishedRecord = { instance_id, form_id, form_version, xml: state.xml, files: [] };
  try {
    await finishRecord(record, about);
    if (about.outcome === "declined") await forgetAnswers(about);
    void sync.now();
  } catch (error) {
    console.warn("an outcome stays a draft and is finished at the next start", error);
  }
}

/** Who declines takes back what was already written down at this door. */
async function forgetAnswers({ set, door }: AboutRecord): Promise<void> {
  const begun = (await listDrafts(set)).filter((draft) => draft.door === door && !isOutcomeDraft(draft));
  for (const draft of begun) await removeDraft(draft.id);
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") void settle();
});
