// What every question needs of the form around it, without handing it down through each layer.
import { inject, provide, type InjectionKey, type ShallowRef } from "vue";
import type { FormNode, FormSession } from "../form/engine.ts";

export interface FormContext {
  session: FormSession;
  notice: string; // the round's own notice, shown in place of the form's
  comments: readonly { path: string; text: string }[];
  /** Pages the worker has tried to leave: only there is a missing answer pointed out. */
  attempted: ShallowRef<ReadonlySet<string>>;
  /** Keeps the bytes first and names them in the record after. */
  keepFile(node: FormNode, bytes: Uint8Array, type: string, extension: string): Promise<void>;
  removeFile(node: FormNode): Promise<void>;
}

/** The tablet has no room for these bytes; the screen says so in words. */
export class StorageFull extends Error {}

const KEY: InjectionKey<FormContext> = Symbol("form");

export function provideForm(context: FormContext): void {
  provide(KEY, context);
}

export function useForm(): FormContext {
  const context = inject(KEY);
  if (context === undefined) throw new Error("a question stands outside a form");
  return context;
}

/** Comments name a question with or without its row numbers. */
export function isCommentOn(path: string, comment: { path: string }): boolean {
  return comment.path === path || comment.path === path.replace(/\[\d+\]/g, "");
}
