// The door of a preview: nobody's. Its code is synthetic (99…) and it has no earlier visit.
import type { VisitedDoor } from "../form/dwelling_list.ts";
import type { Definition } from "../form/engine.ts";
import type { Words } from "../types.ts";

/** GET …/preview/form.json */
export interface PreviewedForm extends Definition {
  title: Words;
  notice: Words;
}

export function sampleDoor(language: "zh" | "en"): VisitedDoor {
  return {
    code: "99000100100100001010301",
    building: "99000100100100001",
    unit: 1,
    floor: 3,
    door: 1,
    entity: crypto.randomUUID(),
    version: 1,
    label: language === "en" ? "Sample door 1-301" : "示例户 1 单元 301",
    facts: {},
    occupancy: "",
    open_needs: [],
    attempts: 0,
    last_visit: null,
    is_declined: false,
  };
}
