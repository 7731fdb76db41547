// The one file that knows @getodk/xforms-engine: a pre-1.0 package whose interfaces move, pinned exactly.
// Everything else of the form speaks of FormNode, FormRoot and the few functions below.

import {
  loadForm,
  type AnyChildNode,
  type EditFormInstance,
  type FormLanguage,
  type InputNode,
  type RangeNode,
  type RankNode,
  type RepeatInstanceNode,
  type RepeatRangeUncontrolledNode,
  type RestoreFormInstance,
  type RootNode,
  type SelectNode,
  type TriggerNode,
  type UploadNode,
} from "@getodk/xforms-engine";

export type FormRoot = RootNode;
export type FormNode = AnyChildNode;
export type {
  FormLanguage,
  InputNode,
  RangeNode,
  RankNode,
  RepeatInstanceNode,
  RepeatRangeUncontrolledNode,
  SelectNode,
  TriggerNode,
  UploadNode,
};

/** A label as the engine gives it: plain, or as a small tree of formatted pieces. */
export interface RichRange {
  readonly asString: string;
  readonly formatted: readonly RichNode[];
  readonly imageSource?: URL | undefined;
  readonly audioSource?: URL | undefined;
  readonly videoSource?: URL | undefined;
}

export type RichNode =
  | { readonly role: "child"; readonly value: string }
  | { readonly role: "line-break" }
  | { readonly role: "html"; readonly unsafeHtml: string }
  | { readonly role: "parent"; readonly elementName: string; readonly children: readonly RichNode[] };

/** Whether the form asks for this look of a question (the XLSForm column `appearance`). */
export function looksLike(node: FormNode, appearance: string): boolean {
  const appearances = node.appearances as unknown as Record<string, boolean> | null;
  return appearances?.[appearance] === true;
}

/** Makes an object's properties observable: Vue's shallowReactive on the tablet, nothing in tests. */
export type StateFactory = <T extends object>(object: T) => T;

/** A form read once with its lists; it can be begun, taken up again, or corrected. */
export interface LoadedForm {
  begin(): FormRoot;
  restore(xml: string): Promise<FormRoot>;
  /** Takes a submitted record: a new instanceID, and deprecatedID names the old one. */
  correct(xml: string): Promise<FormRoot>;
}

export class UnreadableForm extends Error {}

/** Reads a form definition. `lists` are its CSV files by name; any other file it names counts as empty. */
export async function readForm(
  xform: string,
  lists: Record<string, string>,
  stateFactory: StateFactory,
): Promise<LoadedForm> {
  const form = await loadForm(xform, {
    fetchFormAttachment: (url) => Promise.resolve(listFile(url.href, lists)),
    missingResourceBehavior: "BLANK",
  });
  if (form.status === "failure") throw new UnreadableForm(form.error.message, { cause: form.error });
  const config = { stateFactory };
  return {
    begin: () => form.createInstance(config).root,
    restore: async (xml) => {
      const restore: RestoreFormInstance = form.restoreInstance;
      return (await restore({ data: [instanceFiles(xml)] }, config)).root;
    },
    correct: async (xml) => {
      const edit: EditFormInstance = form.editInstance;
      return (await edit({ inputType: "FORM_INSTANCE_INPUT_RESOLVED", data: [instanceFiles(xml)] }, config)).root;
    },
  };
}

export function bindAttribute(node: FormNode, namespace: string, name: string): string {
  const element = node.definition.bind.bindElement as { getAttributeNS(ns: string, name: string): string | null };
  return element.getAttributeNS(namespace, name) ?? "";
}

export function isCalculated(node: FormNode): boolean {
  return node.definition.bind.calculate !== null;
}

function listFile(href: string, lists: Record<string, string>) {
  const name = decodeURIComponent(href.slice(href.lastIndexOf("/") + 1));
  const text = lists[name];
  if (text === undefined) return new Response(null, { status: 404 });
  return new Response(text, { status: 200, headers: { "Content-Type": "text/csv; charset=utf-8" } });
}

type InstanceFiles = Parameters<RestoreFormInstance>[0]["data"][number];

function instanceFiles(xml: string): InstanceFiles {
  const files = new FormData();
  files.set("xml_submission_file", new File([xml], "xml_submission_file", { type: "text/xml" }));
  return files as InstanceFiles;
}
