// Which control answers which kind of question.
import type { Component } from "vue";
import type { Kind } from "../form/nodes.ts";
import DateTimeControl from "./DateTimeControl.vue";
import DwellingControl from "./DwellingControl.vue";
import LineControl from "./LineControl.vue";
import NumberControl from "./NumberControl.vue";
import PointControl from "./PointControl.vue";
import RangeControl from "./RangeControl.vue";
import RankControl from "./RankControl.vue";
import SelectControl from "./SelectControl.vue";
import TextControl from "./TextControl.vue";
import TriggerControl from "./TriggerControl.vue";
import UnsupportedControl from "./UnsupportedControl.vue";
import UploadControl from "./UploadControl.vue";

export const CONTROLS: Record<Kind | "dwelling", Component | null> = {
  dwelling: DwellingControl,
  select_one: SelectControl,
  select_multiple: SelectControl,
  integer: NumberControl,
  decimal: NumberControl,
  text: TextControl,
  barcode: TextControl,
  date: DateTimeControl,
  time: DateTimeControl,
  dateTime: DateTimeControl,
  geopoint: PointControl,
  geotrace: LineControl,
  geoshape: LineControl,
  upload: UploadControl,
  range: RangeControl,
  rank: RankControl,
  trigger: TriggerControl,
  note: null,
  unsupported: UnsupportedControl,
};

/** What Question.vue hands to each of them. */
export interface ControlProps {
  node: import("../form/engine.ts").FormNode;
  labelId: string;
  describedBy?: string | undefined;
  isInvalid: boolean;
}
