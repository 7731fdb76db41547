// Finds everything one visit's form needs in the store: the definition it was begun with, the draft,
// its photos, the record it corrects.
import { shallowReactive } from "vue";
import { openForm, type FormDraft, type FormSession } from "../form/engine.ts";
import { currentPack, formDefinition, loadDraft, loadPhotos, type DoorNow, type Pack } from "../store/index.ts";
import type { Draft, PackBuilding, ReturnedRecord, Words } from "../types.ts";
import { language } from "../words/index.ts";

export interface VisitOrder {
  set: string;
  door: DoorNow;
  building?: PackBuilding | undefined;
  draftId?: string | undefined;
  returned?: ReturnedRecord | undefined;
}

export interface OpenVisit {
  session: FormSession;
  draft: Omit<Draft, "state" | "changed_at">;
  startPage: number;
  title: Words;
  round: string;
  notice: Words;
}

/** The form version a draft or a returned record belongs to is not on the tablet. */
export class VersionMissing extends Error {}

export async function openVisit(order: VisitOrder): Promise<OpenVisit> {
  const pack = await currentPack(order.set);
  if (pack === null) throw new VersionMissing("no day pack");
  const kept = order.draftId === undefined ? null : await loadDraft(order.draftId);
  const wanted = wantedVersion(pack, kept, order.returned);
  const definition = await formDefinition(wanted.form_id, wanted.version);
  if (definition === undefined) throw new VersionMissing(`${wanted.form_id} ${wanted.version}`);
  const photos = kept === null ? [] : await loadPhotos(kept.id);
  const session = await openForm(
    definition,
    { door: order.door, building: order.building, language: language.value },
    kept?.state as FormDraft | undefined,
    {
      returned: order.returned,
      files: new Map(photos.map(({ name, bytes, type }) => [name, { bytes, type }])),
      observable: shallowReactive,
    },
  );
  return {
    session,
    draft: {
      id: kept?.id ?? crypto.randomUUID(),
      set: order.set,
      door: order.door.code,
      form_id: definition.form_id,
      form_version: definition.version,
      started_at: kept?.started_at ?? new Date().toISOString(),
    },
    startPage: kept?.state.page ?? 0,
    title: pack.manifest.forms.find((form) => form.form_id === definition.form_id)?.title ?? { zh: "", en: "" },
    round: pack.manifest.round.uid,
    notice: pack.notice?.text ?? { zh: "", en: "" },
  };
}

function wantedVersion(pack: Pack, kept: Draft | null, returned?: ReturnedRecord): { form_id: string; version: string } {
  if (kept !== null) return { form_id: kept.form_id, version: kept.form_version };
  if (returned !== undefined) return { form_id: returned.form_id, version: returned.form_version };
  const questionnaire = pack.manifest.forms.find((form) => !form.is_visit_form);
  if (questionnaire === undefined) throw new VersionMissing("no questionnaire in the day pack");
  return questionnaire;
}
