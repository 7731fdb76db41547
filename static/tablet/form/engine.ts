// Opens a form for one door: new, taken up from a draft, or as the correction of a returned record.

import type { ReturnedRecord } from "../types.ts";
import { DWELLING_LIST, dwellingList } from "./dwelling_list.ts";
import { writeAnswer } from "./nodes.ts";
import { prefilled } from "./prefill.ts";
import { uploads } from "./problems.ts";
import {
  startSession,
  type Context,
  type Definition,
  type FormDraft,
  type FormFile,
  type FormSession,
} from "./session.ts";
import { readForm, type FormNode, type FormRoot, type LoadedForm, type StateFactory } from "./xforms.ts";

export { newFileName } from "./session.ts";
export type { Context, Definition, FormDraft, FormFile, FormSession } from "./session.ts";
export type { Problem } from "./problems.ts";
export type { FormLanguage, FormNode } from "./xforms.ts";

export interface OpenOptions {
  returned?: ReturnedRecord | undefined; // begin its correction
  files?: Map<string, FormFile>; // the draft's photos by name
  observable?: StateFactory; // Vue's shallowReactive
}

const AS_IS: StateFactory = (object) => object;

/** A draft opens only with the form version it was begun with: the caller finds that definition. */
export async function openForm(
  definition: Definition,
  context: Context,
  draft?: FormDraft,
  options: OpenOptions = {},
): Promise<FormSession> {
  const visited = { ...context, door: draft?.door ?? context.door };
  const observable = options.observable ?? AS_IS;
  const form = await readForm(definition.xml, { [DWELLING_LIST]: dwellingList(visited.door) }, observable);
  const root = await rootOf(form, draft, options.returned);
  speak(root, visited.language);
  return startSession({
    definition,
    context: visited,
    root,
    draft,
    known: draft?.hidden ?? (options.returned === undefined ? prefilled(root, visited.door) : {}),
    replaces: draft?.replaces ?? options.returned?.instance_id,
    files: options.files ?? new Map(),
    filesOnServer: new Set(draft?.filesOnServer ?? options.returned?.files ?? []),
    observable,
  });
}

async function rootOf(
  form: LoadedForm,
  draft: FormDraft | undefined,
  returned: ReturnedRecord | undefined,
): Promise<FormRoot> {
  if (draft !== undefined) return withFiles(form, await form.restore(draft.xml));
  if (returned !== undefined) return withFiles(form, await form.correct(returned.xml));
  return form.begin();
}

/**
 * The engine never lets go of a file name that was in the XML it restored: clearing the question leaves
 * the name there. So the names are taken out of the XML and given back as answers, which can be cleared.
 */
async function withFiles(form: LoadedForm, first: FormRoot): Promise<FormRoot> {
  const named = uploads(first);
  if (named.length === 0) return first;
  const places = new Map(named.map(([node, name]) => [node.currentState.reference, name]));
  let xml = first.instanceState.instanceXML;
  for (const name of places.values()) xml = xml.replaceAll(`>${escaped(name)}<`, "><");
  const root = await form.restore(xml);
  for (const node of uploadNodes(root)) {
    const name = places.get(node.currentState.reference);
    if (name !== undefined) writeAnswer(node, name);
  }
  return root;
}

function uploadNodes(node: FormNode | FormRoot): FormNode[] {
  const children = (node.currentState.children ?? []) as readonly FormNode[];
  const own = node.nodeType === "upload" ? [node as FormNode] : [];
  return [...own, ...children.flatMap(uploadNodes)];
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** The form's own language whose tag fits; its default stays where none does. */
function speak(root: FormRoot, language: "zh" | "en"): void {
  const fitting = root.languages.find((one) => languageTag(one.language).startsWith(language));
  if (fitting !== undefined && fitting.language !== "" && fitting.isSyntheticDefault === undefined) {
    root.setLanguage(fitting);
  }
}

/** "中文 (zh)" → "zh" */
export function languageTag(name: string): string {
  return (/\(([\w-]+)\)\s*$/.exec(name)?.[1] ?? name).toLowerCase();
}
