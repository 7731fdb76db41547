// Single letters work only where nobody is typing and no modifier is held.
export function onKeys(actions) {
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    const act = actions[event.key];
    if (act && act() !== false) event.preventDefault();
  });
}
