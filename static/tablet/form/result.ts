// What a finished questionnaire says about the visit, for the list of doors and the outbox. The server
// draws the same conclusion from the record itself.

import type { Outcome } from "../types.ts";
import type { FormSession } from "./session.ts";

export interface VisitResult {
  outcome: Outcome;
  call_back_at: string | null;
  call_back_slot: string;
}

const OUTCOMES = new Set(["met", "unchanged", "no_one_in", "call_back", "declined", "vacant", "not_found", "group_let"]);

export function resultOf(session: FormSession): VisitResult {
  const said = (role: string) => session.answersByRole(role).find((answer) => answer !== "") ?? "";
  const callBack = { call_back_at: said("call_back_at") || null, call_back_slot: said("call_back_slot") };
  const asksBack = callBack.call_back_at !== null || callBack.call_back_slot !== "";
  const own = said("outcome");
  const consent = said("consent");
  let outcome: Outcome = "met";
  if (consent === "no") outcome = "declined";
  else if (OUTCOMES.has(own)) outcome = own as Outcome;
  else if (consent === "" && asksBack) outcome = "call_back";
  return { outcome, ...callBack };
}
