// Fills a form the way the tablet does and prints the finished XML:
//   node tests/tablet/form/fill.ts form.xml visit.json
// visit.json: {"door": {…PackDoor, at least entity, version, label, code}, "language": "zh",
//   "answers": [["role:consent", "yes"], ["/data/home/has_lift", "no"], ["/data/repair[2]/what", "水管"], ["/data/x", null]]}
// Answers are given in order, as they stand in the XML; null declines the question; missing rows are added.

import { readText, definitionOf, DOOR } from "./world.ts";
import { engine, nodes } from "./node_engine.ts";
import type { FormNode, FormSession } from "../../../static/tablet/form/engine.ts";

interface Visit {
  door: Partial<typeof DOOR>;
  language?: "zh" | "en";
  answers: [string, string | null][];
}

const [formPath = "", visitPath = ""] = process.argv.slice(2);
const visit = JSON.parse(readText(visitPath)) as Visit;
const blankDoor = { ...DOOR, facts: {}, open_needs: [], occupancy: "", trunk_version: undefined, branch_id: "" };
const door = { ...blankDoor, ...visit.door } as typeof DOOR;

const session = await engine.openForm(definitionOf(readText(formPath)), { door, language: visit.language ?? "zh" });
for (const [place, value] of visit.answers) give(place, value);
console.log((await session.finish()).xml);

function give(place: string, value: string | null): void {
  const node = place.startsWith("role:") ? firstOf(place.slice(5)) : nodeAt(session, place);
  if (value === null) session.decline(node);
  else session.answer(node, value);
}

function firstOf(role: string): FormNode {
  const node = [...nodes.descendants(session.root)].find((one) => nodes.roleOf(one) === role && nodes.isWritable(one));
  if (node === undefined) throw new Error(`no question with the role ${role}`);
  return node;
}

function nodeAt(form: FormSession, path: string): FormNode {
  for (const found of path.matchAll(/\[(\d+)\]/g)) {
    const repeat = path.slice(0, found.index);
    const range = [...nodes.descendants(form.root)].find((one) => nodes.pathOf(one) === repeat);
    while (range !== undefined && nodes.childrenOf(range).length < Number(found[1])) form.addRow(range);
  }
  const node = [...nodes.descendants(form.root)].find((one) => nodes.pathOf(one) === path);
  if (node === undefined) throw new Error(`no node at ${path}`);
  return node;
}
