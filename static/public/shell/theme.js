// Runs before the first paint, so that a page kept dark does not flash white. Not a module for that reason.
(() => {
  const kept = localStorage.getItem("theme");
  if (kept === "dark" || kept === "light") document.documentElement.dataset.theme = kept;
})();
