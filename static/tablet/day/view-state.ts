// Where the worker was in list and map: kept while the app runs, so that coming back from a door finds
// the same place.
import { reactive } from "vue";
import type { View } from "../map/area-map.ts";

export const viewState = reactive({
  query: "",
  open: new Set<string>(), // buildings unfolded in the list
  wasOpened: false,
  showsAllDue: false,
  scrollTop: 0,
  mapView: null as View | null,
  mapChosen: null as string | null,
});
