// The system decides between light and dark until somebody presses the switch.
// Pages that draw (maps, charts) listen for "themechange" on the document.
const system = matchMedia("(prefers-color-scheme: dark)");

export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

export function startTheme(button) {
  const changed = () => {
    if (button) name(button);
    document.dispatchEvent(new CustomEvent("themechange", { detail: { dark: isDark() } }));
  };
  system.addEventListener("change", changed);
  if (!button) return;
  name(button);
  button.addEventListener("click", () => {
    const next = isDark() ? "light" : "dark";
    const isSystem = (next === "dark") === system.matches;
    if (isSystem) {
      localStorage.removeItem("theme");
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem("theme", next);
      document.documentElement.dataset.theme = next;
    }
    changed();
  });
}

function name(button) {
  const words = isDark() ? button.dataset.toLight : button.dataset.toDark;
  button.setAttribute("aria-label", words);
  button.title = words;
}
