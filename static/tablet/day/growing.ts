// A long list is drawn a piece at a time: what fits the screen at once, the rest frame by frame behind it.
import { onMounted, onUnmounted, shallowRef, type ShallowRef } from "vue";
import { viewState } from "./view-state.ts";

/** How many of the items are drawn by now. Who comes back from far down finds the list as long as it was. */
export function useGrowing(step: number, total: () => number): ShallowRef<number> {
  const shown = shallowRef(viewState.scrollTop > 0 ? Infinity : step);
  let frame = 0;
  const grow = (): void => {
    shown.value += step;
    if (shown.value < total()) frame = requestAnimationFrame(grow);
  };
  onMounted(() => (frame = requestAnimationFrame(grow)));
  onUnmounted(() => cancelAnimationFrame(frame));
  return shown;
}
