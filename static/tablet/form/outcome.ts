// The visits that need no questions: one tap makes a finished record of the form `wangge_visit`.

import type { FinishedRecord, Outcome } from "../types.ts";
import { openForm, type Context, type Definition } from "./engine.ts";

export interface CallBack {
  call_back_at?: string | null | undefined; // ISO 8601 with zone
  call_back_slot?: string | undefined;
}

export async function recordOutcome(
  definition: Definition,
  context: Context,
  outcome: Exclude<Outcome, "met">,
  callBack: CallBack = {},
): Promise<FinishedRecord> {
  const session = await openForm(definition, context);
  session.setByRole("dwelling", context.door.entity);
  session.setByRole("outcome", outcome);
  if (callBack.call_back_at) session.setByRole("call_back_at", callBack.call_back_at);
  if (callBack.call_back_slot) session.setByRole("call_back_slot", callBack.call_back_slot);
  return session.finish();
}
