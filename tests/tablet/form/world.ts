// Forms and a door for the tests. Forms are XLSForms in Markdown, converted by the same pyxform as the server's.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Definition, FormNode, FormSession } from "../../../static/tablet/form/engine.ts";
import type { VisitedDoor } from "../../../static/tablet/form/dwelling_list.ts";
import { nodes } from "./node_engine.ts";

const ROOT = join(import.meta.dirname, "..", "..", "..");
export const PYTHON = process.env.WANGGE_PYTHON ?? join(ROOT, ".venv", "bin", "python");
const CONVERT = "import sys; from pathlib import Path; from pyxform.xls2xform import convert; print(convert(Path(sys.argv[1])).xform)";
const SEED = [
  "import os, sys, django",
  "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'gis_core.settings')",
  "django.setup()",
  "from survey.questionnaires.built_in import built_in_workbook",
  "from survey.questionnaires.converting import convert_workbook",
  "print(convert_workbook(built_in_workbook(sys.argv[1])[0], name='built_in.xlsx').xform)",
].join("\n");

export const ENTITY = "5a1bd3a1-6b44-4d6b-9df0-2f6d2c7b3f10";

export const DOOR: VisitedDoor = {
  code: "99000100100100001010301",
  building: "99000100100100001",
  unit: 1,
  floor: 3,
  door: 1,
  entity: ENTITY,
  version: 3,
  label: '1号楼 "甲", 301',
  facts: { has_lift: "yes", has_gas: "no", household_type: "couple" },
  occupancy: "rented",
  open_needs: [{ category: "n7", urgency: "urgent", since: "2026-11-01", state: "open" }],
  attempts: 0,
  last_visit: null,
  is_declined: false,
  trunk_version: 2,
  branch_id: "b4dbd3a1-6b44-4d6b-9df0-2f6d2c7b3f10",
};

export const CONTEXT = { door: DOOR, language: "zh" as const };

export function formFromMarkdown(name: string): Definition {
  const xml = execFileSync(PYTHON, ["-c", CONVERT, join(import.meta.dirname, name)], { encoding: "utf8" });
  return definitionOf(xml);
}

/** A form of fixtures/forms as the server seeds it. */
export function builtInForm(folder: "household" | "visit"): Definition {
  return definitionOf(execFileSync(PYTHON, ["-c", SEED, folder], { encoding: "utf8", cwd: ROOT }));
}

export function definitionOf(xml: string): Definition {
  const root = /<instance>\s*<(\w+)([^>]*)>/.exec(xml)?.[2] ?? "";
  const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(root)?.[1] ?? "";
  return { form_id: attribute("id"), version: attribute("version"), xml };
}

export function readText(path: string): string {
  return readFileSync(path, "utf8");
}

export function at(session: FormSession, path: string): FormNode {
  for (const node of nodes.descendants(session.root)) if (nodes.pathOf(node) === path) return node;
  throw new Error(`no node at ${path}`);
}

export function answer(session: FormSession, path: string, value: string): void {
  session.answer(at(session, path), value);
}

export function xmlOf(session: FormSession): string {
  return session.toDraft(0).xml;
}
