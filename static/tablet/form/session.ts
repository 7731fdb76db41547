// One visit's form while it is being filled: answers in, problems out, a draft at any moment, and at
// the end a record whose bytes never change again.

import type { DraftState, FinishedRecord, PackBuilding } from "../types.ts";
import type { VisitedDoor } from "./dwelling_list.ts";
import { rememberAnswers, type HiddenAnswers, type LostRows } from "./memory.ts";
import * as nodes from "./nodes.ts";
import { pagesOf, type Page } from "./pages.ts";
import { problemsOf, uploads, type Problem } from "./problems.ts";
import type { FormLanguage, FormNode, FormRoot, StateFactory } from "./xforms.ts";

export interface Definition {
  form_id: string;
  version: string;
  xml: string;
}

export interface Context {
  door: VisitedDoor;
  building?: PackBuilding | undefined;
  language: "zh" | "en";
}

/** What the store keeps of a form under way; it opens again only with the same form version. */
export interface FormDraft extends DraftState {
  declined?: string[]; // paths of the questions the resident would not answer
  filesOnServer?: string[]; // of the record being corrected
  door?: VisitedDoor; // the door as it was known when the visit began: its version is the base of the change
}

export interface FormFile {
  bytes: Uint8Array;
  type: string;
}

/** What the screen watches beside the nodes themselves. */
export interface SessionState {
  declined: ReadonlySet<string>; // node ids
  changes: number;
  lost: readonly LostRows[];
}

export interface FormSession {
  readonly definition: Definition;
  readonly context: Context;
  readonly root: FormRoot;
  readonly pages: readonly Page[];
  readonly state: SessionState;
  readonly files: Map<string, FormFile>;
  readonly replaces: string | undefined;
  languages(): readonly FormLanguage[];
  setLanguage(language: FormLanguage): void;
  answer(node: FormNode, value: string): void;
  decline(node: FormNode): void;
  /** Names a file whose bytes the store already keeps. */
  attach(node: FormNode, name: string, file: FormFile): void;
  addRow(range: FormNode): void;
  removeRow(range: FormNode, index: number): void;
  dropLostRows(repeat: string): void;
  setByRole(role: string, value: string): void;
  answersByRole(role: string): string[];
  onChange(listener: () => void): () => void;
  problems(): Problem[];
  toDraft(page: number): FormDraft;
  finish(): Promise<FinishedRecord>;
}

export class UnfinishedForm extends Error {
  readonly problems: Problem[];
  constructor(problems: Problem[]) {
    super(`the form cannot be finished: ${problems.map((one) => `${one.kind} at ${one.path}`).join(", ")}`);
    this.problems = problems;
  }
}

export interface SessionParts {
  definition: Definition;
  context: Context;
  root: FormRoot;
  draft: FormDraft | undefined;
  known: HiddenAnswers; // answers to write first: a draft's hidden ones, or what a new form is filled with
  replaces: string | undefined;
  files: Map<string, FormFile>;
  filesOnServer: ReadonlySet<string>;
  observable: StateFactory;
}

export function startSession(parts: SessionParts): FormSession {
  const { definition, context, root, draft, replaces, files } = parts;
  const memory = rememberAnswers(root, parts.known);
  const state: SessionState = parts.observable({ declined: declinedNodes(root, draft), changes: 0, lost: [] });
  const listeners = new Set<() => void>();
  let frozen: FinishedRecord | null = null;

  function changed(): void {
    memory.notice();
    state.lost = memory.lostRows();
    state.changes += 1;
    for (const listener of listeners) listener();
  }

  function answer(node: FormNode, value: string): void {
    memory.write(node, value);
    if (value !== "" && state.declined.has(node.nodeId)) setDeclined(node, false);
    changed();
  }

  function setDeclined(node: FormNode, isDeclined: boolean): void {
    const declined = new Set(state.declined);
    if (isDeclined) declined.add(node.nodeId);
    else declined.delete(node.nodeId);
    state.declined = declined;
  }

  /** A refusal is a blank answer in the record; the mark lives in the draft and lets a required question pass. */
  function decline(node: FormNode): void {
    memory.write(node, "");
    setDeclined(node, true);
    changed();
  }

  function attach(node: FormNode, name: string, file: FormFile): void {
    files.set(name, file);
    answer(node, name);
  }

  function removeRow(range: FormNode, index: number): void {
    const row = nodes.childrenOf(range)[index];
    if (row !== undefined) memory.forgetRow(row);
    nodes.removeRow(range, index);
    changed();
  }

  function setByRole(role: string, value: string): void {
    const node = byRole(role).find(nodes.isWritable);
    if (node !== undefined) answer(node, value);
  }

  function byRole(role: string): FormNode[] {
    return [...nodes.descendants(root)].filter((node) => nodes.roleOf(node) === role);
  }

  function problems(): Problem[] {
    const isKept = (name: string) => files.has(name) || parts.filesOnServer.has(name);
    return problemsOf(root, { declined: state.declined, lost: state.lost, isKept });
  }

  function toDraft(page: number): FormDraft {
    const declined = [...nodes.descendants(root)].filter((node) => state.declined.has(node.nodeId)).map(nodes.pathOf);
    const xml = withPredecessor(root.instanceState.instanceXML, replaces);
    const kept: FormDraft = { xml, hidden: memory.hidden(), page, declined, door: context.door };
    return replaces === undefined ? kept : { ...kept, replaces, filesOnServer: [...parts.filesOnServer] };
  }

  async function finish(): Promise<FinishedRecord> {
    if (frozen !== null) return frozen;
    const found = problems();
    if (found.length > 0) throw new UnfinishedForm(found);
    await root.prepareInstancePayload(); // the moment at which `end` is written; the bytes are read once, here
    const xml = withPredecessor(root.instanceState.instanceXML, replaces);
    frozen = {
      instance_id: instanceIdOf(xml),
      form_id: definition.form_id,
      form_version: definition.version,
      xml,
      files: uploads(root).flatMap(([, name]) => {
        const file = files.get(name);
        return file === undefined ? [] : [{ name, ...file }];
      }),
    };
    return frozen;
  }

  return {
    definition,
    context,
    root,
    pages: pagesOf(root),
    state,
    files,
    replaces,
    languages: () => root.languages.filter((one): one is FormLanguage => one.language !== ""),
    setLanguage: (language) => void root.setLanguage(language),
    answer,
    decline,
    attach,
    addRow: (range) => {
      nodes.addRow(range);
      changed();
    },
    removeRow,
    dropLostRows: (repeat) => {
      memory.dropLostRows(repeat);
      changed();
    },
    setByRole,
    answersByRole: (role) => byRole(role).map(nodes.answerOf),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    problems,
    toDraft,
    finish,
  };
}

function declinedNodes(root: FormRoot, draft: FormDraft | undefined): ReadonlySet<string> {
  const paths = new Set(draft?.declined ?? []);
  return new Set([...nodes.descendants(root)].filter((one) => paths.has(nodes.pathOf(one))).map((one) => one.nodeId));
}

export function newFileName(extension: string): string {
  return `${crypto.randomUUID()}.${extension}`;
}

export function instanceIdOf(xml: string): string {
  return /<(?:\w+:)?instanceID>([^<]*)</.exec(xml)?.[1] ?? "";
}

/** The engine writes deprecatedID when a correction begins and drops it when its draft is taken up again. */
function withPredecessor(xml: string, replaces: string | undefined): string {
  if (replaces === undefined || /<(?:\w+:)?deprecatedID>/.test(xml)) return xml;
  return xml.replace(/<((?:\w+:)?)instanceID>[^<]*<\/\1instanceID>/, (id, prefix: string) => {
    return `${id}<${prefix}deprecatedID>${replaces}</${prefix}deprecatedID>`;
  });
}
